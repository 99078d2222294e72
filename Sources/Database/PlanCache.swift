internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage

/// What binding and planning a statement gave, used again as long as what it was drawn from stands.
struct PlanCache {
  /// What a bound statement rests on. Tables and tenants compare at once while no DDL came between: their arrays are one.
  struct Basis: Equatable {
    var tables: [TableDefinition]
    var tenants: [TenantName]
    var tenant: TenantName
    var settings: SessionSettings
    /// By position, or by name, ascending; nil where the parameter's use decides.
    var parameterTypes: [SQLType?]
    var parameterNames: [String]
  }

  private var basis: Basis?
  private var bound: BoundStatement?
  private var planned: PlannedStatement?
  /// What the audit chain is told of the bound statement before and after it, where that does not change.
  var intent: KeptEvents?
  var done: KeptEvents?
  /// How its answer's columns are named.
  var shape: AnswerShape?
  /// Of the tables that the plan reads or changes, when it was made.
  private var rowCounts: [(table: TableID, rows: Int)] = []

  /// The bound statement, as long as what it rests on is as it was.
  func bound(
    _ catalog: (tables: [TableDefinition], tenants: [TenantName]), tenant: TenantName,
    settings: SessionSettings, _ arguments: Arguments
  ) -> BoundStatement? {
    guard let basis, basis.tables == catalog.tables, basis.tenants == catalog.tenants,
      basis.tenant.id == tenant.id, basis.tenant == tenant, basis.settings == settings,
      arguments.have(basis.parameterTypes, basis.parameterNames)
    else { return nil }
    return bound
  }

  mutating func keep(_ bound: BoundStatement, on basis: Basis) {
    self.basis = basis
    self.bound = bound
    planned = nil
    intent = nil
    done = nil
    shape = nil
  }

  /// The plan, unless a table's size has changed so much that another may be better.
  func plan(in transaction: Transaction) -> PlannedStatement? {
    for (table, before) in rowCounts {
      let now = transaction.rowCount(of: table)
      if now > 2 * before + Self.fewRows || before > 2 * now + Self.fewRows { return nil }
    }
    return planned
  }

  mutating func keep(_ planned: PlannedStatement, in transaction: Transaction) {
    self.planned = planned
    rowCounts = []
    // What reads nothing has one plan.
    if case .insert(let insert) = planned.bound.kind, insert.subqueries.isEmpty { return }
    for access in planned.bound.accesses {
      if case .table(let table, _) = access.securable, !rowCounts.contains(where: { $0.table == table }) {
        rowCounts.append((table, transaction.rowCount(of: table)))
      }
    }
  }

  /// Differences below this change no plan worth another look.
  private static let fewRows = 64
}

/// A statement's events, once as a read hands them on and once as a transaction does.
struct KeptEvents {
  let events: [AuditEvent]
  let acts: [AuditAct]

  init(_ events: [AuditEvent]) {
    self.events = events
    acts = events.map { AuditAct($0) }
  }
}

extension Arguments {
  /// What binding takes from the values: their types, and their names.
  var types: (types: [SQLType?], names: [String]) {
    switch self {
    case .positional(let values): return (values.map(\.ownType), [])
    case .named(let values):
      let names = values.keys.sorted()
      return (names.map { values[$0]?.ownType }, names)
    }
  }

  /// Whether binding would take the same from them.
  func have(_ types: [SQLType?], _ names: [String]) -> Bool {
    switch self {
    case .positional(let values): return names.isEmpty && VSQLSchema.Value.ownTypes(of: values, are: types)
    case .named:
      let own = self.types
      return own.types == types && own.names == names
    }
  }
}
