import VSQLDiagnostics
import VSQLSchema

extension Column {
  var uuidLane: Lane<UInt128> {
    get throws(Diagnostic) {
      guard case .uuids(let list) = values else { throw kindFault("UUID") }
      return Lane(list, isConstant: isConstant)
    }
  }
}

extension Columns {
  /// `count` rows, the i-th the one at `position(i)`.
  @inline(__always)
  static func gather(_ column: Column, count: Int, _ position: (Int) -> Int) -> Column {
    if column.isConstant {
      var copy = column
      copy.count = count
      return copy
    }
    let values: ColumnValues =
      switch column.values {
      case .booleans(let list): .booleans(pick(list, count, position))
      case .int32s(let list): .int32s(pick(list, count, position))
      case .int64s(let list): .int64s(pick(list, count, position))
      case .doubles(let list): .doubles(pick(list, count, position))
      case .decimals(let list): .decimals(pick(list, count, position))
      case .uuids(let list): .uuids(pick(list, count, position))
      case .texts(let list): .texts(pickTexts(list, count, position))
      case .vectors(let list): .vectors(pickVectors(list, count, position))
      }
    return Column(
      type: column.type, values: values, validity: column.validity.map { pick($0, count, position) },
      count: count)
  }

  @inline(__always)
  private static func pick<T: BitwiseCopyable>(_ list: [T], _ count: Int, _ position: (Int) -> Int) -> [T] {
    let source = list.span
    return unsafe [T](unsafeUninitializedCapacity: count) { out, filled in
      // Reads are checked by the span; exactly the reserved `count` elements are written.
      for i in 0..<count { unsafe out[i] = source[position(i)] }
      filled = count
    }
  }

  @inline(__always)
  private static func pickTexts(_ list: TextValues, _ count: Int, _ position: (Int) -> Int) -> TextValues {
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    var total = 0
    let starts = list.offsets.span
    for i in 0..<count {
      let row = list.first + position(i)
      total += Int(starts[row + 1] - starts[row])
      offsets.append(UInt32(truncatingIfNeeded: total))
    }
    precondition(total <= Int(UInt32.max), "the texts of one batch are shorter than 4 GiB")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    for i in 0..<count {
      let row = list.first + position(i)
      bytes.append(contentsOf: list.bytes[Int(starts[row])..<Int(starts[row + 1])])
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }

  @inline(__always)
  private static func pickVectors(_ list: VectorValues, _ count: Int, _ position: (Int) -> Int)
    -> VectorValues
  {
    let width = list.shape.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * width)
    for i in 0..<count {
      let start = (list.first + position(i)) * width
      bytes.append(contentsOf: list.bytes[start..<start + width])
    }
    return VectorValues(shape: list.shape, bytes: bytes)
  }

  /// Row i is row i of `columns[choice[i]]`; −1 gives NULL. All columns have the same rows and the physical kind of `type`.
  static func interleave(
    _ columns: [Column], choice: [Int16], type: SQLType, extent: Rows
  ) throws(Diagnostic) -> Column {
    let count = extent.count
    guard !columns.isEmpty else { return null(type, count: count) }
    var validity: [Bool]?
    if choice.contains(-1) || columns.contains(where: { $0.validity != nil }) {
      validity = choice.enumerated().map { row, which in
        which < 0 ? false : !columns[Int(which)].isNull(row)
      }
    }
    let values: ColumnValues
    switch type.physicalKind {
    case .boolean:
      values = .booleans(try mix(columns, choice, false) { c throws(Diagnostic) in try c.booleanLane })
    case .int32: values = .int32s(try mix(columns, choice, 0) { c throws(Diagnostic) in try c.int32Lane })
    case .int64: values = .int64s(try mix(columns, choice, 0) { c throws(Diagnostic) in try c.int64Lane })
    case .double: values = .doubles(try mix(columns, choice, 0) { c throws(Diagnostic) in try c.doubleLane })
    case .decimal:
      let zero = Decimal(unscaled: 0, scale: 0)
      values = .decimals(try mix(columns, choice, zero) { c throws(Diagnostic) in try c.decimalLane })
    case .uuid: values = .uuids(try mix(columns, choice, 0) { c throws(Diagnostic) in try c.uuidLane })
    case .text:
      var lanes: [TextLane] = []
      for column in columns { lanes.append(try column.textLane) }
      var builder = TextBuilder(rows: count)
      for row in 0..<count {
        if choice[row] >= 0, validity?[row] ?? true {
          let lane = lanes[Int(choice[row])]
          builder.bytes.append(contentsOf: lane.list.bytes[lane.range(row)])
        }
        try builder.end(row: row)
      }
      values = builder.finish(rows: count)
    case .vector:
      var lanes: [VectorLane] = []
      for column in columns { lanes.append(try column.vectorLane) }
      let shape = lanes[0].shape
      for (column, lane) in zip(columns, lanes) where lane.shape != shape {
        throw column.kindFault("\(SQLType.vector(shape))")
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count * shape.byteCount)
      for row in 0..<count {
        let lane = lanes[Int(max(choice[row], 0))]
        bytes.append(contentsOf: lane.list.bytes[lane.range(row)])
      }
      values = .vectors(VectorValues(shape: shape, bytes: bytes))
    }
    return Column(type: type, values: values, validity: validity, count: count)
  }

  @inline(__always)
  private static func mix<T>(
    _ columns: [Column], _ choice: [Int16], _ fill: T, _ lane: (Column) throws(Diagnostic) -> Lane<T>
  ) throws(Diagnostic) -> [T] {
    var out = [T](repeating: fill, count: choice.count)
    for (index, column) in columns.enumerated() {
      let values = try lane(column)
      for row in choice.indices where choice[row] == Int16(index) { out[row] = values[row] }
    }
    return out
  }
}
