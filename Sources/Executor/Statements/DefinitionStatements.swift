import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// CREATE TABLE, DROP TABLE, CREATE TENANT.
enum DefinitionStatements {
  static func createTable(
    _ table: TableDefinition, isThereAlready: Bool, in context: ExecutionContext
  ) throws -> StatementOutcome {
    if !isThereAlready { try context.transaction.createTable(table) }
    return .command(tag: "CREATE TABLE", rowCount: 0)
  }

  static func dropTable(_ table: TableDefinition?, in context: ExecutionContext) throws -> StatementOutcome {
    if let table { try context.transaction.dropTable(table.id) }
    return .command(tag: "DROP TABLE", rowCount: 0)
  }

  static func createTenant(
    _ name: String, isThereAlready: Bool, in context: ExecutionContext
  ) throws -> StatementOutcome {
    if !isThereAlready { try context.transaction.createTenant(name) }
    return .command(tag: "CREATE TENANT", rowCount: 0)
  }
}
