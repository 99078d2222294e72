internal import Synchronization
import VSQLSchema

/// The ring's files. Both kinds: magic (8), nonce (12), sealed content, tag (16); `docs/format.md` draws them.
extension KeyRing {
  static let kekMagic = Array("vsqlKEK1".utf8)
  static let ringMagic = Array("vsqlRNG1".utf8)
  static let ringPath = "keys/ring"
  /// Ends the name of a KEK that is being destroyed.
  static let deadSuffix = ".dead"

  // MARK: KEKs

  /// Makes version 1 of a new tenant's KEK, durable on return.
  package func createTenantKey(_ tenant: TenantID) throws(StorageError) -> UInt32 {
    if let version = currentKEKVersion(tenant) { return version }
    return try addKEK(KEKName(tenant: tenant, version: 1))
  }

  /// The next version of a tenant's KEK, durable on return; new wraps use it, the old one still unwraps.
  package func beginRotation(_ tenant: TenantID) throws(StorageError) -> UInt32 {
    let version = (currentKEKVersion(tenant) ?? 0).addingReportingOverflow(1)
    if version.overflow { throw .limit(what: "a tenant's key has at most 4,294,967,295 versions") }
    return try addKEK(KEKName(tenant: tenant, version: version.partialValue))
  }

  /// Destroys every other version of the tenant's KEK, when nothing is wrapped under it any more. Idempotent: an interrupted
  /// one is called again.
  package func finishRotation(_ tenant: TenantID, keeping version: UInt32) throws(StorageError) {
    try destroy { $0.tenant == tenant && $0.version != version }
  }

  /// Destroys all versions of a tenant's KEK, and with them all that the tenant stored.
  package func destroyTenantKeys(_ tenant: TenantID) throws(StorageError) {
    try destroy { $0.tenant == tenant }
  }

  private func addKEK(_ name: KEKName) throws(StorageError) -> UInt32 {
    let kek = KEK(key: KeyBox(random: randomness), createdAt: clock.nowMicroseconds)
    try writeKEK(name, kek, root: state.withLock { $0.root })
    state.withLock { $0.keks[name] = kek }
    return name.version
  }

  /// Renamed first, so that a crash leaves either a whole key or none that opening would read; then overwritten and removed,
  /// with whatever an earlier crash left in between.
  private func destroy(_ isChosen: (KEKName) -> Bool) throws(StorageError) {
    let names = state.withLock { state in state.keks.keys.filter(isChosen) }
    for name in names where try device.exists(name.path) {
      try device.rename(name.path, to: name.path + Self.deadSuffix)
    }
    if !names.isEmpty { try device.syncDirectory("keys") }
    state.withLock { state in
      for name in names { state.keks[name] = nil }
      state.wrapping = state.wrapping.filter { !names.contains($0.key.kek) }
    }
    let dead = try device.list("keys").filter { $0.hasSuffix(Self.deadSuffix) || $0.hasSuffix(".kek.new") }
    for name in dead {
      let file = try device.open("keys/" + name, .write)
      try file.punch(at: 0, count: try file.size())
      try file.sync()
      try device.remove("keys/" + name)
    }
    if !dead.isEmpty { try device.syncDirectory("keys") }
  }

  /// Writes the ring and every KEK anew under the present root key.
  func rewrapUnderRoot() throws(StorageError) {
    let (root, keks) = state.withLock { ($0.root, $0.keks) }
    for (name, kek) in keks { try writeKEK(name, kek, root: root) }
    try writeRing()
  }

  private func writeKEK(_ name: KEKName, _ kek: KEK, root: KeyBox) throws(StorageError) {
    let content = unsafe SecretBytes(filling: 40) { out in
      unsafe out.copyMemory(from: kek.key.raw)
      unsafe out.storeBytes(of: kek.createdAt.littleEndian, toByteOffset: 32, as: Int64.self)
    }
    try device.replace(
      name.path, with: Self.kekMagic + (try seal(content, under: root, "kek", Self.place(database, name))))
  }

  // MARK: Ring

