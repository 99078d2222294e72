internal import Synchronization
import VSQLSchema

/// One walk over the chain, file by file and then over what is pending: it holds one file's events at a time.
///
/// Others may absorb, forget and rotate meanwhile. The walk goes as far as the chain reached when it was made; a salt file
/// that was replaced while it was read is read again.
struct AuditWalk {
  private let chain: AuditChain
  /// The chain's count of changes to its files when the walk was made.
  private let changes: Int
  /// First sequences and counts of the files still to be walked.
  private var files: ArraySlice<(first: UInt64, count: UInt64)>
  private var isFinished = false
  private let absorbed: AuditState
  private let pending: ArraySlice<AuditRun>
  /// Events of all of it.
  private let count: UInt64
  private let head: Digest
  private let digester = Digester()
  private let sealer = Sealer()
  /// After the last line read.
  private var hash: Digest
  /// The first line that names another chain hash than the line before it leads to: one of the two was altered.
  private var suspect: (sequence: UInt64, named: Digest, leaf: Digest, offset: Int)?
  /// Where the line read last begins in its file.
  private var lineStart = 0
  /// The chain does not hold from somewhere on: what follows from that is not told again.
  private var isBroken = false
  private var bad: (sequence: UInt64, reason: String)?
  /// Everything that was found, in the order in which it was.
  private(set) var faults: [Fault] = []
  /// Whether bytes behind the last event are passed over, as a crash may have left them and an opening to write cuts them: told, but
  /// no fault of the chain. Not those that the log has other events for.
  private let passesLeftovers: Bool

  /// What is wrong with one event, or with a file from it on.
  struct Fault: Hashable {
    let path: String
    /// Where in the file, where that is known.
    let offset: Int?
    let sequence: UInt64
    let reason: String
    /// What opening a sealed text of it met.
    var error: StorageError?
    /// Bytes behind the last event of the newest file: a crash may have left them, and they are written over.
    var isLeftover = false
  }

  init(chain: AuditChain, passingLeftovers: Bool = false) {
    self.chain = chain
    passesLeftovers = passingLeftovers
    (absorbed, pending, count, head, changes) = chain.state.withLock {
      $0.settle()
      return ($0.absorbed, $0.pending, $0.count, $0.head, $0.changes)
    }
    files = chain.files(absorbed.count)[...]
    hash = AuditChain.genesis(chain.ring.database)
  }

  var firstBadEvent: UInt64? { bad?.sequence }

  var verification: AuditVerification {
    var verification = AuditVerification(
      events: count, isChainVerified: bad == nil, headHash: hash.hex,
      firstBadEvent: bad?.sequence, reason: bad?.reason)
    verification.leftovers = faults.filter(\.isLeftover).map(\.reason)
    return verification
  }

  /// Walks to the end.
  mutating func run() throws(StorageError) { while try next(nil) {} }

  /// Walks over one more file, or at last over what is pending, and hands over every event that can be read, in order; false: there
  /// was nothing left. What is found later may still tell that one of the last two events was altered.
  mutating func next(_ body: ((AuditRecord) -> Void)?) throws(StorageError) -> Bool {
    if let (first, count) = files.popFirst() {
      try walk(first, count, isLast: files.isEmpty, body)
      return true
    }
    if isFinished { return false }
    isFinished = true
    if pending.isEmpty { settle(next: absorbed.head) }
    if !isBroken, hash != absorbed.head {
      isBroken = true
      report(absorbed.count, "the chain does not lead to the head that the state names")
    }
    for run in pending {
      for index in 0..<run.count {
        // They were made or read as lines.
        guard let line = AuditLine(run.line(index)) else { continue }
        step(line, run.line(index), run.first + UInt64(index))
        body?(AuditRecord(line, run.texts(index), hash: hash, verified: bad == nil))
      }
    }
    if !isBroken, hash != head {
      report(count, "the chain does not lead to its head")
    }
    return true
  }

