import VSQLSchema

/// Columns whose values lie in one cell of each record. Its number is its index in the directory.
struct ColumnGroup: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// All scalar columns but the long ones, as `RecordLayout` says.
    case records
    /// One vector column: the vector's bytes as they are.
    case vector(column: Int)
    /// One vector column: byte planes of the vector, packed as `Zstd` says.
    case planes(column: Int)
    /// One column in pages of rows: a cell holds a page, as `PageForm` says.
    case pages(column: Int)
    /// One TEXT or BLOB column of long values: packed as `Zstd` says.
    case long(column: Int)
  }

  var content: Content
  var cells: CellTable
  /// Rows whose value is NULL, ascending, in a group of one column: they have no cell.
  var nulls: [Int]

  /// The columns of a table by group, in the order of the groups: scalars, then each column of its own.
  ///
  /// - Parameter isLong: whether a TEXT or BLOB column's values are long, by ordinal.
  static func divide(_ types: [SQLType], isLong: (Int) -> Bool) -> [Content] {
    var own: [Content] = []
    var hasRecords = false
    for (column, type) in types.enumerated() {
      switch type.physicalKind {
      case .vector: own.append(.vector(column: column))
      case .text where isLong(column): own.append(.long(column: column))
      case .boolean, .int32, .int64, .double, .decimal, .uuid, .text: hasRecords = true
      }
    }
    return (hasRecords ? [.records] : []) + own
  }

  func encode(to writer: inout ByteWriter) {
    switch content {
    case .records: writer.u8(0)
    case .vector(let column): writer.u8(1); writer.varint(UInt64(column))
    case .long(let column): writer.u8(2); writer.varint(UInt64(column))
    case .planes(let column): writer.u8(3); writer.varint(UInt64(column))
    case .pages(let column): writer.u8(4); writer.varint(UInt64(column))
    }
    cells.encode(to: &writer)
    writer.runs(nulls.map { UInt64($0) })
  }

  init(from reader: inout ByteReader, types: [SQLType], rowCount: Int, limit: Int) throws(StorageError) {
    let form = try reader.u8()
    switch form {
    case 0: content = .records
    case 1, 3:
      let column = try reader.size(atMost: types.count - 1)
      guard types[column].physicalKind == .vector else {
        throw reader.malformed("a vector group of a scalar column")
      }
      content = form == 1 ? .vector(column: column) : .planes(column: column)
    case 2:
      let column = try reader.size(atMost: types.count - 1)
      guard types[column].physicalKind == .text else {
        throw reader.malformed("a long group of a short column")
      }
      content = .long(column: column)
    case 4: content = .pages(column: try reader.size(atMost: types.count - 1))
    case _: throw reader.malformed("column group form \(form)")
    }
    cells = try CellTable(
      from: &reader, count: form == 4 ? SegmentFormat.pages(rows: rowCount) : rowCount, limit: limit)
    nulls = try reader.runs(below: UInt64(rowCount)).map { Int($0) }
  }

  init(content: Content, cells: CellTable, nulls: [Int] = []) {
    self.content = content
    self.cells = cells
    self.nulls = nulls
  }
}

/// Ascending numbers as runs: count of runs, then for each the gap from the last run's end and the run's length less 1.
extension ByteWriter {
  mutating func runs(_ numbers: [UInt64]) {
    var runs: [(start: UInt64, count: UInt64)] = []
    for number in numbers {
      if let last = runs.last, last.start + last.count == number {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((number, 1))
      }
    }
    varint(UInt64(runs.count))
    var end: UInt64 = 0
    for run in runs {
      varint(run.start - end)
      varint(run.count - 1)
      end = run.start + run.count
    }
  }
}

extension ByteReader {
  /// - Throws: `.malformed` for a number of `limit` or more, or more than a segment's rows.
  mutating func runs(below limit: UInt64 = .max) throws(StorageError) -> [UInt64] {
    var numbers: [UInt64] = []
    var end: UInt64 = 0
    for _ in 0..<(try count(ofAtLeast: 2)) {
      let (start, startOver) = end.addingReportingOverflow(try varint())
      let count = try varint()
      let (last, lastOver) = start.addingReportingOverflow(count)
      guard !startOver, !lastOver, last < limit, count < UInt64(SegmentFormat.maxRows - numbers.count) else {
        throw malformed("a run of numbers beyond \(limit)")
      }
      numbers.append(contentsOf: start...last)
      end = last + 1
    }
    return numbers
  }
}
