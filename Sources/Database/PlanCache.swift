internal import VSQLPlanner
internal import VSQLSchema

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
  /// What the audit chain is told of the bound statement, where that does not change.
  var acts: [AuditedAct]?
  /// Of the tables that the plan reads or changes, when it was made.
  private var rowCounts: [TableID: Int] = [:]

  func bound(on basis: Basis) -> BoundStatement? { self.basis == basis ? bound : nil }

  mutating func keep(_ bound: BoundStatement, on basis: Basis) {
    self.basis = basis
    self.bound = bound
    planned = nil
    acts = nil
  }

  /// The plan, unless a table's size has changed so much that another may be better.
  func plan(in catalog: any Catalog) -> PlannedStatement? {
    for (table, before) in rowCounts {
      let now = catalog.rowCount(of: table)
      if now > 2 * before + Self.fewRows || before > 2 * now + Self.fewRows { return nil }
    }
    return planned
  }

  mutating func keep(_ planned: PlannedStatement, in catalog: any Catalog) {
    self.planned = planned
    rowCounts = [:]
    for access in planned.bound.accesses {
      if case .table(let table, _) = access.securable { rowCounts[table] = catalog.rowCount(of: table) }
    }
  }

  /// Differences below this change no plan worth another look.
  private static let fewRows = 64
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
}
