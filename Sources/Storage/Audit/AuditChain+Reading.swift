internal import Synchronization
import VSQLSchema

/// Reading the chain back: every reading verifies.
extension AuditChain {
  /// Reads the whole log and every salt from the device again and compares with the head in the state. Damage is a finding.
  package func verify() throws(StorageError) -> AuditVerification {
    var walk = AuditWalk(chain: self)
    try walk.run { _ in }
    return walk.verification
  }

  /// Events by ascending sequence, of `tenant` only when given; every one verified from the chain's beginning.
  ///
  /// - Parameters:
  ///   - isWanted: of sequence, time and action, before texts are opened for the answer.
  ///   - limit: at most so many, the earliest.
  package func events(
    tenant: TenantID? = nil, limit: Int = .max,
    where isWanted: (AuditRecord) -> Bool = { _ in true }
  ) throws(StorageError) -> [AuditRecord] {
    var walk = AuditWalk(chain: self)
    var records: [AuditRecord] = []
    try walk.run { record in
      if records.count < limit, tenant == nil || record.tenant == tenant, isWanted(record) {
        records.append(record)
      }
    }
    // The walk learns only from the next line that a line was altered.
    guard let bad = walk.verification.firstBadEvent else { return records }
    return records.map { $0.sequence < bad ? $0 : $0.unverified }
  }
}

extension AuditRecord {
  var unverified: AuditRecord {
    var record = self
    record.isChainVerified = false
    return record
  }

  /// - Parameter hash: the chain's, after this event.
  init(_ line: AuditLine, _ texts: AuditTexts?, hash: Digest, verified: Bool) {
    self.init(
      sequence: line.sequence, eventID: Hex.text(line.eventID), atMicroseconds: line.atMicroseconds,
      tenant: line.tenant, actor: line.actor, action: line.action.rawValue, resource: texts?.resource,
      outcome: line.outcome.rawValue, detail: texts?.detail, chainHash: hash.hex, isChainVerified: verified)
  }
}
