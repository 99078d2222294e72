import VSQLDiagnostics
import VSQLSchema

extension Store {
  /// Makes an entity's records unreadable for ever, step by step as `docs/format/store.md` says; resumed on open after a crash.
  package func eraseEntity(_ request: ErasureRequest) throws -> ErasureOutcome {
    throw Diagnostic(.featureNotSupported, "ERASE comes with the keys")
  }

  /// Gives tenants new keys, or the database a new root key; no byte of a `.seg` file changes.
  package func rotateKeys(_ target: RotationTarget, actor: ActorID) throws -> [RotationOutcome] {
    throw Diagnostic(.featureNotSupported, "ROTATE comes with the keys")
  }

  /// Reads the whole audit chain again; damage is an answer here, not an error.
  package func verifyAudit(actor: ActorID) throws -> AuditVerification {
    throw Diagnostic(.featureNotSupported, "VERIFY AUDIT comes with the chain")
  }

  /// Every event of `tenant` (nil: of all tenants), in chain order.
  package func auditEvents(tenant: TenantID? = nil) throws -> [AuditRecord] {
    throw Diagnostic(.featureNotSupported, "audit.events comes with the chain")
  }

  package func keys() throws -> [KeyInfo] { [] }
}
