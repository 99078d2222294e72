import VSQLDiagnostics
import VSQLSchema

/// A column in pages of 1,024 rows.
extension CellWriter {
  func appendPages(
    _ column: Int, _ batches: [Batch], group: Int, _ zstd: Zstd
  ) throws(StorageError) -> ColumnGroup {
    let (start, encoder) = (position, PageEncoder(zstd: zstd))
    var ends: [Int] = []
    var pages = PageSource(column: column, batches: batches)
    while let page = pages.next() {
      try append(encoder.encode(page).span, group: group, row: ends.count)
      ends.append(position - start)
    }
    return ColumnGroup(
      content: .pages(column: column), cells: CellTable(start: start, count: ends.count, lengths: .ends(ends))
    )
  }
}

/// One column of batches of any size, by pages.
private struct PageSource {
  let column: Int
  let batches: [Batch]
  private var batch = 0
  private var row = 0

  init(column: Int, batches: [Batch]) {
    self.column = column
    self.batches = batches
  }

  /// The next 1,024 rows, or what is left; nil: nothing is.
  mutating func next() -> Column? {
    var parts: [Column] = []
    var count = 0
    while count < SegmentFormat.pageRows, batch < batches.count {
      let end = min(batches[batch].count, row + SegmentFormat.pageRows - count)
      parts.append(batches[batch].columns[column].slice(row..<end))
      count += end - row
      row = end
      if row == batches[batch].count { (batch, row) = (batch + 1, 0) }
    }
    if parts.count < 2 { return parts.first }
    var whole = ColumnAccumulator(type: parts[0].type)
    for part in parts {
      do throws(Diagnostic) {
        try whole.append(part, rows: Array(0..<part.count))
      } catch {
        preconditionFailure("parts of a column are of its type")
      }
    }
    return whole.finish()
  }
}
