import VSQLSchema

/// The file `BACKUP`: what a backup holds, sealed under the database's root key (`docs/format/backup.md`). It is written last, so
/// that a backup that was not finished has none, or the one before.
struct BackupFile: Sendable {
  static let path = "BACKUP"
  static let directory = "files"
  static let magic = Array("vsqlBAK1".utf8)
  static let version: UInt8 = 1
  private static let sealedOffset = magic.count + DatabaseHeader.byteCount

  /// One file of the database, kept under the root of its SHA-256 tree as name.
  struct Entry: Hashable, Sendable {
    /// In the database.
    var path: String
    var size: Int
    var root: Digest

    /// In the backup.
    var storedPath: String { BackupFile.storedPath(root) }
  }

  /// The bytes of `DATABASE`.
  var header: [UInt8]
  /// Microseconds since 1970-01-01 UTC.
  var takenAt: Int64
  /// The last commit that it holds.
  var commit: UInt64
  /// Erasures until then.
  var erasures: UInt64
  /// Events of the audit chain, and its head, until then.
  var events: UInt64
  var chainHead: Digest
  /// By path, ascending; all but `DATABASE`.
  var entries: [Entry]

  static func storedPath(_ root: Digest) -> String { "\(directory)/\(root.hex)" }

  // MARK: Bytes

  func encoded(root: KeyBox, database: DatabaseID, randomness: any Randomness) throws(StorageError) -> [UInt8]
  {
    var content = ByteWriter(capacity: 64 + entries.count * 96)
    content.u8(Self.version)
    content.u64(UInt64(bitPattern: takenAt))
    content.varint(commit)
    content.varint(erasures)
    content.u64(events)
    content.raw(chainHead.bytes)
    content.varint(UInt64(entries.count))
    for entry in entries {
      content.string(entry.path)
      content.varint(UInt64(entry.size))
      content.raw(entry.root.bytes)
    }
    return try Self.magic + header
      + Sealer().sealWithNonce(
        content.bytes, key: KeyDerivation.derive(from: root, purpose: "backup"), randomness: randomness,
        associatedData: UnitPlace(database: database, kind: .backup).associatedData)
  }

  /// The database's header in a backup's first bytes, which must be known before the key is.
  static func header(_ bytes: [UInt8]) throws(StorageError) -> (bytes: [UInt8], header: DatabaseHeader) {
    guard bytes.starts(with: magic), bytes.count > sealedOffset else {
      throw .malformed(path: path, offset: 0, what: "not the magic of a backup")
    }
    let header = Array(bytes[magic.count..<sealedOffset])
    return (header, try DatabaseHeader(decoding: header))
  }

  /// - Throws: `.malformed` or `.unauthentic` for damage.
  init(decoding bytes: [UInt8], root: KeyBox) throws(StorageError) {
    let found = try Self.header(bytes)
    header = found.bytes
    let key = KeyDerivation.derive(from: root, purpose: "backup")
    guard (try? DatabaseHeader.verify(header, root: root)) != nil else {
      throw .unauthentic(path: Self.path, offset: Self.magic.count, what: "header")
    }
    guard
      let plain = Sealer().openWithNonce(
        bytes[Self.sealedOffset...], key: key,
        associatedData: UnitPlace(database: found.header.database, kind: .backup).associatedData)
    else { throw .unauthentic(path: Self.path, offset: Self.sealedOffset, what: "list of a backup's files") }
    var reader = ByteReader(plain, path: Self.path, base: Self.sealedOffset)
    guard try reader.u8() == Self.version else { throw reader.malformed("a backup of another version") }
    takenAt = Int64(bitPattern: try reader.u64())
    commit = try reader.varint()
    erasures = try reader.varint()
    events = try reader.u64()
    chainHead = try reader.digest()
    entries = []
    for _ in 0..<(try reader.count(ofAtLeast: 34)) {
      let path = try reader.string()
      let size = try reader.size()
      entries.append(Entry(path: path, size: size, root: try reader.digest()))
    }
    try reader.finish()
  }

  init(
    header: [UInt8], takenAt: Int64, commit: UInt64, erasures: UInt64, events: UInt64, chainHead: Digest,
    entries: [Entry]
  ) {
    self.header = header
    self.takenAt = takenAt
    self.commit = commit
    self.erasures = erasures
    self.events = events
    self.chainHead = chainHead
    self.entries = entries
  }
}

/// A backup that opened with its root key.
struct OpenedBackup: Sendable {
  let device: any Device
  let file: BackupFile
  let database: DatabaseID
  let root: KeyBox

  /// - Throws: `.missing` when there is none or it was not finished, `.noKey`, `.wrongKey`, and what is damaged.
  init(_ device: any Device, key: RootKeySource) throws(StorageError) {
    let bytes = try device.readAll(BackupFile.path)
    let header = try BackupFile.header(bytes).header
    let (root, _) = try key.open(header, environment: Vault.processEnvironment)
    self.device = device
    self.root = root
    database = header.database
    file = try BackupFile(decoding: bytes, root: root)
  }

  static func exists(_ device: any Device) throws(StorageError) -> Bool {
    if try Vault.exists(device) { return false }
    return try device.exists(BackupFile.path)
  }
}
