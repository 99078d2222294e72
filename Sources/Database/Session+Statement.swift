internal import VSQLDiagnostics
internal import VSQLExecutor
internal import VSQLParser
internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage
internal import VSQLTrust

/// A statement's one way from text to rows (`ARCHITECTURE.md`, "The life of a statement"):
/// parse, bind, authorize, audit intent, plan, execute, audit outcome.
extension Session {
  func run(_ sql: String, _ arguments: Arguments) throws(VSQLError) -> StatementResult {
    var once = PlanCache()
    return try run({ () throws(Diagnostic) in try Parser.parseStatement(sql) }, arguments, &once)
  }

  /// Runs a statement again, with what the last run left in `cache`.
  func run(
    _ parsed: ParsedStatement, _ arguments: Arguments, _ cache: inout PlanCache
  ) throws(VSQLError) -> StatementResult {
    try run({ () throws(Diagnostic) in parsed }, arguments, &cache)
  }

  private func run(
    _ parse: () throws(Diagnostic) -> ParsedStatement, _ arguments: Arguments, _ cache: inout PlanCache
  ) throws(VSQLError) -> StatementResult {
    try atTheEdge {
      defer { canceller.reset() }
      do {
        if canceller.isCancelled {
          throw Diagnostic(.queryCanceled, "the statement was cancelled on request")
        }
        return try runParsed(try parse(), arguments, &cache)
      } catch {
        failOpenTransaction()
        try recordFailure(error)
        throw error
      }
    }
  }

  private func runParsed(
    _ parsed: ParsedStatement, _ arguments: Arguments, _ cache: inout PlanCache
  ) throws -> StatementResult {
    if isInFailedTransaction { return try endFailedTransaction(parsed) }
    let bound = try bind(parsed, arguments, &cache)
    let authorized = try Authorizer.authorize(
      bound, actor: actor, tenant: tenant.id, grants: OwnerGrants(owner: database.store.owner))
    if let answer = try runControl(bound) { return answer }
    return try inTransaction(for: bound) { transaction in
      let values = try arguments.values(for: bound)
      try audit(bound, .intent, in: transaction, &cache)
      let planned = plan(authorized, transaction, &cache)
      let context = context(transaction, parameters: values)
      transaction.patience = context.patience
      let outcome = try Executor.execute(planned, in: context)
      let result = try collect(outcome, of: bound, &cache)
      try audit(bound, .done, in: transaction, &cache)
      return bound.notices.isEmpty ? result : result.with(notices: bound.notices + result.notices)
    }
  }

  private func bind(
    _ parsed: ParsedStatement, _ arguments: Arguments, _ cache: inout PlanCache
  ) throws(Diagnostic) -> BoundStatement {
    let names =
      switch transactionState {
      case .none: database.store.catalog
      case .open(let transaction), .failed(let transaction): (transaction.tables, transaction.tenants)
      }
    if let bound = cache.bound(names, tenant: tenant, settings: settings, arguments) { return bound }
    let catalog = catalog
    let (types, parameterNames) = arguments.types
    let basis = PlanCache.Basis(
      tables: catalog.tables, tenants: catalog.tenants, tenant: tenant, settings: settings,
      parameterTypes: types, parameterNames: parameterNames)
    let binder = Binder(catalog: catalog, session: BindingSession(tenant: tenant, settings: settings))
    let bound = try binder.bind(parsed, values: arguments.parameterValues)
    cache.keep(bound, on: basis)
    return bound
  }

  private func plan(
    _ authorized: AuthorizedStatement, _ transaction: Transaction, _ cache: inout PlanCache
  ) -> PlannedStatement {
    if let earlier = cache.plan(in: transaction),
      let planned = QueryPlanner.plan(authorized, reusing: earlier)
    {
      return planned
    }
    let planned = QueryPlanner.plan(authorized, catalog: transaction.catalog)
    cache.keep(planned, in: transaction)
    return planned
  }

  private func context(_ transaction: Transaction, parameters: [VSQLSchema.Value]) -> ExecutionContext {
    ExecutionContext(
      transaction: transaction, store: database.store,
      scope: RowScope(tenant: tenant.id, visible: .all, consent: database.store.latches().mask()),
      tenant: tenant, actor: actor, parameters: parameters,
      nowMicroseconds: transaction.startMicroseconds, settings: settings,
      isReadOnlyDatabase: database.isReadOnly,
      progress: progressReport,
      isCancelled: isCancelled)
  }

  private var progressReport: (@Sendable (VSQLExecutor.Progress) -> Void)? {
    guard let report = onProgress else { return nil }
    return { report(Session.Progress(rows: $0.rows, fraction: $0.fraction)) }
  }
}
