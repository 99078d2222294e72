import VSQLSchema

/// What happened, before the chain has taken it in.
package struct AuditEvent: Hashable, Sendable {
  package var tenant: TenantID
  package var actor: ActorID
  package var action: AuditAction
  package var resource: String
  package var outcome: AuditOutcome
  package var detail: String?

  package init(
    tenant: TenantID, actor: ActorID, action: AuditAction, resource: String, outcome: AuditOutcome,
    detail: String? = nil
  ) {
    self.tenant = tenant
    self.actor = actor
    self.action = action
    self.resource = resource
    self.outcome = outcome
    self.detail = detail
  }
}

package enum AuditAction: String, Hashable, Sendable, CaseIterable {
  case sessionOpen = "session_open"
  case statement
  case dataAccess = "data_access"
  case dataChange = "data_change"
  case schemaChange = "schema_change"
  case denial
  case failure
  case entityErasure = "entity_erasure"
  case keyRotation = "key_rotation"
  case auditVerification = "audit_verification"
  case configuration
  case tenantChange = "tenant_change"
  case recovery
}

package enum AuditOutcome: String, Hashable, Sendable, CaseIterable {
  case intent
  case done
  case failed
  case denied
}