  /// Makes every slot that was made or dropped so durable, unless the file says so already.
  ///
  /// - Parameter withState: whether that a newer state is durable is worth a writing alone: a rotation would pay more for it than for all
  ///   the rest, and what a state before the last events would undo is done again.
  package func commitRing(withState: Bool = false) throws(StorageError) {
    let isDue = state.withLock {
      $0.changes != $0.committedChanges || (withState && $0.leastState != $0.writtenLeastState)
    }
    if isDue { try writeRing() }
  }

  /// Writes the ring as it stands, durable on return; the bytes of the former one are overwritten, so that dropped slots are
  /// gone from the disk too.
  func writeRing() throws(StorageError) {
    let (content, written) = try state.withLock { state throws(StorageError) in
      (try Self.encode(state, generation: state.generation + 1), state)
    }
    let sealed = try seal(content, under: written.root, "ring", UnitPlace(database: database, kind: .ring))
    // What a crash left of a ring that was being written holds slots too.
    let unfinished = Self.ringPath + ".new"
    if try device.exists(unfinished) {
      let file = try device.open(unfinished, .write)
      try file.punch(at: 0, count: try file.size())
    }
    let former = try device.exists(Self.ringPath) ? try device.open(Self.ringPath, .write) : nil
    try device.replace(Self.ringPath, with: Self.ringMagic + sealed)
    if let former { try former.punch(at: 0, count: try former.size()) }
    state.withLock { state in
      state.generation = written.generation + 1
      state.committedChanges = written.changes
      state.writtenLeastState = written.leastState
    }
  }

  /// Generation (8), pseudonym key (32), count (8), then id (8) and key (32) of each slot, by id, then the least state's number (8).
  private static func encode(_ state: State, generation: UInt64) throws(StorageError) -> SecretBytes {
    let slots = state.slots.sorted { $0.key < $1.key }
    return try unsafe SecretBytes(count: 56 + slots.count * 40) { out in
      unsafe out.storeBytes(of: generation.littleEndian, as: UInt64.self)
      unsafe UnsafeMutableRawBufferPointer(rebasing: out[8..<40]).copyMemory(from: state.pseudonymKey.raw)
      unsafe out.storeBytes(of: UInt64(slots.count).littleEndian, toByteOffset: 40, as: UInt64.self)
      for (index, slot) in slots.enumerated() {
        let at = 48 + index * 40
        unsafe out.storeBytes(of: slot.key.raw.littleEndian, toByteOffset: at, as: UInt64.self)
        unsafe UnsafeMutableRawBufferPointer(rebasing: out[at + 8..<at + 40]).copyMemory(from: slot.value.raw)
      }
      unsafe out.storeBytes(
        of: state.leastState.littleEndian, toByteOffset: 48 + slots.count * 40, as: UInt64.self)
    }
  }

  // MARK: Reading

  static func readState(
    device: any Device, database: DatabaseID, roots: [KeyBox]
  ) throws(StorageError) -> State {
    guard let root = roots.first else { throw .limit(what: "no root key") }
    let sealer = Sealer()
    let ring = try read(
      ringPath, ringMagic, "ring of slot keys", roots, "ring", UnitPlace(database: database, kind: .ring),
      device, sealer)
    var state = try decodeRing(ring, root: root)
    for file in try device.list("keys") where file.hasSuffix(".kek") {
      guard let name = kekName(file) else {
        throw .malformed(path: "keys/" + file, offset: 0, what: "a name that is no tenant and version")
      }
      let content = try read(
        name.path, kekMagic, "tenant key", roots, "kek", place(database, name), device, sealer)
      guard content.count == 40 else {
        throw .malformed(path: name.path, offset: 0, what: "a key of another length")
      }
      let created = unsafe Int64(littleEndian: content.raw.loadUnaligned(fromByteOffset: 32, as: Int64.self))
      state.keks[name] = KEK(key: key(in: content, at: 0), createdAt: created)
    }
    return state
  }

