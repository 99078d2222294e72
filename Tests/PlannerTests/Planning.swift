import VSQLDiagnostics
import VSQLParser
import VSQLPlanner
import VSQLSchema

/// The stages over `FixedCatalog.shop`, in short.
enum Planning {
  static let session = BindingSession(tenant: TenantName(name: "main", id: TenantID(1)))

  static func bind(
    _ sql: String, catalog: FixedCatalog = .shop, session: BindingSession = session,
    values: ParameterValues = .undetermined
  ) throws(Diagnostic) -> BoundStatement {
    try Binder(catalog: catalog, session: session).bind(try Parser.parseStatement(sql), values: values)
  }

  static func plan(_ sql: String, catalog: FixedCatalog = .shop, optimising: Bool = true) throws(Diagnostic)
    -> PlannedStatement
  {
    let authorized = try Authorizer.authorize(
      try bind(sql, catalog: catalog), actor: ActorID(1), tenant: TenantID(1), grants: FixedGrants())
    return QueryPlanner.plan(authorized, catalog: catalog, optimising: optimising)
  }

  /// EXPLAIN's lines without the figures.
  static func tree(_ sql: String, catalog: FixedCatalog = .shop, optimising: Bool = true) throws(Diagnostic)
    -> String
  {
    let planned = try plan(sql, catalog: catalog, optimising: optimising)
    PlanCheck.check(planned.bound)
    return PlanPrinting.lines(of: planned.bound).map { line in
      line.split(separator: "  (cost=").first.map(String.init) ?? line
    }.joined(separator: "\n")
  }

  /// The diagnostic that binding ends in; nil: it does not.
  static func failure(_ sql: String, values: ParameterValues = .undetermined) -> Diagnostic? {
    do {
      _ = try bind(sql, values: values)
      return nil
    } catch { return error }
  }

  static func query(_ statement: BoundStatement) -> Plan? {
    if case .query(let plan) = statement.kind { return plan }
    return nil
  }
}
