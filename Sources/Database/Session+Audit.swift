internal import VSQLDiagnostics
internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage

/// What a session writes into the audit chain: ids, never names of people, never a literal of a statement.
extension Session {
  func recordOpening() throws {
    try recordControl(.sessionOpen, resource: "database:\(database.store.databaseID.hex)")
  }

  /// An event that stands alone, outside any transaction's frame.
  func recordControl(_ action: AuditAction, resource: String) throws {
    if database.isReadOnly { return }
    try database.store.record([event(action, resource: resource, outcome: .done)])
  }

  /// A statement that failed: its SQLSTATE, nothing of its text.
  func recordFailure(_ error: any Error) throws {
    if database.isReadOnly { return }
    let state = (error as? any DiagnosableError)?.diagnostic.state ?? .internalError
    let action: AuditAction = state == .insufficientPrivilege ? .denial : .failure
    try database.store.record([
      event(
        action, resource: "statement", outcome: state == .insufficientPrivilege ? .denied : .failed,
        detail: state.code)
    ])
  }

  /// The event of one stage of a statement. What reads is written before data is read; what changes rides in its commit's frame.
  func audit(
    _ bound: BoundStatement, _ outcome: StatementStage, in transaction: Transaction, _ cache: inout PlanCache
  ) throws {
    if database.isReadOnly { return }
    let kept: KeptEvents
    if let before = outcome == .intent ? cache.intent : cache.done {
      kept = before
    } else {
      kept = KeptEvents(
        bound.audited(in: transaction.catalog).map {
          event($0.action, resource: $0.resource, outcome: outcome == .intent ? .intent : .done)
        })
      if bound.isToldByItsTables {
        if outcome == .intent { cache.intent = kept } else { cache.done = kept }
      }
    }
    if bound.changesData {
      transaction.record(kept.acts)
    } else {
      try database.store.record(kept.events)
    }
  }

  private func event(
    _ action: AuditAction, resource: String, outcome: AuditOutcome, detail: String? = nil
  ) -> AuditEvent {
    AuditEvent(
      tenant: tenant.id, actor: actor, action: action, resource: resource, outcome: outcome, detail: detail)
  }
}

/// When a statement's event is written: before its first byte is read, before its answer leaves.
enum StatementStage { case intent, done }

/// What a statement does, and to what, as the chain tells it.
struct AuditedAct {
  let action: AuditAction
  let resource: String

  init(_ action: AuditAction, _ resource: String) {
    self.action = action
    self.resource = resource
  }
}

extension BoundStatement {
  /// Whether its acts follow from its names alone, so that they stay the same while it does.
  fileprivate var isToldByItsTables: Bool {
    switch kind {
    case .query, .insert, .update, .delete, .copy: true
    case .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .show, .describe, .explain,
      .eraseEntity, .rotateKey,
      .verifyAudit, .checkDatabase, .backup, .maintain, .begin, .commit, .rollback, .savepoint,
      .setTransaction,
      .setTenant, .set, .reset:
      false
    }
  }

  fileprivate func audited(in catalog: any Catalog) -> [AuditedAct] {
    switch kind {
    case .query: tables(.dataAccess)
    case .insert, .update, .delete, .copy: tables(.dataChange)
    // What is made gets its id while it is made: the intent cannot name it yet.
    case .createTable(let table, _):
      [AuditedAct(.schemaChange, "table:\(catalog.table(named: table.name)?.id.hex ?? "new")")]
    case .dropTable(let table): [AuditedAct(.schemaChange, "table:\(table?.id.hex ?? "none")")]
    case .createIndex(let made), .dropIndex(let made):
      [AuditedAct(.schemaChange, "table:\(made?.table.id.hex ?? "none")")]
    case .createTenant(let name, _):
      [AuditedAct(.schemaChange, "tenant:\(catalog.tenant(named: name)?.hex ?? "new")")]
    case .show, .describe: [AuditedAct(.statement, "catalog")]
    case .explain(let explain): explain.statement?.audited(in: catalog) ?? [AuditedAct(.statement, "catalog")]
    // These write their own events where the change is made.
    case .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .backup: []
    case .maintain(let maintenance): maintenance.tables.map { AuditedAct(.maintenance, "table:\($0.id.hex)") }
    case .begin, .commit, .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset: []
    }
  }

  private func tables(_ action: AuditAction) -> [AuditedAct] {
    var seen: [String] = []
    for access in accesses {
      guard case .table(let id, _) = access.securable else { continue }
      let resource = "table:\(id.hex)"
      if !seen.contains(resource) { seen.append(resource) }
    }
    return seen.isEmpty
      ? [AuditedAct(.statement, "none")] : seen.map { AuditedAct(action, $0) }
  }
}

/// The owner may do everything; nobody else may do anything. Users and roles come with their own issue and replace this.
struct OwnerGrants: Grants {
  let owner: ActorID

  func allows(_ access: Access, to actor: ActorID, in tenant: TenantID) -> Bool { actor == owner }
}