  /// The files of `keys/`, each opened by itself; `note` gets what is wrong with those that are damaged.
  ///
  /// - Returns: the paths of those that open.
  static func openEach(
    device: any Device, database: DatabaseID, roots: [KeyBox], note: (StorageError) throws -> Void
  ) throws -> [String] {
    guard let root = roots.first else { return [] }
    let sealer = Sealer()
    var opened: [String] = []
    func attempt(_ path: String, _ body: () throws(StorageError) -> Void) throws {
      do throws(StorageError) {
        try body()
        opened.append(path)
      } catch {
        try note(error)
      }
    }
    try attempt(ringPath) { () throws(StorageError) in
      let place = UnitPlace(database: database, kind: .ring)
      let ring = try read(ringPath, ringMagic, "ring of slot keys", roots, "ring", place, device, sealer)
      _ = try decodeRing(ring, root: root)
    }
    for file in try device.list("keys") where file.hasSuffix(".kek") {
      try attempt("keys/" + file) { () throws(StorageError) in
        guard let name = kekName(file) else {
          throw .malformed(path: "keys/" + file, offset: 0, what: "a name that is no tenant and version")
        }
        let content = try read(
          name.path, kekMagic, "tenant key", roots, "kek", place(database, name), device, sealer)
        if content.count != 40 {
          throw .malformed(path: name.path, offset: 0, what: "a key of another length")
        }
      }
    }
    return opened
  }

  private static func decodeRing(_ content: SecretBytes, root: KeyBox) throws(StorageError) -> State {
    let damaged = StorageError.malformed(
      path: ringPath, offset: 0, what: "a ring of another length than it says")
    guard content.count >= 48 else { throw damaged }
    let count = unsafe UInt64(littleEndian: content.raw.loadUnaligned(fromByteOffset: 40, as: UInt64.self))
    // Rings of format 1 do not name a state.
    let (slots, rest) = ((content.count - 48) / 40, (content.count - 48) % 40)
    guard UInt64(slots) == count, rest == 0 || rest == 8 else { throw damaged }
    try LockedMemory.reserve(slots + 1, of: KeyBox.byteCount)
    var state = State(root: root, pseudonymKey: key(in: content, at: 8))
    state.generation = unsafe UInt64(littleEndian: content.raw.loadUnaligned(as: UInt64.self))
    if rest > 0 {
      state.leastState = unsafe UInt64(
        littleEndian: content.raw.loadUnaligned(fromByteOffset: 48 + slots * 40, as: UInt64.self))
      state.writtenLeastState = state.leastState
    }
    for at in stride(from: 48, to: 48 + slots * 40, by: 40) {
      let id = unsafe UInt64(littleEndian: content.raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      state.slots[SlotID(id)] = key(in: content, at: at + 8)
    }
    return state
  }

  private static func key(in content: SecretBytes, at offset: Int) -> KeyBox {
    KeyBox(
      unsafe SecretBytes(filling: KeyBox.byteCount) { out in
        unsafe out.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: content.raw[offset..<offset + KeyBox.byteCount]))
      })
  }

  private static func read(
    _ path: String, _ magic: [UInt8], _ what: String, _ roots: [KeyBox], _ purpose: String,
    _ place: UnitPlace,
    _ device: any Device, _ sealer: Sealer
  ) throws(StorageError) -> SecretBytes {
    let bytes = try device.readAll(path)
    guard bytes.starts(with: magic) else {
      throw .malformed(path: path, offset: 0, what: "not the magic of a \(what)")
    }
    let sealed = bytes.dropFirst(magic.count)
    for root in roots {
      let key = KeyDerivation.derive(from: root, purpose: purpose)
      if let content = try sealer.openSecret(sealed, key: key, associatedData: place.associatedData) {
        return content
      }
    }
    throw .unauthentic(path: path, offset: magic.count, what: what)
  }

  private func seal(
    _ content: SecretBytes, under root: KeyBox, _ purpose: String, _ place: UnitPlace
  ) throws(StorageError) -> [UInt8] {
    let key = KeyDerivation.derive(from: root, purpose: purpose)
    let nonce = Nonce.random(randomness)
    return try Sealer().sealSecret(content, key: key, nonce: nonce, associatedData: place.associatedData)
  }

  private static func place(_ database: DatabaseID, _ name: KEKName) -> UnitPlace {
    UnitPlace(database: database, tenant: name.tenant, kind: .kek, group: name.version)
  }

  /// `0123456789abcdef-7.kek`
  private static func kekName(_ file: String) -> KEKName? {
    let parts = file.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 16, let tenant = UInt64(parts[0], radix: 16),
      let version = UInt32(parts[1])
    else { return nil }
    let name = KEKName(tenant: TenantID(tenant), version: version)
    return name.path == "keys/" + file ? name : nil
  }
}
