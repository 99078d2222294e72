/// Where the root key comes from.
package enum RootKeySource: Sendable {
  /// A key file; nil: `$XDG_CONFIG_HOME/vsql/keys/ID.key`, else `$HOME/.config/vsql/keys/ID.key`. Made at creation when absent.
  case file(String?)
  case passphrase([UInt8])
  /// An open descriptor that gives 32 bytes, 64 hexadecimal digits or a key file's text: any KMS or vault client by a pipe. It is
  /// read once. Of two lines the first is what a root rotation goes to.
  case descriptor(Int32)
  /// 32 bytes of the embedding program.
  case bytes([UInt8])
  /// Random, never seen again: for databases in memory.
  case inMemory
  /// What a descriptor gave: it gives it once.
  case held([KeyBox])

  /// A variable of the process's environment; nil when unset.
  package typealias Environment = @Sendable (String) -> String?

  var kind: DatabaseHeader.KeyKind {
    switch self {
    case .file: .file
    case .passphrase: .passphrase
    case .descriptor, .held: .descriptor
    case .bytes, .inMemory: .supplied
    }
  }

  /// The root key of a database that is being made; a key file is made when there is none.
  ///
  /// - Parameter salt: 16 bytes, used by a passphrase only.
  func make(
    database: DatabaseID, salt: [UInt8], randomness: any Randomness, environment: Environment
  ) throws(StorageError) -> KeyBox {
    switch self {
    case .file(let path):
      let path = try KeyFile.path(path, database, environment)
      let key = KeyBox(random: randomness)
      if try !KeyFile.exists(path), try KeyFile.create(path, key, of: database, randomness) { return key }
      let keys = try KeyFile.read(path)
      // Its other users are told apart at a root rotation. A file that cannot be written serves as well.
      if let users = try? KeyFile.users(path) {
        try? KeyFile.write(path, keys, users: users + [database.hex])
      }
      return try Self.first(of: keys, path)
    case .passphrase(let passphrase): return try Self.stretch(passphrase, salt)
    case .descriptor(let descriptor):
      return try Self.first(of: KeyFile.read(descriptor), "descriptor \(descriptor)")
    case .bytes(let bytes):
      return try Self.first(of: KeyBox(bytes: bytes).map { [$0] } ?? [], "the program's key")
    case .inMemory: return KeyBox(random: randomness)
    case .held(let keys): return try Self.first(of: keys, "the descriptor")
    }
  }

  /// A source that can be asked again and again.
  func held() throws(StorageError) -> RootKeySource {
    switch self {
    case .descriptor(let descriptor): .held(try KeyFile.read(descriptor))
    case .file, .passphrase, .bytes, .inMemory, .held: self
    }
  }

  /// The root key of the database that `header` describes.
  ///
  /// - Returns: besides, the key that a descriptor gave for a root rotation.
  /// - Throws: `.noKey` when there is none to be had, `.wrongKey` when it is another database's.
  func open(
    _ header: DatabaseHeader, environment: Environment
  ) throws(StorageError) -> (root: KeyBox, successor: KeyBox?) {
    let (candidates, hint): ([KeyBox], String)
    switch self {
    case .passphrase(let passphrase):
      guard header.keyKind == .passphrase else {
        throw .noKey(message: "this database has no passphrase", hint: header.keyKind.hint)
      }
      (candidates, hint) = ([try Self.stretch(passphrase, header.salt)], "The passphrase is another one.")
    case .file(let path):
      if header.keyKind == .passphrase || (path == nil && header.keyKind != .file) {
        throw .noKey(message: "the key of this database is in no key file", hint: header.keyKind.hint)
      }
      let path = try KeyFile.path(path, header.database, environment)
      (candidates, hint) = (try KeyFile.read(path), "Key file \"\(path)\" belongs to another database.")
    case .descriptor(let descriptor):
      try Self.refusePassphrase(header)
      (candidates, hint) = (
        try KeyFile.read(descriptor), "Descriptor \(descriptor) gives another database's key."
      )
    case .held(let keys):
      try Self.refusePassphrase(header)
      (candidates, hint) = (keys, "The descriptor gives another database's key.")
    case .bytes(let bytes):
      try Self.refusePassphrase(header)
      (candidates, hint) = (KeyBox(bytes: bytes).map { [$0] } ?? [], "A root key has 32 bytes.")
    case .inMemory:
      throw .noKey(message: "a database on disk needs its key", hint: header.keyKind.hint)
    }
    guard let index = candidates.firstIndex(where: header.accepts) else { throw .wrongKey(hint: hint) }
    // What stands behind the key that opens was the root key before: never to be gone back to.
    guard case .descriptor = self, index > 0 else { return (candidates[index], nil) }
    return (candidates[index], candidates[0])
  }

  private static func refusePassphrase(_ header: DatabaseHeader) throws(StorageError) {
    if header.keyKind == .passphrase {
      throw .noKey(message: "this database opens with a passphrase", hint: header.keyKind.hint)
    }
  }

  private static func first(of keys: [KeyBox], _ origin: String) throws(StorageError) -> KeyBox {
    guard let key = keys.first else {
      throw .noKey(message: "\(origin) holds no key", hint: "A root key has 32 bytes.")
    }
    return key
  }

  private static func stretch(_ passphrase: [UInt8], _ salt: [UInt8]) throws(StorageError) -> KeyBox {
    let (logN, r, p) = DatabaseHeader.scrypt
    guard let key = KeyDerivation.scrypt(passphrase, salt: salt, logN: logN, r: UInt32(r), p: UInt32(p))
    else {
      throw .outOfMemory(what: "scrypt, which takes 32 MiB")
    }
    return key
  }
}

extension DatabaseHeader.KeyKind {
  /// How to hand over a key of this kind.
  var hint: String {
    switch self {
    case .file: "Name the key file with --key-file."
    case .passphrase: "Open it with --passphrase."
    case .descriptor: "Hand the key over with --key-fd."
    case .supplied: "The program that made it hands the key over."
    }
  }
}
