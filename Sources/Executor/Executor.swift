import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// Runs planned statements. What belongs to a session (BEGIN, COMMIT, ROLLBACK, SET and their like) is done there.
package enum Executor {
  /// - Throws: any SQLSTATE that the statement raises; a statement that changes rows leaves none changed then.
  package static func execute(
    _ statement: PlannedStatement, in context: ExecutionContext
  ) throws -> StatementOutcome {
    switch statement.bound.kind {
    case .query(let plan): return .rows(try query(plan, in: Run(context)))
    case .insert(let insert):
      return try changing(context) {
        try insert.takesParameters
          ? InsertStatement.runParameters(insert, in: context) : InsertStatement.run(insert, Run(context))
      }
    case .update(let update): return try changing(context) { try UpdateStatement.run(update, Run(context)) }
    case .delete(let delete): return try changing(context) { try DeleteStatement.run(delete, Run(context)) }
    case .copy(let copy): return try changing(context) { try CopyStatement.run(copy, in: context) }
    case .createTable(let table, let isThereAlready):
      return try changing(context) {
        try DefinitionStatements.createTable(table, isThereAlready: isThereAlready, in: context)
      }
    case .dropTable(let table):
      return try changing(context) { try DefinitionStatements.dropTable(table, in: context) }
    case .createIndex(let made):
      return try changing(context) { try DefinitionStatements.createIndex(made, in: context) }
    case .dropIndex(let dropped):
      return try changing(context) { try DefinitionStatements.dropIndex(dropped, in: context) }
    case .createTenant(let name, let isThereAlready):
      return try changing(context) {
        try DefinitionStatements.createTenant(name, isThereAlready: isThereAlready, in: context)
      }
    case .show(let show): return try ShowStatements.run(show, in: context)
    case .describe(let table): return try DescribeStatement.run(table)
    case .explain(let explain): return try ExplainStatement.run(explain, of: statement, in: context)
    case .eraseEntity(let erase): return try EraseStatement.run(erase, in: context)
    case .rotateKey(let rotation): return try RotateStatement.run(rotation, in: context)
    case .verifyAudit: return try VerifyAuditStatement.run(in: context)
    case .checkDatabase: return try CheckDatabaseStatement.run(in: context)
    case .backup(let directory): return try BackupStatement.run(to: directory, in: context)
    case .maintain(let maintenance): return try MaintenanceStatements.run(maintenance, in: context)
    case .begin, .commit, .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset:
      throw Diagnostic(.internalError, "a statement of the session reached the executor")
    }
  }

  /// The rows of `plan`. Subqueries are answered at once, the rest as it is asked for.
  static func query(_ plan: Plan, in run: Run) throws -> ResultStream {
    try run.check()
    try run.answer(plan.subqueries)
    return ResultStream(
      columns: plan.columns, source: try run.source(of: plan.root),
      limit: run.context.settings.maxResultRows)
  }

  /// Runs `change`; when it throws, the transaction is as it was before.
  static func changing(
    _ context: ExecutionContext, _ change: () throws -> StatementOutcome
  ) throws -> StatementOutcome {
    let mark = context.transaction.savepointMark()
    do {
      return try change()
    } catch {
      context.transaction.rollback(to: mark)
      throw error
    }
  }
}
