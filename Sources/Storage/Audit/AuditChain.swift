internal import Synchronization
import VSQLSchema

/// The audit chain: every event commits to all before it.
///
/// `chain_hash = SHA-256(chain_hash before ‖ SHA-256(0x00 ‖ line))`, beginning with SHA-256("vsql audit chain 1" ‖ database id). New
/// events are pending, carried by the WAL, until `absorb` writes them to `audit/N.log` and `audit/N.salt`, 4,096 a file.
/// The log's bytes beyond what the state names are left from a crash and written again from the WAL.
package final class AuditChain: Sendable {
  static let eventsPerFile: UInt64 = 4_096

  struct State {
    /// What the files hold.
    var absorbed: AuditState
    /// After `absorbed`, ascending, without gaps; none is empty.
    var pending: ArraySlice<AuditRun> = []
    /// After `pending`, with their places but not yet chained: `settle` does it.
    var drafts: [Draft] = []
    /// Events of `pending` and `drafts`.
    var pendingCount: UInt64 = 0
    /// After all of `pending`.
    var head: Digest
    var lastMicroseconds: Int64 = .min
    /// Of the salt file that the next event goes to; nil until it is known or made.
    var salts: (first: UInt64, slot: SlotID, byteCount: Int)?
    /// One for all appends: making it costs as much as three hashes.
    let digester = Digester()
    /// Counts what was done to the files: odd while they are being changed.
    var changes = 0

    var count: UInt64 { absorbed.count + pendingCount }

    mutating func take(_ run: AuditRun) {
      pending.append(run)
      pendingCount += UInt64(run.count)
      head = run.head
      lastMicroseconds = max(lastMicroseconds, run.atMicroseconds)
    }

    /// Chains the drafts: `pending` and `head` are whole then.
    mutating func settle() {
      for draft in drafts {
        let run = AuditRun(
          draft.acts, random: draft.random, first: draft.first, atMicroseconds: draft.atMicroseconds,
          previous: head, digester)
        pending.append(run)
        head = run.head
      }
      drafts = []
    }
  }

  let device: any Device
  let ring: KeyRing
  let state: Mutex<State>

  private init(device: any Device, ring: KeyRing, state: sending State) {
    self.device = device
    self.ring = ring
    self.state = Mutex(state)
  }

  /// The empty chain of a new database.
  package static func create(device: any Device, ring: KeyRing) throws(StorageError) -> AuditChain {
    try device.makeDirectory("audit")
    let genesis = genesis(ring.database)
    return AuditChain(
      device: device, ring: ring,
      state: State(absorbed: AuditState(count: 0, head: genesis, logBytes: 0), head: genesis))
  }

  /// The chain as the state file has it; `replay` what the WAL holds next. Reads nothing: a damaged log does not stop it.
  package static func open(device: any Device, ring: KeyRing, state: AuditState) -> AuditChain {
    AuditChain(device: device, ring: ring, state: State(absorbed: state, head: state.head))
  }

  static func genesis(_ database: DatabaseID) -> Digest {
    Digester().hash(Array("vsql audit chain 1".utf8) + database.bytes)
  }

  /// What the files hold: for the sealed state, written after `absorb`.
  package var absorbed: AuditState { state.withLock { $0.absorbed } }

  /// Events, pending ones included.
  package var count: UInt64 { state.withLock { $0.count } }

  /// The chain hash after the last event, pending ones included.
  package var head: Digest {
    state.withLock {
      $0.settle()
      return $0.head
    }
  }

  var changes: Int { state.withLock { $0.changes } }

  /// Marks the files as changing while `body` runs, for those who read them meanwhile.
  func changing<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
    state.withLock { $0.changes += 1 }
    defer { state.withLock { $0.changes += 1 } }
    return try body()
  }

  package var hasPending: Bool { pendingCount > 0 }

  /// Events that the files do not hold yet.
  package var pendingCount: UInt64 { state.withLock { $0.pendingCount } }

  // MARK: Appending

  /// Events that were given their place in the chain.
  package struct Appended: Sendable {
    /// For the WAL frame, which seals them: `replay` reads it.
    package let encoded: [UInt8]
    /// The last event's sequence.
    package let lastSequence: UInt64
    fileprivate let run: AuditRun?

    /// 32 hexadecimal digits each.
    package var eventIDs: [String] { run?.eventIDs ?? [] }
  }

  /// Chains `events` in their order. They are recorded once `encoded` is durable in the WAL, whose order must be the chain's.
  package func append(_ events: [AuditEvent]) -> Appended {
    let draft = draft(AuditActs(events))
    take(draft)
    let run = state.withLock { state in
      state.settle()
      return events.isEmpty ? nil : state.pending.last
    }
    return Appended(encoded: draft.encoded, lastSequence: count, run: run)
  }

  /// Events with their place in the chain: what a WAL frame carries of them does not wait for their hashes.
  struct Draft: Sendable {
    fileprivate let acts: AuditActs
    fileprivate let random: [UInt8]
    fileprivate let first: UInt64
    fileprivate let atMicroseconds: Int64
    fileprivate let previous: Digest

    var count: Int { acts.count }

    /// For the WAL frame, as in `Appended`.
    var encoded: [UInt8] {
      AuditRun.encode(acts, random: random, first: first, atMicroseconds: atMicroseconds, previous: previous)
    }
  }

  /// The next events; nothing else may be appended until they are taken, or given up.
  func draft(_ acts: AuditActs) -> Draft {
    let now = ring.clock.nowMicroseconds
    let random = ring.randomness.bytes(acts.randomBytes)
    return state.withLock { state in
      state.settle()
      // The chain's time never steps back, whatever the clock does.
      return Draft(
        acts: acts, random: random, first: state.count + 1, atMicroseconds: max(now, state.lastMicroseconds),
        previous: state.head)
    }
  }

  /// Chains a draft, whose frame the log has: many events on a thread of their own, so that the commit does not wait for their hashes.
  /// Whoever asks for the chain meanwhile waits, or does it.
  func take(_ draft: Draft) {
    if draft.count == 0 { return }
    state.withLock { state in
      precondition(draft.first == state.count + 1, "drafts are taken in their order")
      state.drafts.append(draft)
      state.pendingCount += UInt64(draft.count)
      state.lastMicroseconds = max(state.lastMicroseconds, draft.atMicroseconds)
      if draft.count < Self.worthAThread { state.settle() }
    }
    if draft.count >= Self.worthAThread { OwnThread { [self] in state.withLock { $0.settle() } }?.detach() }
  }

  /// Events whose hashes take some 0.2 ms; a thread is begun in a tenth of that.
  private static let worthAThread = 512

  /// Where the chain stands, to undo appends whose WAL frame could not be written.
  package struct Mark: Sendable {
    let count: UInt64
    let head: Digest
  }

  package func mark() -> Mark {
    state.withLock {
      $0.settle()
      return Mark(count: $0.count, head: $0.head)
    }
  }

  /// Undoes what was appended since `mark`; nothing may have been absorbed since.
  package func rollback(to mark: Mark) {
    state.withLock { state in
      state.settle()
      guard mark.count >= state.absorbed.count, mark.count <= state.count else { return }
      // A mark stands between runs.
      while let last = state.pending.last, last.first > mark.count {
        state.pendingCount -= UInt64(last.count)
        state.pending.removeLast()
      }
      state.head = mark.head
    }
  }

  /// Takes what a WAL frame carries: events that the files hold already are passed over, the others become pending.
  ///
  /// - Parameters:
  ///   - path: the WAL file, for errors.
  ///   - offset: the frame's.
  ///   - format: the WAL file's.
  package func replay(
    _ encoded: [UInt8], path: String, offset: Int, format: FormatVersion = .current
  ) throws(StorageError) {
    var reader = ByteReader(encoded, path: path, base: offset, format: format)
    let found = try AuditRun(from: &reader, Digester())
    try reader.finish()
    guard let run = found else { return }
    let broken = state.withLock { state -> UInt64? in
      state.settle()
      if run.last <= state.count { return nil }
      let known = run.first > state.count ? 0 : Int(state.count + 1 - run.first)
      guard run.first <= state.count + 1, run.previous(known) == state.head else { return state.count + 1 }
      state.take(run.dropFirst(known))
      return nil
    }
    if let broken {
      throw .unchained(path: path, sequence: broken, what: "the WAL does not continue the chain")
    }
  }
}
