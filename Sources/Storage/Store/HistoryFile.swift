import VSQLSchema

/// What was typed into conversations with the database: the file `history`, one sealed unit (`docs/format/store.md`).
///
/// It may name anybody, so it goes as a whole, together with its slot key, at every erasure and with the root key.
enum HistoryFile {
  static let path = "history"
  static let magic = Array("vsqlHST1".utf8)
  static let headerBytes = 16
  /// Older statements give way to newer ones.
  static let mostStatements = 500
  static let mostBytes = 256 << 10
  /// A longer statement is not kept.
  static let longestStatementBytes = 16 << 10

  /// The slot of the file there is; nil where there is none, or none that names a slot.
  static func slot(_ device: any Device) throws(StorageError) -> SlotID? {
    guard try device.exists(path) else { return nil }
    let bytes = try device.readAll(path)
    guard bytes.starts(with: magic), bytes.count >= headerBytes else { return nil }
    var reader = ByteReader(bytes, path: path)
    _ = try reader.raw(magic.count)
    return SlotID(try reader.u64())
  }

  /// Statements, oldest first; empty where there is no file.
  ///
  /// - Throws: `.malformed` or `.unauthentic` when the file is damaged, or its slot key or the root key is another one.
  static func read(ring: KeyRing, device: any Device) throws(StorageError) -> [String] {
    guard try device.exists(path) else { return [] }
    let bytes = try device.readAll(path)
    guard bytes.starts(with: magic) else {
      throw .malformed(path: path, offset: 0, what: "not the magic of a history")
    }
    var reader = ByteReader(bytes, path: path)
    _ = try reader.raw(magic.count)
    guard let key = ring.historyKey(SlotID(try reader.u64())) else {
      throw .malformed(path: path, offset: magic.count, what: "a slot key that is not there")
    }
    guard
      let plain = Sealer().openWithNonce(
        bytes[headerBytes...], key: key, associatedData: place(ring.database).associatedData)
    else { throw .unauthentic(path: path, offset: headerBytes, what: "history") }
    var content = ByteReader(plain, path: path)
    var statements: [String] = []
    while content.remaining > 0 { statements.append(try content.string()) }
    return statements
  }

  /// Replaces the file, durable on return.
  static func write(
    _ statements: [String], slot: SlotID, ring: KeyRing, device: any Device
  ) throws(StorageError) {
    guard let key = ring.historyKey(slot) else { throw .limit(what: "a dropped slot key seals nothing") }
    var content = ByteWriter(capacity: 4_096)
    for statement in statements { content.string(statement) }
    let sealed = try Sealer().sealWithNonce(
      content.bytes, key: key, randomness: ring.randomness,
      associatedData: place(ring.database).associatedData)
    var writer = ByteWriter(capacity: headerBytes + sealed.count)
    writer.raw(magic)
    writer.u64(slot.raw)
    writer.raw(sealed)
    try device.replace(path, with: writer.bytes)
  }

  /// The newest of `statements` that the limits leave room for.
  static func kept(_ statements: [String]) -> [String] {
    var bytes = 0
    let newest = statements.reversed().prefix(mostStatements).prefix { statement in
      bytes += statement.utf8.count
      return bytes <= mostBytes
    }
    return newest.reversed()
  }

  private static func place(_ database: DatabaseID) -> UnitPlace {
    UnitPlace(database: database, kind: .history)
  }
}

extension KeyRing {
  /// The key of a history: of the root key and of a slot, so that the history dies with either. Nil: there is no such slot.
  fileprivate func historyKey(_ slot: SlotID) -> KeyBox? {
    let (root, key) = state.withLock { ($0.root, $0.slots[slot]) }
    return key.map { KeyDerivation.derive(from: root, purpose: "history", context: database.bytes, salt: $0) }
  }
}

extension Store {
  /// What was typed into conversations before, oldest first.
  ///
  /// - Throws: when the file is damaged; the next `remember` begins it anew.
  package func history() throws -> [String] {
    try writer.withLock { _ in try HistoryFile.read(ring: site.keys, device: site.device) }
  }

  /// Keeps a statement that was typed, sealed and durable; read-only, and for a very long one, it does nothing.
  package func remember(_ statement: String) throws {
    if isReadOnly || statement.utf8.count > HistoryFile.longestStatementBytes { return }
    try writer.withLock { writer in
      let (ring, device) = (site.keys, site.device)
      let former = try? HistoryFile.read(ring: ring, device: device)
      if former?.last == statement { return }
      var slot = former == nil ? nil : try HistoryFile.slot(device)
      if slot == nil {
        try writer.forgetHistory()
        slot = ring.newSlot()
        try ring.commitRing()
      }
      guard let slot else { return }
      try HistoryFile.write(
        HistoryFile.kept((former ?? []) + [statement]), slot: slot, ring: ring, device: device)
    }
  }
}

extension Writer {
  /// Destroys the history and what could open a copy of it.
  func forgetHistory() throws(StorageError) {
    guard try device.exists(HistoryFile.path) else { return }
    try destroy(slots: [HistoryFile.slot(device)].compactMap { $0 }, paths: [HistoryFile.path])
  }
}
