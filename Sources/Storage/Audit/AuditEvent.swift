import VSQLSchema

/// An event to be recorded. Neither text may hold a literal of a statement.
package struct AuditEvent: Hashable, Sendable {
  package var tenant: TenantID
  package var actor: ActorID
  package var action: AuditAction
  /// What was acted upon: committed to in the chain, readable as long as its salt lives.
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
  case sessionClose = "session_close"
  case statement
  case dataAccess = "data_access"
  case dataChange = "data_change"
  case schemaChange = "schema_change"
  case denial
  case failure
  case entityErasure = "entity_erasure"
  case keyRotation = "key_rotation"
  case auditVerification = "audit_verification"
  case databaseCheck = "database_check"
  case backup
  case restore
  case configuration
  case tenantChange = "tenant_change"
  case recovery
  /// Segments merged, or written anew for their statistics.
  case maintenance
}

package enum AuditOutcome: String, Hashable, Sendable, CaseIterable {
  /// Recorded before the act.
  case intent
  case done
  case failed
  case denied
}
