import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// DELETE.
enum DeleteStatement {
  static func run(_ delete: BoundDelete, in context: ExecutionContext) throws -> StatementOutcome {
    let run = Run(context)
    try run.answer(delete.matching.subqueries)
    let source = try OperatorBuilder(run: run).make(delete.matching.root)
    var rowIDs: [RowID] = []
    while let batch = try source.next() { rowIDs.append(contentsOf: try batch.selectedRowIDs()) }
    try context.transaction.delete(rowIDs, from: delete.table.id)
    return .command(tag: "DELETE \(rowIDs.count)", rowCount: rowIDs.count)
  }
}
