import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// CREATE TABLE, DROP TABLE, CREATE INDEX, DROP INDEX, CREATE TENANT.
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

  static func createIndex(_ made: BoundIndex?, in context: ExecutionContext) throws -> StatementOutcome {
    if let made { try context.transaction.createIndex(made.index, on: made.table.id) }
    return .command(tag: "CREATE INDEX", rowCount: 0)
  }

  static func dropIndex(_ dropped: BoundIndex?, in context: ExecutionContext) throws -> StatementOutcome {
    if let dropped { try context.transaction.dropIndex(dropped.index.id, of: dropped.table.id) }
    return .command(tag: "DROP INDEX", rowCount: 0)
  }

  static func createTenant(
    _ name: String, isThereAlready: Bool, in context: ExecutionContext
  ) throws -> StatementOutcome {
    if !isThereAlready { try context.transaction.createTenant(name) }
    return .command(tag: "CREATE TENANT", rowCount: 0)
  }
}
