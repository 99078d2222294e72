import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// ERASE ENTITY: the store destroys the keys of the entity's records; the answer says what was done.
enum EraseStatement {
  static func run(_ erase: BoundErase, in context: ExecutionContext) throws -> StatementOutcome {
    let run = Run(context)
    let entity = try run.value(of: erase.entity)
    guard entity != .null else {
      throw Diagnostic(.invalidParameterValue, "the entity must not be NULL", at: erase.entity.span)
    }
    var reason: String?
    if let scalar = erase.reason, case .text(let text) = try run.value(of: scalar) { reason = text }
    let outcome = try context.store.eraseEntity(
      ErasureRequest(
        entity: entity, type: erase.type, tenant: erase.tenant.id, actor: context.actor, reason: reason,
        isDryRun: erase.isDryRun), context.patience)
    var facts = FactTable(
      ("entity_id", .string), ("records_deleted", .bigint), ("segments_purged", .bigint),
      ("index_entries_removed", .bigint), ("keys_destroyed", .bigint), ("audit_event_id", .string),
      ("completed_at", .timestamptz))
    facts.append(
      .text(outcome.entityID), .count(outcome.recordsDeleted), .count(outcome.segmentsPurged),
      .count(outcome.indexEntriesRemoved), .count(outcome.keysDestroyed), .optional(outcome.auditEventID),
      .timestamptz(outcome.completedAtMicroseconds))
    return try facts.outcome()
  }
}
