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
}
