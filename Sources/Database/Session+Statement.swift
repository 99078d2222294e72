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
    try atTheEdge {
      defer { canceller.reset() }
      do {
        if canceller.isCancelled {
          throw Diagnostic(.queryCanceled, "the statement was cancelled on request")
        }
        return try runParsed(try Parser.parseStatement(sql), arguments)
      } catch {
        failOpenTransaction()
        try recordFailure(error)
        throw error
      }
    }
  }

  private func runParsed(_ parsed: ParsedStatement, _ arguments: Arguments) throws -> StatementResult {
    if isInFailedTransaction { return try endFailedTransaction(parsed) }
    let binder = Binder(catalog: catalog, session: BindingSession(tenant: tenant, settings: settings))
    let bound = try binder.bind(parsed, values: arguments.parameterValues)
    let authorized = try Authorizer.authorize(
      bound, actor: actor, tenant: tenant.id, grants: OwnerGrants(owner: database.store.owner))
    if let answer = try runControl(bound) { return answer }
    return try inTransaction(for: bound) { transaction in
      let values = try arguments.values(for: bound)
      try audit(bound, .intent, in: transaction)
      let planned = QueryPlanner.plan(authorized, catalog: transaction.catalog)
      let outcome = try Executor.execute(planned, in: context(transaction, parameters: values))
      let result = try collect(outcome, of: bound)
      try audit(bound, .done, in: transaction)
      return result.with(notices: bound.notices)
    }
  }

  private func context(_ transaction: Transaction, parameters: [VSQLSchema.Value]) -> ExecutionContext {
    let canceller = canceller
    return ExecutionContext(
      transaction: transaction, store: database.store,
      scope: RowScope(tenant: tenant.id, visible: .all, consent: database.store.latches().mask()),
      tenant: tenant, actor: actor, parameters: parameters,
      nowMicroseconds: transaction.startMicroseconds, settings: settings,
      isReadOnlyDatabase: database.isReadOnly,
      progress: progressReport,
      isCancelled: { canceller.isCancelled })
  }

  private var progressReport: (@Sendable (VSQLExecutor.Progress) -> Void)? {
    guard let report = onProgress else { return nil }
    return { report(Session.Progress(rows: $0.rows, fraction: $0.fraction)) }
  }
}
