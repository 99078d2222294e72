extension Column {
  /// The value of `row`, for the edge: results, messages of DDL, tests.
  package func value(at row: Int) -> Value {
    let row = isConstant ? 0 : row
    if let validity, !validity[row] { return .null }
    switch values {
    case .booleans(let list): return .boolean(list[row])
    case .int32s(let list): return .date(list[row])
    case .int64s(let list):
      switch type {
      case .timestamp: return .timestamp(list[row])
      case .timestamptz: return .timestamptz(list[row])
      default: return .integer(list[row])
      }
    case .doubles(let list): return .double(list[row])
    case .decimals(let list): return .decimal(list[row])
    case .uuids(let list): return .uuid(list[row])
    case .texts(let list):
      let bytes = list.bytes[list.range(row)]
      return type == .blob ? .blob(Array(bytes)) : .text(String(decoding: bytes, as: UTF8.self))
    case .vectors(let list):
      let width = list.shape.byteCount
      let start = (list.first + row) * width
      return .vector(VectorValue(shape: list.shape, bytes: Array(list.bytes[start..<start + width])))
    }
  }
}
