import VSQLDiagnostics
import VSQLSchema

/// Rows in the order of their keys, ties in the order in which they came; all of them, or the first few.
///
/// Where only the first `keeping` are wanted, rows that can no longer be among them are dropped as they come.
final class SortSource: BatchSource {
  private let input: any BatchSource
  private let types: [SQLType]
  private let keys: SortKeys
  private let keeping: Int?
  private let run: Run
  private var result: SortedRows?
  private var given = 0

  init(
    _ input: any BatchSource, types: [SQLType], keys: SortKeys, keeping: Int? = nil, run: Run
  ) {
    self.input = input
    self.types = types
    self.keys = keys
    self.keeping = keeping
    self.run = run
  }

  func next() throws -> Batch? {
    let sorted = try result ?? gather()
    result = sorted
    let end = min(given + Batch.capacity, sorted.order.count)
    guard given < end else { return nil }
    let positions = Array(sorted.order[given..<end])
    given = end
    var columns: [Column] = []
    for column in sorted.columns { columns.append(try Gather.rows(column, at: positions)) }
    return Batch(columns: columns, count: positions.count)
  }

  private func gather() throws -> SortedRows {
    var rows = RowStack(types: types)
    var rowKeys = RowKeys()
    let pruneAt = keeping.flatMap { $0 <= 1 << 20 ? 2 * $0 + 4 * Batch.capacity : nil }
    var bar: [UInt8]?
    if keeping == 0 { return SortedRows(columns: [], order: []) }
    while let next = try input.next() {
      try run.check()
      var batch = try next.compacted()
      var batchKeys = RowKeys()
      try keys.append(batch, to: &batchKeys)
      if let bar {
        // A row that ties with the last one kept came later and loses.
        batch.selection = batchKeys.rows(before: bar)
        if batch.selectedCount == 0 { continue }
        rowKeys.append(batchKeys, rows: batch.selection)
      } else {
        rowKeys.append(batchKeys, rows: nil)
      }
      try rows.append(batch)
      if let pruneAt, let keeping, rows.count >= pruneAt {
        try prune(&rows, &rowKeys, to: keeping)
        bar = rowKeys.key(keeping - 1)
      }
    }
    try run.check()
    let order = rowKeys.order()
    return SortedRows(columns: rows.finish(), order: keeping.map { Array(order.prefix($0)) } ?? order)
  }

  private func prune(_ rows: inout RowStack, _ rowKeys: inout RowKeys, to count: Int) throws(Diagnostic) {
    let order = Array(rowKeys.order().prefix(count))
    var columns: [Column] = []
    for column in rows.finish() { columns.append(try Gather.rows(column, at: order)) }
    rows = RowStack(types: types)
    try rows.append(Batch(columns: columns, count: order.count))
    rowKeys = rowKeys.picked(order)
  }
}

private struct SortedRows {
  var columns: [Column]
  /// Positions in the columns, first row first.
  var order: [Int32]
}
