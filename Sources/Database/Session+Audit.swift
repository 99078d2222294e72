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
  func audit(_ bound: BoundStatement, _ outcome: AuditOutcome, in transaction: Transaction) throws {
    if database.isReadOnly { return }
    let events = bound.audited(in: transaction.catalog).map {
      event($0.action, resource: $0.resource, outcome: outcome)
    }
    if bound.changesData {
      transaction.record(events)
    } else {
      try database.store.record(events)
    }
  }

  private func event(
    _ action: AuditAction, resource: String, outcome: AuditOutcome, detail: String? = nil
  ) -> AuditEvent {
    AuditEvent(
      tenant: tenant.id, actor: actor, action: action, resource: resource, outcome: outcome, detail: detail)
  }
}

extension BoundStatement {
  /// What the statement does, and to what, as the chain tells it.
  fileprivate func audited(in catalog: any Catalog) -> [(action: AuditAction, resource: String)] {
    switch kind {
    case .query: tables(.dataAccess)
    case .insert, .update, .delete, .copy: tables(.dataChange)
    // What is made gets its id while it is made: the intent cannot name it yet.
    case .createTable(let table, _):
      [(.schemaChange, "table:\(catalog.table(named: table.name)?.id.hex ?? "new")")]
    case .dropTable(let table): [(.schemaChange, "table:\(table?.id.hex ?? "none")")]
    case .createIndex(let made), .dropIndex(let made):
      [(.schemaChange, "table:\(made?.table.id.hex ?? "none")")]
    case .createTenant(let name, _):
      [(.schemaChange, "tenant:\(catalog.tenant(named: name)?.hex ?? "new")")]
    case .show, .describe: [(.statement, "catalog")]
    case .explain(let explain): explain.statement?.audited(in: catalog) ?? [(.statement, "catalog")]
    // These write their own events where the change is made.
    case .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .backup: []
    case .maintain(let maintenance): maintenance.tables.map { (.maintenance, "table:\($0.id.hex)") }
    case .begin, .commit, .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset: []
    }
  }

  private func tables(_ action: AuditAction) -> [(action: AuditAction, resource: String)] {
    var seen: [String] = []
    for access in accesses {
      guard case .table(let id, _) = access.securable else { continue }
      let resource = "table:\(id.hex)"
      if !seen.contains(resource) { seen.append(resource) }
    }
    return seen.isEmpty ? [(.statement, "none")] : seen.map { (action, $0) }
  }
}

/// The owner may do everything; nobody else may do anything. Users and roles come with their own issue and replace this.
struct OwnerGrants: Grants {
  let owner: ActorID

  func allows(_ access: Access, to actor: ActorID, in tenant: TenantID) -> Bool { actor == owner }
}
