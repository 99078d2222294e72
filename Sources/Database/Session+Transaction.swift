internal import VSQLDiagnostics
internal import VSQLExecutor
internal import VSQLParser
internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage

extension Session {
  /// Runs `body` in the open transaction, undoing only the statement when it fails; without one, in a transaction of its own.
  func inTransaction<Answer>(
    for bound: BoundStatement, _ body: (Transaction) throws -> Answer
  ) throws -> Answer {
    if case .open(let transaction) = transactionState {
      if let verb = bound.verbOutsideTransactions {
        throw Diagnostic(
          .activeTransaction, "\(verb) cannot run inside a transaction", hint: "COMMIT or ROLLBACK first.")
      }
      savepoints.hasRunStatement = true
      if bound.changesData { try transaction.checkWritable() }
      let mark = transaction.savepointMark()
      do {
        return try body(transaction)
      } catch {
        transaction.rollback(to: mark)
        throw error
      }
    }
    let transaction = try database.store.begin(
      tenant: tenant.id, actor: actor, readOnly: database.isReadOnly || !bound.changesData)
    do {
      let answer = try body(transaction)
      try transaction.commit()
      return answer
    } catch {
      transaction.rollback()
      throw error
    }
  }

  /// BEGIN, COMMIT, ROLLBACK, savepoints, SET and SHOW of a setting: what concerns the session alone. Nil: any other statement.
  func runControl(_ bound: BoundStatement) throws -> StatementResult? {
    switch bound.kind {
    case .begin(let isReadOnly):
      return try begin(isReadOnly: isReadOnly)
    case .commit:
      return try commit()
    case .rollback:
      return try rollback()
    case .savepoint(let step):
      return try run(step)
    case .setTransaction(let isReadOnly):
      return try setTransaction(isReadOnly: isReadOnly)
    case .setTenant(let name):
      if isInTransaction {
        throw Diagnostic(.activeTransaction, "the tenant cannot be changed inside a transaction")
      }
      tenant = name
      try recordControl(.tenantChange, resource: "tenant:\(name.id.hex)")
      return .command("SET")
    case .set(let name, let value):
      change(name, to: value)
      try recordControl(.configuration, resource: "setting:\(name)")
      return .command("SET")
    case .reset(let name):
      reset(name)
      try recordControl(.configuration, resource: "setting:\(name)")
      return .command("RESET")
    case .show(.setting(let name)):
      return .oneText(column: name, shownSettings[name].text ?? "")
    case .show(.allSettings):
      return .settings(shownSettings)
    case .query, .insert, .update, .delete, .copy, .createTable, .dropTable, .createIndex, .dropIndex,
      .createTenant, .show, .describe,
      .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      return nil
    }
  }

  /// In a failed transaction only ROLLBACK is taken, ROLLBACK TO a savepoint, and COMMIT, which then rolls back.
  func endFailedTransaction(_ parsed: ParsedStatement) throws -> StatementResult {
    switch parsed.statement {
    case .rollback, .commit:
      return try rollback()
    case .savepoint(let step) where step.verb == .rollback:
      return try run(.rollback(to: step.name.text))
    default:
      throw Diagnostic(
        .inFailedTransaction, "the transaction has failed; statements are ignored until it ends",
        at: parsed.span, hint: "ROLLBACK ends it, ROLLBACK TO returns to a savepoint.")
    }
  }

  func failOpenTransaction() {
    if case .open(let transaction) = transactionState { transactionState = .failed(transaction) }
  }

  private func begin(isReadOnly: Bool) throws -> StatementResult {
    if isInTransaction { return .command("BEGIN", notice: "a transaction is open already") }
    let transaction =
      try database.store.begin(
        tenant: tenant.id, actor: actor, readOnly: isReadOnly || database.isReadOnly)
    savepoints = SavepointStack(of: transaction, settings: settings)
    transactionState = .open(transaction)
    return .command("BEGIN")
  }

  private func commit() throws -> StatementResult {
    guard case .open(let transaction) = transactionState else {
      return .command("COMMIT", notice: Self.noTransaction)
    }
    transactionState = .none
    do {
      transaction.patience = settings.patience(isCancelled)
      try transaction.commit()
    } catch {
      transaction.rollback()
      settings = savepoints.outermost.settings
      throw error
    }
    return .command("COMMIT")
  }

  /// Said, not refused, as PostgreSQL does.
  private static let noTransaction = "no transaction is open"

  private func rollback() throws -> StatementResult {
    switch transactionState {
    case .none:
      return .command("ROLLBACK", notice: Self.noTransaction)
    case .open(let transaction), .failed(let transaction):
      transaction.rollback()
      transactionState = .none
      settings = savepoints.outermost.settings
      return .command("ROLLBACK")
    }
  }
}

extension BoundStatement {
  /// Whether the statement needs a transaction that can write.
  var changesData: Bool {
    switch kind {
    case .insert, .update, .delete, .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant:
      true
    case .explain(let explain): explain.isAnalyzed && (explain.statement?.changesData ?? false)
    case .query, .begin, .commit, .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset, .show,
      .describe, .eraseEntity,
      .rotateKey,
      .verifyAudit, .checkDatabase, .maintain, .backup:
      false
    }
  }

  /// The verb's name, where it may not run inside BEGIN.
  var verbOutsideTransactions: String? {
    switch kind {
    case .eraseEntity: "ERASE ENTITY"
    case .rotateKey: "ROTATE KEY"
    case .backup: "BACKUP"
    case .maintain(let maintenance): maintenance.verb == .vacuum ? "VACUUM" : "ANALYZE"
    case .explain(let explain): explain.isAnalyzed ? explain.statement?.verbOutsideTransactions : nil
    case .query, .insert, .update, .delete, .copy, .createTable, .dropTable, .createIndex, .dropIndex,
      .createTenant, .begin, .commit, .rollback, .savepoint, .setTransaction,
      .setTenant, .set, .reset, .show, .describe, .verifyAudit, .checkDatabase:
      nil
    }
  }
}
