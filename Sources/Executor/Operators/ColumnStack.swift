import VSQLDiagnostics
import VSQLSchema

/// One column of many batches put into one flat column: what a breaker (sort, build side) keeps.
struct ColumnStack {
  let type: SQLType
  private(set) var count = 0
  private var booleans: [Bool] = []
  private var int32s: [Int32] = []
  private var int64s: [Int64] = []
  private var doubles: [Double] = []
  private var decimals: [Decimal] = []
  private var uuids: [UInt128] = []
  private var offsets: [UInt32] = [0]
  /// Of texts, or of vectors.
  private var bytes: [UInt8] = []
  private var validity: [Bool]?

  init(type: SQLType) { self.type = type }

  /// Appends the rows of `column` that `selection` (ascending; nil: all) names.
  ///
  /// - Throws: 54000 when the texts come to more than 4 GiB.
  mutating func append(_ column: Column, selection: [UInt16]?) throws(Diagnostic) {
    let column = Columns.flattened(column)
    switch column.values {
    case .booleans(let list): booleans.append(list, selection, column.count)
    case .int32s(let list): int32s.append(list, selection, column.count)
    case .int64s(let list): int64s.append(list, selection, column.count)
    case .doubles(let list): doubles.append(list, selection, column.count)
    case .decimals(let list): decimals.append(list, selection, column.count)
    case .uuids(let list): uuids.append(list, selection, column.count)
    case .texts(let list): try append(list, selection, column.count)
    case .vectors(let list): append(list, selection, column.count)
    }
    if column.validity != nil, validity == nil { validity = Array(repeating: true, count: count) }
    let added = selection?.count ?? column.count
    if validity != nil {
      if let flags = column.validity {
        validity?.append(flags, selection, column.count)
      } else {
        validity?.append(contentsOf: repeatElement(true, count: added))
      }
    }
    count += added
  }

  /// What the values take, about.
  var sizeBytes: Int {
    booleans.count + 4 * int32s.count + 8 * (int64s.count + doubles.count) + 32 * decimals.count + 16
      * uuids.count
      + 4 * offsets.count + bytes.count + (validity?.count ?? 0)
  }

  static var tooMuchText: Diagnostic {
    Diagnostic(.programLimitExceeded, "the texts of one column come to more than 4 GiB in one operator")
  }

  /// What was appended, as one flat column.
  func finish() -> Column {
    let values: ColumnValues =
      switch type.physicalKind {
      case .boolean: .booleans(booleans)
      case .int32: .int32s(int32s)
      case .int64: .int64s(int64s)
      case .double: .doubles(doubles)
      case .decimal: .decimals(decimals)
      case .uuid: .uuids(uuids)
      case .text: .texts(TextValues(offsets: offsets, bytes: bytes))
      case .vector:
        if case .vector(let shape) = type {
          .vectors(VectorValues(shape: shape, bytes: bytes))
        } else {
          .texts(TextValues(offsets: offsets, bytes: bytes))
        }
      }
    return Column(type: type, values: values, validity: validity, count: count)
  }

  private mutating func append(
    _ list: TextValues, _ selection: [UInt16]?, _ count: Int
  ) throws(Diagnostic) {
    if let selection {
      for row in selection {
        bytes.append(contentsOf: list.bytes[list.range(at: Int(row))])
        guard let end = UInt32(exactly: bytes.count) else { throw ColumnStack.tooMuchText }
        offsets.append(end)
      }
    } else if count > 0 {
      let start = Int(list.offsets[list.first])
      let end = Int(list.offsets[list.first + count])
      guard let _ = UInt32(exactly: bytes.count + end - start) else { throw ColumnStack.tooMuchText }
      let base = UInt32(bytes.count)
      bytes.append(contentsOf: list.bytes[start..<end])
      for offset in list.offsets[list.first + 1...list.first + count] {
        offsets.append(base + (offset - UInt32(start)))
      }
    }
  }

  private mutating func append(_ list: VectorValues, _ selection: [UInt16]?, _ count: Int) {
    let width = list.shape.byteCount
    if let selection {
      for row in selection {
        let start = (list.first + Int(row)) * width
        bytes.append(contentsOf: list.bytes[start..<start + width])
      }
    } else {
      bytes.append(contentsOf: list.bytes[list.first * width..<(list.first + count) * width])
    }
  }
}

extension Array {
  @inline(__always)
  fileprivate mutating func append(_ list: [Element], _ selection: [UInt16]?, _ count: Int) {
    if let selection {
      reserveCapacity(self.count + selection.count)
      for row in selection { append(list[Int(row)]) }
    } else {
      append(contentsOf: list.prefix(count))
    }
  }
}

/// All columns of many batches, each put into one flat column.
struct RowStack {
  private var stacks: [ColumnStack]
  private(set) var count = 0

  init(types: [SQLType]) { stacks = types.map { ColumnStack(type: $0) } }

  mutating func append(_ batch: Batch) throws(Diagnostic) {
    for index in stacks.indices { try stacks[index].append(batch.columns[index], selection: batch.selection) }
    count += batch.selectedCount
    guard count <= Int32.max else {
      throw Diagnostic(.programLimitExceeded, "more than 2,147,483,647 rows in one operator")
    }
  }

  func finish() -> [Column] { stacks.map { $0.finish() } }

  /// What the rows take, about.
  var sizeBytes: Int { stacks.reduce(0) { $0 + $1.sizeBytes } }
}

extension TextValues {
  /// `range` of this module: without a call across the border for each row.
  @inline(__always)
  func range(at row: Int) -> Range<Int> {
    let index = first + row
    return Int(offsets[index])..<Int(offsets[index + 1])
  }
}
