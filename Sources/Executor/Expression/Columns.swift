import VSQLDiagnostics
import VSQLSchema

/// Columns made of other columns: typed, without a boxed value per row.
package enum Columns {
  /// The rows at `positions` of `column`, in that order; constant form stays constant.
  package static func gather(_ column: Column, positions: [UInt16]) -> Column {
    gather(column, count: positions.count) { Int(positions[$0]) }
  }

  /// The rows at `positions`, each at least 0 and below the column's count.
  package static func gather(_ column: Column, positions: [Int32]) -> Column {
    gather(column, count: positions.count) { Int(positions[$0]) }
  }

  /// The rows at `positions`; −1 gives NULL, as an outer join needs it.
  package static func gatherOptional(_ column: Column, positions: [Int32]) -> Column {
    if !positions.contains(-1) { return gather(column, positions: positions) }
    if column.count == 0 { return null(column.type, count: positions.count) }
    let flat = flattened(column)
    var result = gather(flat, count: positions.count) { max(Int(positions[$0]), 0) }
    let own = result.validity
    result.validity = positions.indices.map { positions[$0] >= 0 && own?[$0] ?? true }
    return result
  }

  /// Rows `range` of `column`.
  package static func slice(_ column: Column, _ range: Range<Int>) -> Column {
    if column.isConstant {
      var copy = column
      copy.count = range.count
      return copy
    }
    let values: ColumnValues =
      switch column.values {
      case .booleans(let list): .booleans(Array(list[range]))
      case .int32s(let list): .int32s(Array(list[range]))
      case .int64s(let list): .int64s(Array(list[range]))
      case .doubles(let list): .doubles(Array(list[range]))
      case .decimals(let list): .decimals(Array(list[range]))
      case .uuids(let list): .uuids(Array(list[range]))
      case .texts(let list):
        .texts(TextValues(offsets: list.offsets, bytes: list.bytes, first: list.first + range.lowerBound))
      case .vectors(let list):
        .vectors(VectorValues(shape: list.shape, bytes: list.bytes, first: list.first + range.lowerBound))
      }
    return Column(
      type: column.type, values: values, validity: column.validity.map { Array($0[range]) },
      count: range.count)
  }

  /// Constant form written out; a flat column as it is.
  package static func flattened(_ column: Column) -> Column {
    guard column.isConstant else { return column }
    return gather(
      Column(type: column.type, values: column.values, validity: column.validity, count: 1),
      count: column.count
    ) { _ in 0 }
  }

  /// `count` times NULL, in constant form.
  package static func null(_ type: SQLType, count: Int) -> Column {
    let values: ColumnValues =
      switch type.physicalKind {
      case .boolean: .booleans([false])
      case .int32: .int32s([0])
      case .int64: .int64s([0])
      case .double: .doubles([0])
      case .decimal: .decimals([Decimal(unscaled: 0, scale: 0)])
      case .uuid: .uuids([0])
      case .text: .texts(TextValues(offsets: [0, 0]))
      case .vector: nullVector(type)
      }
    return Column(type: type, values: values, validity: [false], count: count, isConstant: true)
  }

  private static func nullVector(_ type: SQLType) -> ColumnValues {
    guard case .vector(let shape) = type else { return .texts(TextValues(offsets: [0, 0])) }
    return .vectors(VectorValues(shape: shape, bytes: Array(repeating: 0, count: shape.byteCount)))
  }

  /// `value` for `count` rows, in constant form.
  ///
  /// - Throws: 42804 when the value is of another type.
  package static func constant(_ value: Value, type: SQLType, count: Int) throws(Diagnostic) -> Column {
    var builder = ColumnBuilder(type: type)
    try builder.append(value)
    var column = builder.finish()
    column.count = count
    column.isConstant = true
    return column
  }

  /// The rows of all `columns`, one column after the other. They are of one physical kind, vectors of one shape.
  ///
  /// - Throws: XX000 when they are not.
  package static func concatenate(_ columns: [Column]) throws(Diagnostic) -> Column {
    guard let first = columns.first else { throw Diagnostic(.internalError, "no columns to concatenate") }
    if columns.count == 1 { return flattened(first) }
    let flat = columns.map(flattened)
    let count = flat.reduce(0) { $0 + $1.count }
    var validity: [Bool]?
    if flat.contains(where: { $0.validity != nil }) {
      var flags: [Bool] = []
      flags.reserveCapacity(count)
      for column in flat {
        if let own = column.validity {
          flags.append(contentsOf: own.prefix(column.count))
        } else {
          flags.append(contentsOf: repeatElement(true, count: column.count))
        }
      }
      validity = flags
    }
    let values: ColumnValues =
      switch first.values {
      case .booleans: .booleans(try joined(flat, count) { c throws(Diagnostic) in try c.booleanLane.values })
      case .int32s: .int32s(try joined(flat, count) { c throws(Diagnostic) in try c.int32Lane.values })
      case .int64s: .int64s(try joined(flat, count) { c throws(Diagnostic) in try c.int64Lane.values })
      case .doubles: .doubles(try joined(flat, count) { c throws(Diagnostic) in try c.doubleLane.values })
      case .decimals: .decimals(try joined(flat, count) { c throws(Diagnostic) in try c.decimalLane.values })
      case .uuids: .uuids(try joined(flat, count) { c throws(Diagnostic) in try c.uuidLane.values })
      case .texts: .texts(try joinedTexts(flat, count))
      case .vectors(let list): .vectors(try joinedVectors(flat, list.shape))
      }
    return Column(type: first.type, values: values, validity: validity, count: count)
  }

  private static func joined<T>(
    _ columns: [Column], _ count: Int, _ list: (Column) throws(Diagnostic) -> [T]
  ) throws(Diagnostic) -> [T] {
    var out: [T] = []
    out.reserveCapacity(count)
    for column in columns { out.append(contentsOf: try list(column).prefix(column.count)) }
    return out
  }

  private static func joinedTexts(_ columns: [Column], _ count: Int) throws(Diagnostic) -> TextValues {
    var out = TextValues()
    out.offsets.reserveCapacity(count + 1)
    for column in columns {
      let list = try column.textLane.list
      let start = Int(list.offsets[list.first])
      let end = Int(list.offsets[list.first + column.count])
      guard out.bytes.count + end - start <= Int(UInt32.max) else {
        throw Diagnostic(.programLimitExceeded, "the texts of one column are longer than 4 GiB")
      }
      let shift = UInt32(truncatingIfNeeded: out.bytes.count) &- UInt32(truncatingIfNeeded: start)
      out.bytes.append(contentsOf: list.bytes[start..<end])
      for row in 0..<column.count { out.offsets.append(list.offsets[list.first + row + 1] &+ shift) }
    }
    return out
  }

  private static func joinedVectors(_ columns: [Column], _ shape: VectorShape) throws(Diagnostic)
    -> VectorValues
  {
    var out = VectorValues(shape: shape)
    for column in columns {
      let list = try column.vectorLane.list
      guard list.shape == shape else { throw column.kindFault("\(SQLType.vector(shape))") }
      let start = list.first * shape.byteCount
      out.bytes.append(contentsOf: list.bytes[start..<start + column.count * shape.byteCount])
    }
    return out
  }
}
