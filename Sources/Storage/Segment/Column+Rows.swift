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
