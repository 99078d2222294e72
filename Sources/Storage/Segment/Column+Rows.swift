import VSQLSchema

/// Some of a flat column's rows.
extension Column {
  /// A run of rows: texts and vectors share the arrays, others are copied, a batch at a time.
  func slice(_ rows: Range<Int>) -> Column {
    let values: ColumnValues =
      switch values {
      case .booleans(let list): .booleans(Array(list[rows]))
      case .int32s(let list): .int32s(Array(list[rows]))
      case .int64s(let list): .int64s(Array(list[rows]))
      case .doubles(let list): .doubles(Array(list[rows]))
      case .decimals(let list): .decimals(Array(list[rows]))
      case .uuids(let list): .uuids(Array(list[rows]))
      case .texts(let list):
        .texts(TextValues(offsets: list.offsets, bytes: list.bytes, first: list.first + rows.lowerBound))
      case .vectors(let list):
        .vectors(VectorValues(shape: list.shape, bytes: list.bytes, first: list.first + rows.lowerBound))
      }
    var run = validity.map { Array($0[rows]) }
    if run?.allSatisfy({ $0 }) ?? false { run = nil }
    return Column(type: type, values: values, validity: run, count: rows.count)
  }

  /// Appends the rows of a column of the same type.
  mutating func append(_ other: Column) {
    if validity != nil || other.validity != nil {
      var flags = validity ?? Array(repeating: true, count: count)
      flags.append(contentsOf: other.validity ?? Array(repeating: true, count: other.count))
      validity = flags
    }
    count += other.count
    // Each array is taken out before it grows, so that it is not copied.
    switch values {
    case .booleans(var list):
      values = .booleans([])
      if case .booleans(let more) = other.values { list += more }
      values = .booleans(list)
    case .int32s(var list):
      values = .booleans([])
      if case .int32s(let more) = other.values { list += more }
      values = .int32s(list)
    case .int64s(var list):
      values = .booleans([])
      if case .int64s(let more) = other.values { list += more }
      values = .int64s(list)
    case .doubles(var list):
      values = .booleans([])
      if case .doubles(let more) = other.values { list += more }
      values = .doubles(list)
    case .decimals(var list):
      values = .booleans([])
      if case .decimals(let more) = other.values { list += more }
      values = .decimals(list)
    case .uuids(var list):
      values = .booleans([])
      if case .uuids(let more) = other.values { list += more }
      values = .uuids(list)
    case .texts(var list):
      values = .booleans([])
      if case .texts(let more) = other.values {
        let base = list.offsets.last ?? 0
        list.bytes += more.bytes
        list.offsets += more.offsets.dropFirst().map { base &+ $0 }
      }
      values = .texts(list)
    case .vectors(var list):
      values = .booleans([])
      if case .vectors(let more) = other.values { list.bytes += more.bytes }
      values = .vectors(list)
    }
  }

  /// Single rows, in the order given.
  func gather(_ rows: [Int]) -> Column {
    let values: ColumnValues =
      switch values {
      case .booleans(let list): .booleans(rows.map { list[$0] })
      case .int32s(let list): .int32s(rows.map { list[$0] })
      case .int64s(let list): .int64s(rows.map { list[$0] })
      case .doubles(let list): .doubles(rows.map { list[$0] })
      case .decimals(let list): .decimals(rows.map { list[$0] })
      case .uuids(let list): .uuids(rows.map { list[$0] })
      case .texts(let list): .texts(Self.gather(list, rows))
      case .vectors(let list): .vectors(Self.gather(list, rows))
      }
    var some = validity.map { validity in rows.map { validity[$0] } }
    if some?.allSatisfy({ $0 }) ?? false { some = nil }
    return Column(type: type, values: values, validity: some, count: rows.count)
  }

  private static func gather(_ list: TextValues, _ rows: [Int]) -> TextValues {
    var result = TextValues()
    for row in rows { result.append(list.bytes.span.extracting(list.range(row))) }
    return result
  }

  private static func gather(_ list: VectorValues, _ rows: [Int]) -> VectorValues {
    let width = list.shape.byteCount
    var result = VectorValues(shape: list.shape)
    result.bytes.reserveCapacity(rows.count * width)
    for row in rows {
      let start = (list.first + row) * width
      result.bytes.append(list.bytes.span.extracting(start..<start + width))
    }
    return result
  }
}
