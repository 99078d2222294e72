import VSQLSchema

extension Store {
  /// Reads the whole audit chain again from the device; damage is an answer here, not an error. The verification is an event
  /// itself, its answer included.
  package func verifyAudit(actor: ActorID, tenant: TenantID? = nil) throws -> AuditVerification {
    if isReadOnly { return try chain.verify() }
    try flushEvents()
    let answer = try chain.verify()
    if answer.isChainVerified {
      try record([
        AuditEvent(
          tenant: tenant ?? mainTenant, actor: actor, action: .auditVerification, resource: "audit",
          outcome: .done,
          detail: "\(answer.events) events")
      ])
    }
    return answer
  }

  /// Every event of `tenant` (nil: of all tenants), in chain order; each says whether the chain holds up to it.
  package func auditEvents(tenant: TenantID? = nil) throws -> [AuditRecord] {
    if !isReadOnly { try flushEvents() }
    return try chain.events(tenant: tenant)
  }
}
