internal import Synchronization
import VSQLSchema

/// The audit chain: every event commits to all before it.
///
/// `chain_hash = SHA-256(chain_hash before ‖ SHA-256(0x00 ‖ line))`, beginning with SHA-256("vsql audit chain 1" ‖ database id). New
/// events are pending, carried by the WAL, until `absorb` writes them to `audit/N.log` and `audit/N.salt`, 4,096 a file.
/// The log's bytes beyond what the state names are left from a crash and written again from the WAL.
package final class AuditChain: Sendable {
  static let eventsPerFile: UInt64 = 4_096

  struct Pending {
    let line: AuditLine
    /// The line's, and those of the texts; both are parts of what the WAL frame carries.
    let bytes: ArraySlice<UInt8>
    let textBytes: ArraySlice<UInt8>
    /// The chain's after it.
    let head: Digest
  }

  struct State {
    /// What the files hold.
    var absorbed: AuditState
    /// After `absorbed`, ascending, without gaps.
    var pending: ArraySlice<Pending> = []
    /// After all of `pending`.
    var head: Digest
    var lastMicroseconds: Int64 = .min
    /// Of the salt file that the next event goes to; nil until it is known or made.
    var salts: (first: UInt64, slot: SlotID, byteCount: Int)?
    /// One for all appends: making it costs as much as three hashes.
    let digester = Digester()
    /// Counts what was done to the files: odd while they are being changed.
    var changes = 0

    var count: UInt64 { absorbed.count + UInt64(pending.count) }
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
  package var head: Digest { state.withLock { $0.head } }

  var changes: Int { state.withLock { $0.changes } }

  /// Marks the files as changing while `body` runs, for those who read them meanwhile.
  func changing<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
    state.withLock { $0.changes += 1 }
    defer { state.withLock { $0.changes += 1 } }
    return try body()
  }

  package var hasPending: Bool { state.withLock { !$0.pending.isEmpty } }

  // MARK: Appending

  /// Events that were given their place in the chain.
  package struct Appended: Sendable {
    /// For the WAL frame, which seals them: `replay` reads it.
    package let encoded: [UInt8]
    /// 32 hexadecimal digits each.
    package let eventIDs: [String]
    /// The last event's sequence.
    package let lastSequence: UInt64
  }

  /// Chains `events` in their order. They are recorded once `encoded` is durable in the WAL, whose order must be the chain's.
  package func append(_ events: [AuditEvent]) -> Appended {
    let now = ring.clock.nowMicroseconds
    // For each event its id and two salts, drawn at once.
    let random = ring.randomness.bytes(events.count * AuditEntry.randomBytes)
    return state.withLock { state in
      let digester = state.digester
      // The chain's time never steps back, whatever the clock does.
      let at = max(now, state.lastMicroseconds)
      var timestamp: [UInt8] = []
      Timestamp.append(microseconds: at, to: &timestamp)
      var encoded = ByteWriter(capacity: 16 + events.count * 480)
      encoded.varint(UInt64(events.count))
      var entries: [AuditEntry] = []
      entries.reserveCapacity(events.count)
      var head = state.head
      for (index, event) in events.enumerated() {
        let entry = AuditEntry(
          event, sequence: state.count + UInt64(index) + 1, atMicroseconds: at, timestamp: timestamp,
          previous: head, random: random[(index * AuditEntry.randomBytes)...], digester, to: &encoded)
        head = entry.head
        entries.append(entry)
      }
      state.head = head
      state.lastMicroseconds = at
      let bytes = encoded.bytes
      for entry in entries {
        state.pending.append(
          Pending(
            line: entry.line, bytes: bytes[entry.lineRange], textBytes: bytes[entry.textRange],
            head: entry.head))
      }
      return Appended(
        encoded: bytes, eventIDs: entries.map { $0.line.eventID.hex }, lastSequence: state.count)
    }
  }

  /// Where the chain stands, to undo appends whose WAL frame could not be written.
  package struct Mark: Sendable {
    let count: UInt64
    let head: Digest
  }

  package func mark() -> Mark { state.withLock { Mark(count: $0.count, head: $0.head) } }

  /// Undoes what was appended since `mark`; nothing may have been absorbed since.
  package func rollback(to mark: Mark) {
    state.withLock { state in
      guard mark.count >= state.absorbed.count, mark.count <= state.count else { return }
      state.pending.removeLast(Int(state.count - mark.count))
      state.head = mark.head
    }
  }

  /// Takes what a WAL frame carries: events that the files hold already are passed over, the others become pending.
  ///
  /// - Parameters:
  ///   - path: the WAL file, for errors.
  ///   - offset: the frame's.
  package func replay(_ encoded: [UInt8], path: String, offset: Int) throws(StorageError) {
    var reader = ByteReader(encoded, path: path, base: offset)
    let count = try reader.count(ofAtLeast: 100)
    var found: [(line: AuditLine, bytes: ArraySlice<UInt8>, textBytes: ArraySlice<UInt8>)] = []
    for _ in 0..<count {
      let bytes = try reader.counted()
      guard let line = AuditLine(bytes) else { throw reader.malformed("not an audit event") }
      let start = reader.offset
      _ = try AuditTexts(from: &reader)
      found.append((line, bytes, encoded[start..<reader.offset]))
    }
    try reader.finish()
    let broken = state.withLock { state -> UInt64? in
      for event in found where event.line.sequence > state.count {
        guard event.line.sequence == state.count + 1, event.line.previous == state.head else {
          return state.count + 1
        }
        state.head = state.digester.step(state.head, state.digester.leaf(event.bytes))
        state.lastMicroseconds = max(state.lastMicroseconds, event.line.atMicroseconds)
        state.pending.append(
          Pending(line: event.line, bytes: event.bytes, textBytes: event.textBytes, head: state.head))
      }
      return nil
    }
    if let broken {
      throw .unchained(path: path, sequence: broken, what: "the WAL does not continue the chain")
    }
  }
}
