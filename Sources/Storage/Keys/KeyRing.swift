internal import Synchronization
import VSQLSchema
import VSQLTrust

/// Names a slot key: 32 random bytes that a run of up to 1,024 DEKs needs besides its tenant's KEK. Dropping the slot
/// destroys what only it could open, even in an old copy of the `.dek` file and with today's KEK.
package struct SlotID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
}

/// The keys between the root key and the DEKs: tenants' KEKs (`keys/TENANT-VERSION.kek`), slot keys and the key of
/// pseudonyms (`keys/ring`).
///
/// ```
/// root ─ HKDF "kek" ─ KEK ┐
///      ─ HKDF "ring" ─ slot key ┴ HKDF ─ wrapping key ─ 1 to 64 DEKs, one unit
///      ─ HKDF "state" ─ the state file
/// ```
/// One lock guards the maps, another the sealer: an unwrap of 64 keys holds it for about a microsecond.
package final class KeyRing: Sendable {
  struct KEKName: Hashable {
    let tenant: TenantID
    let version: UInt32

    var path: String { "keys/\(tenant.hex)-\(version).kek" }
  }

  struct KEK {
    let key: KeyBox
    /// Microseconds since 1970, UTC.
    let createdAt: Int64
  }

  struct WrappingName: Hashable {
    let kek: KEKName
    let slot: SlotID
  }

  struct State {
    var root: KeyBox
    /// The former root key, while a root rotation is under way.
    var previousRoot: KeyBox?
    var keks: [KEKName: KEK] = [:]
    var slots: [SlotID: KeyBox] = [:]
    /// Counts the ring's rewrites, so that a state can refuse an older ring.
    var generation: UInt64 = 0
    /// The newest state that was durable, so that an older one is refused; and the one that the file names.
    var leastState: UInt64 = 0
    var writtenLeastState: UInt64 = 0
    /// Slots made and dropped since the ring was opened, and how many of these the file has.
    var changes = 0
    var committedChanges = 0
    var pseudonymKey: KeyBox
    /// HKDF(KEK, slot key), as first used.
    var wrapping: [WrappingName: KeyBox] = [:]
  }

  package let database: DatabaseID
  package let randomness: any Randomness
  package let clock: any Clock
  let device: any Device
  let state: Mutex<State>
  let sealer = Mutex(SealerBox())

  /// Sound to share: the sealer is reached through its lock only, and leaves it in no closure.
  struct SealerBox: @unchecked Sendable {
    let sealer = Sealer()
  }

  init(
    device: any Device, database: DatabaseID, randomness: any Randomness, clock: any Clock,
    state: sending State
  ) {
    self.device = device
    self.database = database
    self.randomness = randomness
    self.clock = clock
    self.state = Mutex(state)
  }

  /// Makes `keys/` with an empty ring, durable.
  package static func create(
    device: any Device, database: DatabaseID, root: KeyBox, randomness: any Randomness, clock: any Clock
  ) throws(StorageError) -> KeyRing {
    try device.makeDirectory("keys")
    let ring = KeyRing(
      device: device, database: database, randomness: randomness, clock: clock,
      state: State(root: root, pseudonymKey: KeyBox(random: randomness)))
    try ring.writeRing()
    try device.syncDirectory("")
    return ring
  }

  /// Reads every KEK and the ring.
  ///
  /// - Parameter previousRoot: during a root rotation, the root key that some files may still be wrapped under.
  package static func open(
    device: any Device, database: DatabaseID, root: KeyBox, previousRoot: KeyBox? = nil,
    randomness: any Randomness, clock: any Clock
  ) throws(StorageError) -> KeyRing {
    let roots = [root] + (previousRoot.map { [$0] } ?? [])
    var state = try readState(device: device, database: database, roots: roots)
    state.previousRoot = previousRoot
    return KeyRing(device: device, database: database, randomness: randomness, clock: clock, state: state)
  }

  /// A key for one purpose of the whole database.
  package enum Purpose: String, Sendable {
    case state
    case wal
  }

  package func key(for purpose: Purpose) -> KeyBox {
    KeyDerivation.derive(from: root, purpose: purpose.rawValue)
  }

  /// The same under the former root key; nil unless a root rotation is under way, when some files still need it.
  package func previousKey(for purpose: Purpose) -> KeyBox? {
    state.withLock { $0.previousRoot }.map { KeyDerivation.derive(from: $0, purpose: purpose.rawValue) }
  }

  var root: KeyBox { state.withLock { $0.root } }

  func setRoot(_ root: KeyBox, previous: KeyBox?) {
    state.withLock { state in
      state.root = root
      state.previousRoot = previous
    }
  }

  /// The keyed pseudonym of an entity: HMAC-SHA-256 of tenant, type, value and purpose, which names nobody without the ring.
  ///
  /// - Parameter purpose: empty for every purpose.
  package func pseudonym(
    tenant: TenantID, type: String, value: [UInt8], purpose: String = ""
  ) -> ConsentPseudonym {
    var writer = ByteWriter(capacity: 64)
    writer.u64(tenant.raw)
    writer.string(type)
    writer.counted(value)
    writer.string(purpose)
    return ConsentPseudonym(bytes: KeyDerivation.hmac(writer.bytes, key: state.withLock { $0.pseudonymKey }))
  }

  // MARK: Slots

  /// A fresh slot, in memory only until `commitRing`: commit before anything that names it becomes durable.
  package func newSlot() -> SlotID {
    let key = KeyBox(random: randomness)
    return state.withLock { state in
      while true {
        let slot = SlotID(randomness.id())
        if state.slots[slot] == nil {
          state.slots[slot] = key
          state.changes += 1
          return slot
        }
      }
    }
  }

  /// Forgets slots, destroyed on disk by the next `commitRing`. Unknown ones are no error.
  package func dropSlots(_ slots: some Sequence<SlotID>) {
    let dropped = Set(slots)
    state.withLock { state in
      for slot in dropped where state.slots.removeValue(forKey: slot) != nil { state.changes += 1 }
      state.wrapping = state.wrapping.filter { !dropped.contains($0.key.slot) }
    }
  }

  package func hasSlot(_ slot: SlotID) -> Bool { state.withLock { $0.slots[slot] != nil } }

  /// Every slot, ascending: what no file names is left from a crash, and may be dropped.
  package var slots: [SlotID] { state.withLock { $0.slots.keys.sorted() } }

  /// Rewrites of the ring so far.
  package var generation: UInt64 { state.withLock { $0.generation } }

  /// The number of the newest state that was durable when the ring was written; 0: none, or a ring of format 1.
  package var leastState: UInt64 { state.withLock { $0.leastState } }

  /// A state is durable: whenever the ring is written it says so, and no older one counts from then on.
  package func note(state number: UInt64) {
    state.withLock { $0.leastState = max($0.leastState, number) }
  }

  // MARK: Tenants' keys

  /// The version that new wraps use: the highest; nil for a tenant without a key.
  package func currentKEKVersion(_ tenant: TenantID) -> UInt32? {
    state.withLock { $0.keks.keys.filter { $0.tenant == tenant }.map(\.version).max() }
  }

  /// What SHOW KEYS tells.
  package struct KeyInfo: Hashable, Sendable {
    package let tenant: TenantID
    package let version: UInt32
    /// Microseconds since 1970, UTC.
    package let createdAt: Int64
  }

  /// By tenant and version.
  package var keys: [KeyInfo] {
    let all = state.withLock { state in
      state.keks.map {
        KeyInfo(tenant: $0.key.tenant, version: $0.key.version, createdAt: $0.value.createdAt)
      }
    }
    return all.sorted { ($0.tenant, $0.version) < ($1.tenant, $1.version) }
  }
}
