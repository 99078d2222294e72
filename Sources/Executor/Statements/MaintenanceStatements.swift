import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// VACUUM and ANALYZE: a line for each table.
enum MaintenanceStatements {
  static func run(_ maintenance: BoundMaintenance, in context: ExecutionContext) throws -> StatementOutcome {
    let names = Dictionary(maintenance.tables.map { ($0.id, $0.name) }) { first, _ in first }
    let tables = maintenance.tables.map(\.id)
    switch maintenance.verb {
    case .vacuum: return try vacuum(tables, names, context)
    case .analyze: return try analyze(tables, names, context)
    }
  }

  private static func vacuum(
    _ tables: [TableID], _ names: [TableID: String], _ context: ExecutionContext
  ) throws -> StatementOutcome {
    var facts = FactTable(
      ("table", .string), ("segments_before", .bigint), ("segments_after", .bigint),
      ("rows_dropped", .bigint),
      ("bytes_before", .bigint), ("bytes_after", .bigint))
    for outcome in try context.store.vacuum(tables, tenant: context.transaction.tenant, context.patience) {
      facts.append(
        .optional(names[outcome.table]), .count(outcome.segmentsBefore), .count(outcome.segmentsAfter),
        .count(outcome.rowsDropped), .count(outcome.bytesBefore), .count(outcome.bytesAfter))
    }
    return try facts.outcome()
  }

  private static func analyze(
    _ tables: [TableID], _ names: [TableID: String], _ context: ExecutionContext
  ) throws -> StatementOutcome {
    var facts = FactTable(
      ("table", .string), ("rows", .bigint), ("segments", .bigint), ("segments_rewritten", .bigint))
    for outcome in try context.store.analyze(tables, tenant: context.transaction.tenant, context.patience) {
      facts.append(
        .optional(names[outcome.table]), .count(outcome.rows), .count(outcome.segments),
        .count(outcome.segmentsRewritten))
    }
    return try facts.outcome()
  }
}
