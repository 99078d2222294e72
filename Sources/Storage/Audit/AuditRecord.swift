import VSQLSchema

/// One event of the chain as a reader sees it.
package struct AuditRecord: Hashable, Sendable {
  package var sequence: UInt64
  /// 32 hexadecimal digits.
  package var eventID: String
  /// Microseconds since 1970-01-01 UTC.
  package var atMicroseconds: Int64
  package var tenant: TenantID
  package var actor: ActorID
  package var action: String
  /// What replaced it once the event was forgotten; nil when its sealed part is damaged.
  package var resource: String?
  package var outcome: String
  package var detail: String?
  /// 64 hexadecimal digits.
  package var chainHash: String
  /// The chain holds from the first event to this one, and this one's texts are those that it commits to. A forgotten event's
  /// texts are gone; its line still verifies.
  package var isChainVerified: Bool

  package init(
    sequence: UInt64, eventID: String, atMicroseconds: Int64, tenant: TenantID, actor: ActorID,
    action: String,
    resource: String?, outcome: String, detail: String?, chainHash: String, isChainVerified: Bool
  ) {
    self.sequence = sequence
    self.eventID = eventID
    self.atMicroseconds = atMicroseconds
    self.tenant = tenant
    self.actor = actor
    self.action = action
    self.resource = resource
    self.outcome = outcome
    self.detail = detail
    self.chainHash = chainHash
    self.isChainVerified = isChainVerified
  }
}

/// What reading the whole chain again found.
package struct AuditVerification: Hashable, Sendable {
  /// As many as the state says there are, and the WAL since.
  package var events: UInt64
  package var isChainVerified: Bool
  /// 64 hexadecimal digits.
  package var headHash: String
  package var firstBadEvent: UInt64?
  /// What is wrong with it: file and place, never a value.
  package var reason: String?
  /// Bytes that lie behind the last event and are no part of the chain, where they are.
  package var leftovers: [String] = []

  package init(
    events: UInt64, isChainVerified: Bool, headHash: String, firstBadEvent: UInt64? = nil,
    reason: String? = nil
  ) {
    self.events = events
    self.isChainVerified = isChainVerified
    self.headHash = headHash
    self.firstBadEvent = firstBadEvent
    self.reason = reason
  }
}