  private mutating func walk(
    _ first: UInt64, _ count: UInt64, isLast: Bool, _ body: ((AuditRecord) -> Void)?
  ) throws(StorageError) {
    let path = AuditChain.logPath(first)
    guard let log = try content(path, first) else {
      isBroken = true
      return
    }
    let texts = try texts(first, count)
    var sequence = first
    var rest = log[...]
    while sequence < first + count {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        report(sequence, "\(path) ends before it at offset \(log.count)", at: rest.startIndex)
        isBroken = true
        return
      }
      let bytes = rest[...end]
      if let line = AuditLine(bytes) {
        step(line, bytes, sequence)
        let text = texts[sequence]
        check(line, text, first)
        body?(AuditRecord(line, text, hash: hash, verified: bad == nil))
      } else {
        report(sequence, "\(path), offset \(bytes.startIndex): not an event's line", at: bytes.startIndex)
        suspect = nil
        hash = digester.step(hash, digester.leaf(bytes))
      }
      rest = rest[(end + 1)...]
      sequence += 1
    }
    if isLast, log.count - rest.count != Int(clamping: absorbed.logBytes) {
      report(absorbed.count, "\(path) has another length than the state names")
    }
    // What was absorbed since the walk was made follows its last file.
    if isLast, chain.changes != changes { return }
    // After a crash the log may hold, in part, what is pending; nothing else may follow.
    let next = isLast && !rest.isEmpty ? pending.prefix { $0.first < first + AuditChain.eventsPerFile } : []
    let allowed = next.reduce(into: [UInt8]()) {
      $0 += $1.prefix(Int(first + AuditChain.eventsPerFile - $1.first)).lines
    }
    // What did not reach the disk of it is zero.
    if rest.count > allowed.count || !zip(rest, allowed).allSatisfy({ $0 == $1 || $0 == 0 }) {
      report(
        first + count, "\(path), offset \(rest.startIndex): bytes that the state does not know", in: path,
        at: rest.startIndex, isLeftover: pending.isEmpty && count < AuditChain.eventsPerFile)
    }
  }

  /// The file's bytes; nil, and reported, when there is none.
  private mutating func content(_ path: String, _ sequence: UInt64) throws(StorageError) -> [UInt8]? {
    do {
      return try chain.device.readAll(path)
    } catch .missing {
      report(sequence, "\(path) is missing")
      return nil
    }
  }

  /// Takes one line into the chain.
  private mutating func step(_ line: AuditLine, _ bytes: ArraySlice<UInt8>, _ expected: UInt64) {
    let leaf = digester.leaf(bytes)
    if line.sequence != expected {
      report(expected, "event \(line.sequence) stands in its place", at: bytes.startIndex)
      isBroken = true
    }
    settle(next: line.previous)
    if line.previous != hash, !isBroken {
      isBroken = true
      report(
        max(1, expected - 1), "the chain hash after it is not what event \(expected) names", at: lineStart)
      if expected > 1 { suspect = (expected, line.previous, leaf, bytes.startIndex) }
    }
    lineStart = bytes.startIndex
    hash = digester.step(hash, leaf)
  }

  /// Decides which of two lines was altered: if what comes next is led to by what the suspect names, then the suspect is as it
  /// was, and the line before it is not.
  private mutating func settle(next: Digest) {
    guard let (sequence, named, leaf, offset) = suspect else { return }
    suspect = nil
    if next != digester.step(named, leaf), bad?.sequence == sequence - 1 {
      let reason = "it does not name the chain hash after event \(sequence - 1)"
      bad = (sequence, reason)
      // Told of the line before until now.
      faults.removeAll {
        $0.sequence == sequence - 1 && $0.path == AuditChain.logPath(AuditChain.first(of: $0.sequence))
      }
      let path = AuditChain.logPath(AuditChain.first(of: sequence))
      faults.append(Fault(path: path, offset: offset, sequence: sequence, reason: reason))
    }
  }

  /// Whether the texts are those that the line commits to.
  private mutating func check(_ line: AuditLine, _ texts: AuditTexts?, _ first: UInt64) {
    let path = SaltFile.path(first)
    guard let texts else { return report(line.sequence, "\(path) does not hold its texts", in: path) }
    guard let commitments = texts.commitments(digester) else { return }
    if commitments.resource != line.resource || commitments.detail != line.detail {
      report(line.sequence, "its texts are not those it commits to", in: path)
    }
  }

  /// The texts of a file's events that open.
  private mutating func texts(_ first: UInt64, _ count: UInt64) throws(StorageError) -> [UInt64: AuditTexts] {
    while true {
      let before = chain.changes
      let (found, findings) = try openedTexts(first, count)
      // An even count: nobody was at it, and what does not open is damage.
      if findings.isEmpty || (before % 2 == 0 && chain.changes == before) {
        faults += findings
        for fault in findings { blame(fault) }
        return found
      }
    }
  }

  private func openedTexts(_ first: UInt64, _ count: UInt64) throws(StorageError) -> (
    [UInt64: AuditTexts], [Fault]
  ) {
    var found: [UInt64: AuditTexts] = [:]
    var findings: [Fault] = []
    /// - Parameter head: bytes of a head before the unit, which are bound to it: a fault of either is one of the head.
    func finding(_ error: StorageError, _ sequence: UInt64, head: Int) throws(StorageError) {
      // A sequence that a damaged file names is no other file's.
      findings.append(
        Fault(
          path: SaltFile.path(first), offset: 0, sequence: min(max(sequence, first), first + count - 1),
          reason: try Self.damage(error), error: error.before(head)))
    }
    let file: SaltFile
    do {
      file = try chain.readSalts(first, count)
    } catch {
      try finding(error, first, head: SaltFile.groupHeaderBytes)
      return (found, findings)
    }
    if file.hasMore, pending.isEmpty, chain.changes == changes {
      findings.append(
        Fault(
          path: SaltFile.path(first), offset: file.byteCount, sequence: first + count,
          reason: "\(SaltFile.path(first)), offset \(file.byteCount): bytes that the state does not know",
          isLeftover: count < AuditChain.eventsPerFile))
    }
    found.reserveCapacity(Int(clamping: count))
    for group in file.groups {
      do {
        let keys = try file.unwrap(group, chain.ring)
        for (index, entry) in group.entries.enumerated() {
          do {
            found[entry.sequence] = try file.open(entry, index, of: group, keys, chain.ring, sealer)
          } catch {
            try finding(error, entry.sequence, head: SaltFile.entryHeaderBytes)
          }
        }
      } catch {
        // A slot that is not there is a fault of the file's head, which names it.
        let isSlotGone = !chain.ring.hasSlot(file.slot)
        try finding(
          error, group.entries.first?.sequence ?? first,
          head: isSlotGone ? .max : SaltFile.groupHeaderBytes)
      }
    }
    return (found, findings)
  }

  /// What is wrong with a file. A disk that fails is an error, not a finding.
  private static func damage(_ error: StorageError) throws(StorageError) -> String {
    switch error {
    case .missing, .malformed, .unauthentic, .unchained: return error.diagnostic.message
    case .system, .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .readOnlyTransaction,
      .conflict, .snapshotErased,
      .uniqueViolation, .duplicateKeys, .notNullViolation, .limit:
      throw error
    }
  }

  /// - Parameter path: nil: the log that holds the event.
  private mutating func report(
    _ sequence: UInt64, _ reason: String, in path: String? = nil, at offset: Int? = nil,
    isLeftover: Bool = false
  ) {
    let log = AuditChain.logPath(AuditChain.first(of: max(1, sequence)))
    let fault = Fault(
      path: path ?? log, offset: offset, sequence: sequence, reason: reason, isLeftover: isLeftover)
    faults.append(fault)
    blame(fault)
  }

  private mutating func blame(_ fault: Fault) {
    if fault.isLeftover, passesLeftovers { return }
    if let bad, bad.sequence <= fault.sequence { return }
    bad = (fault.sequence, fault.reason)
  }
}

extension StorageError {
  /// The same `bytes` earlier in its file, at most at its beginning.
  fileprivate func before(_ bytes: Int) -> StorageError {
    switch self {
    case .malformed(let path, let offset, let what):
      .malformed(path: path, offset: max(0, offset - bytes), what: what)
    case .unauthentic(let path, let offset, let what):
      .unauthentic(path: path, offset: max(0, offset - bytes), what: what)
    case .system, .diskFull, .outOfMemory, .missing, .unchained, .wrongKey, .noKey, .locked, .readOnly,
      .conflict, .snapshotErased, .uniqueViolation, .duplicateKeys, .notNullViolation, .limit,
      .readOnlyTransaction:
      self
    }
  }
}
