import VSQLSchema

extension Store {
  /// Makes an entity's records unreadable for ever, step by step as `docs/format/store.md` says; resumed on open after a crash.
  ///
  /// An entity that no table holds is no error: nothing is deleted, and the event says so.
  package func eraseEntity(
    _ request: ErasureRequest, _ patience: Patience? = nil
  ) throws -> ErasureOutcome {
    if isReadOnly, !request.isDryRun { throw StorageError.readOnly }
    // A merge that runs could bring rows of the entity along.
    let outcome = try upkeep.pausing(patience) {
      try writing(patience) { writer in
        if !request.isDryRun { _ = try writer.resume(vault, source) }
        let outcome = try writer.erase(request)
        if !request.isDryRun { published.publish(writer.head, writer.position) }
        return outcome
      }
    }
    if request.isDryRun, !isReadOnly { eventFlush.schedule { [self] in try flushEvents() } }
    return outcome
  }

  /// Gives tenants new keys, or the database a new root key; no byte of a `.seg` file changes.
  package func rotateKeys(
    _ target: RotationTarget, actor: ActorID, _ patience: Patience? = nil
  ) throws -> [RotationOutcome] {
    if isReadOnly { throw StorageError.readOnly }
    // A merge that runs would wrap its keys under the old one.
    return try upkeep.pausing(patience) {
      try writing(patience) { writer in
        _ = try writer.resume(vault, source)
        defer { published.publish(writer.head, writer.position) }
        switch target {
        case .tenants(let tenants):
          return try tenants.map { try writer.rotate($0, actor: actor) }
        case .root:
          return [try writer.rotateRoot(vault, source, actor: actor)]
        }
      }
    }
  }
}
