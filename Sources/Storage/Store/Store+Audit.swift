import VSQLSchema

extension Store {
  /// Reads the whole audit chain again from the device; damage is an answer here, not an error. The verification is an event
  /// itself, its answer included; after one that found damage nothing is written any more, so that the chain is not
  /// continued from a place that does not hold.
  package func verifyAudit(actor: ActorID, tenant: TenantID? = nil) throws -> AuditVerification {
    if isReadOnly { return try chain.verify() }
    try writer.withLock { writer in
      if case .unchained = writer.failure { return }
      try writer.checkUsable()
    }
    try? flushEvents()
    let answer = try chain.verify()
    if answer.isChainVerified {
      try record([
        AuditEvent(
          tenant: tenant ?? mainTenant, actor: actor, action: .auditVerification, resource: "audit",
          outcome: .done, detail: "\(answer.events) events")
      ])
    } else {
      let sequence = answer.firstBadEvent ?? 1
      let damage = StorageError.unchained(
        path: AuditChain.logPath(AuditChain.first(of: max(1, sequence))), sequence: sequence,
        what: answer.reason ?? "the head is not the state's")
      writer.withLock { $0.failure = $0.failure ?? damage }
    }
    return answer
  }

  /// Every event of `tenant` (nil: of all tenants), in chain order; each says whether the chain holds up to it.
  package func auditEvents(tenant: TenantID? = nil) throws -> [AuditRecord] {
    // What cannot be written is still read: the chain then says for itself what it holds.
    if !isReadOnly { try? flushEvents() }
    return try chain.events(tenant: tenant)
  }
}
