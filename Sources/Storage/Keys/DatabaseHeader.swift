/// The file `DATABASE`: what must be known before the key is. Public, 200 bytes, and every bit of it held: by an exact
/// value, by the checksum (so that damage is not taken for a wrong key), and by a MAC under the root key.
package struct DatabaseHeader: Hashable, Sendable {
  package static let path = "DATABASE"
  package static let byteCount = 200
  static let magic = Array("vsql-db\n".utf8)

  /// Where the root key comes from, as the database was made.
  package enum KeyKind: UInt8, Hashable, Sendable {
    case file = 0
    case passphrase = 1
    case descriptor = 2
    /// Handed over by the embedding program, or random for a database in memory.
    case supplied = 3
  }

  /// The newest format that a file of the database may be of.
  package let format: FormatVersion
  package let database: DatabaseID
  package let keyKind: KeyKind
  /// 16 bytes for a passphrase; empty otherwise.
  package let salt: [UInt8]
  /// HKDF(root key, "check"): tells a wrong key from damage.
  let keyCheck: [UInt8]
  /// During a root rotation, the former root key: nonce, ciphertext and tag (60) under HKDF(root key, "previous").
  let previousRoot: [UInt8]?

  /// scrypt's parameters, fixed in this version of the format: N = 2^15, r = 8, p = 1, 32 MiB.
  static let scrypt: (logN: UInt8, r: UInt8, p: UInt8) = (15, 8, 1)
  static let saltBytes = 16
  static let checkBytes = 16
  static let sealedRootBytes = Nonce.byteCount + KeyBox.byteCount + Sealer.tagBytes
  private static let checksumOffset = 136
  private static let macOffset = 168

  init(
    database: DatabaseID, keyKind: KeyKind, salt: [UInt8], root: KeyBox, previousRoot: KeyBox? = nil,
    randomness: any Randomness
  ) throws(StorageError) {
    format = .current
    self.database = database
    self.keyKind = keyKind
    self.salt = salt
    keyCheck = Self.check(root, database)
    if let previousRoot {
      let secret = unsafe SecretBytes(filling: KeyBox.byteCount) {
        unsafe $0.copyMemory(from: previousRoot.raw)
      }
      self.previousRoot = try Sealer().sealSecret(
        secret, key: KeyDerivation.derive(from: root, purpose: "previous"), nonce: Nonce.random(randomness),
        associatedData: database.bytes)
    } else {
      self.previousRoot = nil
    }
  }

  /// Whether `key` is this database's root key.
  package func accepts(_ key: KeyBox) -> Bool { KeyDerivation.equal(Self.check(key, database), keyCheck) }

  private static func check(_ root: KeyBox, _ database: DatabaseID) -> [UInt8] {
    unsafe KeyDerivation.derive(from: root, purpose: "check", context: database.bytes).withBytes { bytes in
      unsafe Array(bytes.prefix(checkBytes))
    }
  }

  /// The former root key, while a root rotation is under way.
  func openPreviousRoot(_ root: KeyBox) throws(StorageError) -> KeyBox? {
    guard let previousRoot else { return nil }
    let key = KeyDerivation.derive(from: root, purpose: "previous")
    guard let secret = try Sealer().openSecret(previousRoot[...], key: key, associatedData: database.bytes)
    else {
      throw .unauthentic(path: Self.path, offset: 76, what: "former root key")
    }
    return KeyBox(secret)
  }

  // MARK: Bytes

  /// 200 bytes, authenticated under `root`.
  func encoded(root: KeyBox) -> [UInt8] {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.raw(Self.magic)
    writer.u16(format.rawValue)
    writer.u8(keyKind.rawValue)
    writer.u8(previousRoot == nil ? 0 : 1)
    writer.raw(database.bytes)
    var parameters = keyKind == .passphrase ? [Self.scrypt.logN, Self.scrypt.r, Self.scrypt.p] + salt : []
    parameters += repeatElement(0, count: 32 - parameters.count)
    writer.raw(parameters)
    writer.raw(keyCheck)
    writer.raw(previousRoot ?? [UInt8](repeating: 0, count: Self.sealedRootBytes))
    writer.raw(Digester().hash(writer.bytes).bytes)
    let key = KeyDerivation.derive(from: root, purpose: "header")
    writer.raw(KeyDerivation.hmac(writer.bytes, key: key))
    return writer.bytes
  }

  /// Reads all but the MAC, which needs the key: `verify` checks that.
  init(decoding bytes: [UInt8]) throws(StorageError) {
    var reader = ByteReader(bytes, path: Self.path)
    guard try Array(reader.raw(Self.magic.count)) == Self.magic else {
      throw .malformed(path: Self.path, offset: 0, what: "not a vsql database")
    }
    let version = try reader.u16()
    guard let format = FormatVersion(rawValue: version) else {
      throw .malformed(
        path: Self.path, offset: 8,
        what: "format version \(version), this vsql reads up to \(FormatVersion.current.rawValue)")
    }
    self.format = format
    guard bytes.count == Self.byteCount else {
      throw .malformed(path: Self.path, offset: 0, what: "\(bytes.count) bytes, \(Self.byteCount) expected")
    }
    guard
      Digester().hash(bytes[..<Self.checksumOffset]).bytes
        == bytes[Self.checksumOffset..<Self.macOffset].map({ $0 })
    else { throw .malformed(path: Self.path, offset: 0, what: "the checksum does not match") }
    guard let kind = KeyKind(rawValue: try reader.u8()) else {
      throw reader.malformed("an unknown key source")
    }
    keyKind = kind
    let flags = try reader.u8()
    guard flags <= 1 else { throw reader.malformed("unknown flags") }
    database = DatabaseID(bytes: Array(try reader.raw(16)))
    let parameters = Array(try reader.raw(32))
    if kind == .passphrase {
      guard parameters[..<3] == [Self.scrypt.logN, Self.scrypt.r, Self.scrypt.p],
        parameters[19...].allSatisfy({ $0 == 0 })
      else { throw reader.malformed("unknown parameters of scrypt") }
      salt = Array(parameters[3..<19])
    } else {
      guard parameters.allSatisfy({ $0 == 0 }) else {
        throw reader.malformed("parameters that this key source has not")
      }
      salt = []
    }
    keyCheck = Array(try reader.raw(Self.checkBytes))
    let previous = Array(try reader.raw(Self.sealedRootBytes))
    guard flags == 1 || previous.allSatisfy({ $0 == 0 }) else {
      throw reader.malformed("a former key without its flag")
    }
    previousRoot = flags == 1 ? previous : nil
  }

  /// - Throws: `.unauthentic` when the MAC of `bytes` is not by `root`.
  static func verify(_ bytes: [UInt8], root: KeyBox) throws(StorageError) {
    let key = KeyDerivation.derive(from: root, purpose: "header")
    guard
      KeyDerivation.equal(
        KeyDerivation.hmac(Array(bytes[..<macOffset]), key: key), Array(bytes[macOffset...]))
    else {
      throw .unauthentic(path: path, offset: 0, what: "header")
    }
  }
}
