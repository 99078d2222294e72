import VSQLSchema

/// Which person's records shall become unreadable.
package struct ErasureRequest: Sendable {
  /// The entity as the statement names it; it is read as each entity column's type.
  package var entity: Value
  /// Nil: every entity type that has it.
  package var type: String?
  package var tenant: TenantID
  package var actor: ActorID
  package var reason: String?
  /// Counts only.
  package var isDryRun: Bool

  package init(
    entity: Value, type: String?, tenant: TenantID, actor: ActorID, reason: String?, isDryRun: Bool
  ) {
    self.entity = entity
    self.type = type
    self.tenant = tenant
    self.actor = actor
    self.reason = reason
    self.isDryRun = isDryRun
  }
}

package struct ErasureOutcome: Hashable, Sendable {
  /// `entity:` and the pseudonym's first 16 hexadecimal digits: what the audit chain calls the entity from now on.
  package var entityID: String
  package var recordsDeleted: Int
  /// Segments that held records of it.
  package var segmentsPurged: Int
  package var indexEntriesRemoved: Int
  package var keysDestroyed: Int
  /// Nil after a dry run.
  package var auditEventID: String?
  /// Microseconds since 1970-01-01 UTC.
  package var completedAtMicroseconds: Int64

  package init(
    entityID: String, recordsDeleted: Int, segmentsPurged: Int, indexEntriesRemoved: Int, keysDestroyed: Int,
    auditEventID: String?, completedAtMicroseconds: Int64
  ) {
    self.entityID = entityID
    self.recordsDeleted = recordsDeleted
    self.segmentsPurged = segmentsPurged
    self.indexEntriesRemoved = indexEntriesRemoved
    self.keysDestroyed = keysDestroyed
    self.auditEventID = auditEventID
    self.completedAtMicroseconds = completedAtMicroseconds
  }
}
