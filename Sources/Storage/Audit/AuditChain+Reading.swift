internal import Synchronization
import VSQLSchema

/// Reading the chain back: every reading verifies.
extension AuditChain {
  /// Reads the whole log and every salt from the device again and compares with the head in the state. Damage is a finding.
  ///
  /// - Parameter passingLeftovers: whether bytes behind the last event are told, but no damage. Right for a chain as of the newest state
  ///   alone: they are events that no log and no state has, so that nobody was told of them.
  package func verify(passingLeftovers: Bool = false) throws(StorageError) -> AuditVerification {
    var walk = AuditWalk(chain: self, passingLeftovers: passingLeftovers)
    try walk.run()
    return walk.verification
  }

  /// All events, a file's at a time.
  package func reader() -> AuditReader { AuditReader(self) }

  /// Events by ascending sequence, of `tenant` only when given; every one verified from the chain's beginning.
  ///
  /// - Parameters:
  ///   - isWanted: of sequence, time and action, before texts are opened for the answer.
  ///   - limit: at most so many, the earliest.
  package func events(
    tenant: TenantID? = nil, limit: Int = .max,
    where isWanted: (AuditRecord) -> Bool = { _ in true }
  ) throws(StorageError) -> [AuditRecord] {
    var reader = reader()
    var records: [AuditRecord] = []
    while records.count < limit, let next = try reader.next() {
      for record in next
      where records.count < limit && (tenant == nil || record.tenant == tenant) && isWanted(record) {
        records.append(record)
      }
    }
    return records
  }
}

/// Events by ascending sequence, verified from the chain's beginning, with one file's in memory at a time.
package struct AuditReader {
  private var walk: AuditWalk
  /// The walk learns only from the next two lines that a line was altered.
  private var held: [AuditRecord] = []
  private static let heldCount = 2

  init(_ chain: AuditChain) { walk = AuditWalk(chain: chain) }

  /// The next events, at most about 4,096; nil at the end.
  package mutating func next() throws(StorageError) -> [AuditRecord]? {
    var records = held
    let isEnd = try !walk.next { records.append($0) }
    held = isEnd ? [] : Array(records.suffix(Self.heldCount))
    records.removeLast(held.count)
    if isEnd, records.isEmpty { return nil }
    guard let bad = walk.firstBadEvent else { return records }
    return records.map { $0.sequence < bad ? $0 : $0.unverified }
  }
}

extension AuditRun {
  /// Nil never: they were written or read as such.
  func texts(_ index: Int) -> AuditTexts? {
    var reader = ByteReader(Array(text(index)), path: "")
    return try? AuditTexts(from: &reader)
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
      sequence: line.sequence, eventID: line.eventID.hex, atMicroseconds: line.atMicroseconds,
      tenant: line.tenant, actor: line.actor, action: line.action.rawValue, resource: texts?.resource,
      outcome: line.outcome.rawValue, detail: texts?.detail, chainHash: hash.hex, isChainVerified: verified)
  }
}
