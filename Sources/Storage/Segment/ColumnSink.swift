import VSQLSchema

/// A column under construction. Loops take `values` out, append, and put it back, so that no array is copied.
struct ColumnSink: Sendable {
  let type: SQLType
  var values: ColumnValues
  private(set) var validity: [Bool]?
  private(set) var count = 0

  static let empty = ColumnSink(type: .boolean, capacity: 0)

  init(type: SQLType, capacity: Int) {
    self.type = type
    switch type.physicalKind {
    case .boolean: values = .booleans(Self.reserved(capacity))
    case .int32: values = .int32s(Self.reserved(capacity))
    case .int64: values = .int64s(Self.reserved(capacity))
    case .double: values = .doubles(Self.reserved(capacity))
    case .decimal: values = .decimals(Self.reserved(capacity))
    case .uuid: values = .uuids(Self.reserved(capacity))
    case .text, .vector:
      var list = TextValues()
      list.offsets.reserveCapacity(capacity + 1)
      values = .texts(list)
    }
  }

  /// Before the values of a run of `count` rows; nil: each has a value.
  mutating func append(validity run: [Bool]?, count added: Int) {
    if let run {
      if validity == nil { validity = Array(repeating: true, count: count) }
      validity?.append(contentsOf: run)
    } else if validity != nil {
      validity?.append(contentsOf: repeatElement(true, count: added))
    }
    count += added
  }

  consuming func finish() -> Column { Column(type: type, values: values, validity: validity, count: count) }

  private static func reserved<T>(_ capacity: Int) -> [T] {
    var list: [T] = []
    list.reserveCapacity(capacity)
    return list
  }
}

extension TextValues {
  mutating func append(_ string: Span<UInt8>) {
    bytes.append(string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }
}
