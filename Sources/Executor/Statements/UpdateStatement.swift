import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// UPDATE: each matching row is deleted and its new version inserted, under a new row id and a key of its own.
enum UpdateStatement {
  static func run(_ update: BoundUpdate, _ run: Run) throws -> StatementOutcome {
    try run.answer(update.matching.subqueries)
    let newRow = try update.newRow.map { scalar throws(Diagnostic) in try run.compile(scalar) }
    let source = try run.source(of: update.matching.root)
    // All rows are found before the first is changed: a key that moves from one row to another is no conflict.
    var rowIDs: [RowID] = []
    var rows: [Batch] = []
    while let batch = try source.next() {
      rowIDs.append(contentsOf: try batch.selectedRowIDs())
      var columns: [Column] = []
      for scalar in newRow { columns.append(try scalar.evaluate(batch).flat(batch.selection)) }
      rows.append(Batch(columns: columns, count: batch.selectedCount))
    }
    try run.context.transaction.delete(rowIDs, from: update.table.id)
    for batch in rows {
      try run.check()
      try run.context.transaction.insert(batch, into: update.table.id)
    }
    return .command(tag: "UPDATE \(rowIDs.count)", rowCount: rowIDs.count)
  }
}

extension Batch {
  /// The ids of the selected rows.
  ///
  /// - Throws: XX000 when the batch has none: plans of UPDATE and DELETE keep them.
  func selectedRowIDs() throws(Diagnostic) -> [RowID] {
    guard let rowIDs else { throw Diagnostic(.internalError, "the rows to change came without their ids") }
    guard let selection else { return rowIDs }
    return selection.map { rowIDs[Int($0)] }
  }
}
