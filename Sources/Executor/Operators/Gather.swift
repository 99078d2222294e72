import VSQLDiagnostics
import VSQLSchema

/// Rows of one column picked by position: the one way in which rows are moved between operators.
enum Gather {
  /// The rows at `positions`, in that order; a negative position gives NULL.
  ///
  /// - Throws: 54000 when the texts come to more than 4 GiB.
  static func rows(_ column: Column, at positions: [Int32]) throws(Diagnostic) -> Column {
    if column.isConstant {
      if !positions.contains(where: { $0 < 0 }) {
        return Column(
          type: column.type, values: column.values, validity: column.validity, count: positions.count,
          isConstant: true)
      }
      return try rows(flat(column, count: 1), at: positions.map { min($0, 0) })
    }
    let values: ColumnValues =
      switch column.values {
      case .booleans(let list): .booleans(pick(list, positions, or: false))
      case .int32s(let list): .int32s(pick(list, positions, or: 0))
      case .int64s(let list): .int64s(pick(list, positions, or: 0))
      case .doubles(let list): .doubles(pick(list, positions, or: 0))
      case .decimals(let list): .decimals(pick(list, positions, or: Decimal(unscaled: 0, scale: 0)))
      case .uuids(let list): .uuids(pick(list, positions, or: 0))
      case .texts(let list): .texts(try pick(list, positions))
      case .vectors(let list): .vectors(pick(list, positions))
      }
    return Column(
      type: column.type, values: values, validity: validity(column.validity, positions),
      count: positions.count)
  }

  /// The same rows in flat form; `count` rows of a constant.
  static func flat(_ column: Column, count: Int? = nil) throws(Diagnostic) -> Column {
    guard column.isConstant else { return column }
    var one = column
    one.isConstant = false
    one.count = 1
    return try rows(one, at: Array(repeating: 0, count: count ?? column.count))
  }

  private static func pick<Element>(_ list: [Element], _ positions: [Int32], or none: Element) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(positions.count)
    for position in positions { result.append(position < 0 ? none : list[Int(position)]) }
    return result
  }

  private static func pick(_ list: TextValues, _ positions: [Int32]) throws(Diagnostic) -> TextValues {
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(positions.count + 1)
    var total = 0
    for position in positions {
      if position >= 0 { total += list.range(at: position).count }
      guard let end = UInt32(exactly: total) else { throw tooMuchText }
      offsets.append(end)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    for position in positions where position >= 0 {
      bytes.append(contentsOf: list.bytes[list.range(at: position)])
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }

  private static func pick(_ list: VectorValues, _ positions: [Int32]) -> VectorValues {
    let width = list.shape.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(positions.count * width)
    for position in positions {
      if position < 0 {
        bytes.append(contentsOf: repeatElement(0, count: width))
      } else {
        let start = (list.first + Int(position)) * width
        bytes.append(contentsOf: list.bytes[start..<start + width])
      }
    }
    return VectorValues(shape: list.shape, bytes: bytes)
  }

  private static func validity(_ flags: [Bool]?, _ positions: [Int32]) -> [Bool]? {
    if let flags { return pick(flags, positions, or: false) }
    return positions.contains { $0 < 0 } ? positions.map { $0 >= 0 } : nil
  }

  static var tooMuchText: Diagnostic {
    Diagnostic(.programLimitExceeded, "the texts of one column come to more than 4 GiB in one operator")
  }
}

extension TextValues {
  /// `range` of this module: without a call across the border for each row.
  @inline(__always)
  func range(at row: Int32) -> Range<Int> {
    let index = first + Int(row)
    return Int(offsets[index])..<Int(offsets[index + 1])
  }
}

extension Batch {
  /// The selected rows alone, in flat columns; the batch itself when all are selected.
  func compacted() throws(Diagnostic) -> Batch {
    guard let selection else { return self }
    let positions = selection.map(Int32.init)
    var columns: [Column] = []
    columns.reserveCapacity(self.columns.count)
    for column in self.columns { columns.append(try Gather.rows(column, at: positions)) }
    return Batch(
      columns: columns, count: selection.count, rowIDs: rowIDs.map { ids in selection.map { ids[Int($0)] } })
  }

  /// The batch without its rows past the first `limit` selected, and before the first `offset`.
  func cut(offset: Int, limit: Int) -> Batch {
    if offset == 0, limit >= selectedCount { return self }
    var copy = self
    if let selection {
      copy.selection = Array(selection.dropFirst(offset).prefix(limit))
    } else {
      let end = min(count, offset + min(limit, count))
      copy.selection = (min(offset, end)..<end).map { UInt16(truncatingIfNeeded: $0) }
    }
    return copy
  }
}
