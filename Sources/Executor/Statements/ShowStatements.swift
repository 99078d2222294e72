import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// SHOW TABLES, TENANTS, KEYS, INDEXES, STORAGE.
enum ShowStatements {
  static func run(_ show: BoundShow, in context: ExecutionContext) throws -> StatementOutcome {
    switch show {
    case .tables: return try tables(context.transaction.catalog)
    case .tenants: return try tenants(context.transaction.catalog)
    case .keys: return try keys(context)
    case .indexes: return try indexes(context.transaction.catalog)
    case .storage(nil): return try storage(context)
    case .storage(let table?): return try parts(of: table, context)
    case .setting, .allSettings:
      throw Diagnostic(.internalError, "a setting of the session is shown by the session")
    }
  }

  private static func tables(_ catalog: any Catalog) throws(Diagnostic) -> StatementOutcome {
    var facts = FactTable(("name", .string), ("columns", .bigint), ("rows", .bigint), ("entity", .string))
    for table in catalog.tables {
      facts.append(
        .text(table.name), .count(table.columns.count), .count(catalog.statistics(of: table.id).rowCount),
        .optional(table.entity?.type))
    }
    return try facts.outcome()
  }

  private static func tenants(_ catalog: any Catalog) throws(Diagnostic) -> StatementOutcome {
    var facts = FactTable(("name", .string), ("id", .string))
    for tenant in catalog.tenants { facts.append(.text(tenant.name), .text(tenant.id.hex)) }
    return try facts.outcome()
  }

  /// By table, the PRIMARY KEY's first.
  private static func indexes(_ catalog: any Catalog) throws(Diagnostic) -> StatementOutcome {
    var facts = FactTable(
      ("name", .string), ("table", .string), ("columns", .string), ("unique", .boolean),
      ("constraint", .boolean))
    for table in catalog.tables {
      for path in table.accessPaths {
        facts.append(
          .text(path.name), .text(table.name),
          .text(path.columns.map { table.columns[$0].name }.joined(separator: ", ")), .boolean(path.isUnique),
          .boolean(path.isConstraint))
      }
    }
    return try facts.outcome()
  }

  private static func keys(_ context: ExecutionContext) throws -> StatementOutcome {
    let names = tenantNames(context.transaction.catalog)
    var facts = FactTable(
      ("tenant", .string), ("version", .bigint), ("created_at", .timestamptz), ("record_keys", .bigint))
    for key in context.store.keys() {
      facts.append(
        .text(names[key.tenant] ?? key.tenant.hex), .count(key.version),
        .timestamptz(key.createdAtMicroseconds), .count(key.recordKeys))
    }
    return try facts.outcome()
  }

  /// A line for each column of the table, for what sealing takes, and for what is in memory.
  private static func parts(
    of table: TableDefinition, _ context: ExecutionContext
  ) throws -> StatementOutcome {
    var facts = FactTable(
      ("part", .string), ("kind", .string), ("encoding", .string), ("raw_bytes", .bigint),
      ("stored_bytes", .bigint), ("ratio", .double))
    for part in try context.store.storage(of: table, tenant: context.transaction.tenant) {
      let ratio = Double(part.storedBytes) / Double(max(1, part.rawBytes))
      facts.append(
        .text(part.name), .text(part.kind.rawValue), .optional(part.encoding), .count(part.rawBytes),
        .count(part.storedBytes),
        part.kind == .column && part.rawBytes > 0 ? .double((ratio * 1_000).rounded() / 1_000) : .null)
    }
    return try facts.outcome()
  }

  private static func storage(_ context: ExecutionContext) throws -> StatementOutcome {
    let catalog = context.transaction.catalog
    let tables = Dictionary(catalog.tables.map { ($0.id, $0.name) }) { first, _ in first }
    let seals = Dictionary(catalog.tables.map { ($0.id, $0.seal.name) }) { first, _ in first }
    let names = tenantNames(catalog)
    var facts = FactTable(
      ("table", .string), ("tenant", .string), ("segments", .bigint), ("live_rows", .bigint),
      ("deleted_rows", .bigint), ("size_bytes", .bigint), ("memory_bytes", .bigint), ("seal", .string))
    var lines = context.store.storage().filter { tables[$0.table] != nil }
    lines.sort { a, b in
      let (left, right) = (tables[a.table] ?? "", tables[b.table] ?? "")
      return left != right ? left < right : (names[a.tenant] ?? "") < (names[b.tenant] ?? "")
    }
    for line in lines {
      facts.append(
        .optional(tables[line.table]), .text(names[line.tenant] ?? line.tenant.hex), .count(line.segments),
        .count(line.liveRows), .count(line.deletedRows), .count(line.sizeBytes), .count(line.memoryBytes),
        .optional(seals[line.table]))
    }
    return try facts.outcome()
  }

  private static func tenantNames(_ catalog: any Catalog) -> [TenantID: String] {
    Dictionary(catalog.tenants.map { ($0.id, $0.name) }) { first, _ in first }
  }
}
