import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// DELETE.
enum DeleteStatement {
  static func run(_ delete: BoundDelete, _ run: Run) throws -> StatementOutcome {
    try run.answer(delete.matching.subqueries)
    let source = try run.source(of: delete.matching.root)
    var rowIDs: [RowID] = []
    while let batch = try source.next() { rowIDs.append(contentsOf: try batch.selectedRowIDs()) }
    try run.context.transaction.delete(rowIDs, from: delete.table.id)
    return .command(tag: "DELETE \(rowIDs.count)", rowCount: rowIDs.count)
  }
}
