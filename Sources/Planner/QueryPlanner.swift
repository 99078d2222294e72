import VSQLSchema

/// A statement with the plan that is executed. Only `QueryPlanner` makes one, from an authorized statement.
package struct PlannedStatement: Sendable {
  /// With optimised plans.
  package let bound: BoundStatement
  package let actor: ActorID
  package let tenant: TenantID
  /// The rules that changed something, in the order in which they ran.
  package let ruleLog: [String]

  fileprivate init(bound: BoundStatement, actor: ActorID, tenant: TenantID, ruleLog: [String]) {
    self.bound = bound
    self.actor = actor
    self.tenant = tenant
    self.ruleLog = ruleLog
  }
}

package enum QueryPlanner {
  /// - Parameters:
  ///   - optimising: false leaves the binder's naive plans as they are, for tests that compare both.
  ///   - prefersIndexes: an index wherever one fits, whatever it costs; for tests.
  package static func plan(
    _ authorized: AuthorizedStatement, catalog: any Catalog, optimising: Bool = true,
    prefersIndexes: Bool = false
  ) -> PlannedStatement {
    var optimizer = Optimizer(
      catalog: catalog, rules: optimising ? Rule.all : [], prefersIndexes: prefersIndexes)
    let bound = optimizer.optimised(authorized.statement)
    return PlannedStatement(
      bound: bound, actor: authorized.actor, tenant: authorized.tenant, ruleLog: optimizer.log)
  }

  /// The plan that was made before of the very same bound statement, which was authorized anew.
  ///
  /// - Returns: nil when `earlier` is the plan of another one.
  package static func plan(_ authorized: AuthorizedStatement, reusing earlier: PlannedStatement)
    -> PlannedStatement?
  {
    guard earlier.bound.identity === authorized.statement.identity, earlier.tenant == authorized.tenant else {
      return nil
    }
    if earlier.actor == authorized.actor { return earlier }
    return PlannedStatement(
      bound: earlier.bound, actor: authorized.actor, tenant: authorized.tenant, ruleLog: earlier.ruleLog)
  }
}

/// Runs the rules over every plan of a statement, then prices what they made.
struct Optimizer {
  let catalog: any Catalog
  let rules: [Rule]
  let prefersIndexes: Bool
  private(set) var log: [String] = []

  init(catalog: any Catalog, rules: [Rule], prefersIndexes: Bool = false) {
    self.catalog = catalog
    self.rules = rules
    self.prefersIndexes = prefersIndexes
  }

  mutating func optimised(_ statement: BoundStatement) -> BoundStatement {
    var copy = statement
    switch statement.kind {
    case .query(let plan): copy.kind = .query(optimised(plan))
    case .insert(var insert):
      insert.subqueries = subqueries(insert.subqueries)
      insert.takesParameters = !rules.isEmpty && insert.isRowOfParameters(statement.parameterTypes.count)
      copy.kind = .insert(insert)
    case .update(var update):
      update.matching = optimised(update.matching)
      copy.kind = .update(update)
    case .delete(var delete):
      // Row ids are all that is read.
      delete.matching = optimised(delete.matching, required: [])
      copy.kind = .delete(delete)
    case .explain(var explain):
      if let inner = explain.statement { explain.statement = optimised(inner) }
      copy.kind = .explain(explain)
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set,
      .reset, .show, .describe, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      break
    }
    return copy
  }

  private mutating func subqueries(_ plans: [Plan]) -> [Plan] {
    var made: [Plan] = []
    for plan in plans { made.append(optimised(plan)) }
    return made
  }

  private mutating func optimised(_ plan: Plan, required: Set<Int>? = nil) -> Plan {
    var copy = plan
    copy.subqueries = subqueries(plan.subqueries)
    let context = RuleContext(catalog: catalog, required: required, prefersIndexes: prefersIndexes)
    for rule in rules {
      let changed = rule.apply(copy.root, context)
      if changed != copy.root {
        copy.root = changed
        if !log.contains(rule.name) { log.append(rule.name) }
      }
    }
    copy.root = Estimator(catalog: catalog).priced(copy.root)
    return copy
  }
}

extension BoundInsert {
  fileprivate func isRowOfParameters(_ count: Int) -> Bool {
    guard rows.count == 1, rows[0].count == count else { return false }
    return rows[0].enumerated().allSatisfy { place, scalar in
      if case .parameter(place) = scalar.kind { true } else { false }
    }
  }
}
