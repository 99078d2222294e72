internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The keys of one database: its header and its ring, opened by the root key.
package final class Vault: Sendable {
  package let keyRing: KeyRing
  package let database: DatabaseID
  private let device: any Device
  private let header: Mutex<DatabaseHeader>
  /// The next root key, where the source gave it together with the present one.
  private let successor: Mutex<KeyBox?>
  private let environment: RootKeySource.Environment

  private init(
    device: any Device, header: DatabaseHeader, keyRing: KeyRing, successor: KeyBox? = nil,
    environment: @escaping RootKeySource.Environment
  ) {
    self.successor = Mutex(successor)
    self.device = device
    self.header = Mutex(header)
    self.keyRing = keyRing
    self.environment = environment
    database = header.database
  }

  /// The process's own variables.
  package static let processEnvironment: RootKeySource.Environment = { name in
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  package static func exists(_ device: any Device) throws(StorageError) -> Bool {
    try device.exists(DatabaseHeader.path)
  }

  /// Makes the directory, the keys and an id. `DATABASE` itself is written by `publish`, after all else that a database
  /// needs, so that a crash before leaves none; what an earlier such crash left under `keys/` goes.
  package static func create(
    device: any Device, source: RootKeySource, randomness: any Randomness = SystemRandomness(),
    clock: any Clock = SystemClock(), environment: @escaping RootKeySource.Environment = processEnvironment
  ) throws(StorageError) -> Vault {
    try device.makeDirectory("")
    let database = DatabaseID(bytes: randomness.bytes(16))
    let salt = source.kind == .passphrase ? randomness.bytes(DatabaseHeader.saltBytes) : []
    let root = try source.make(
      database: database, salt: salt, randomness: randomness, environment: environment)
    for name in try device.list("keys") { try device.remove("keys/" + name) }
    let keyRing = try KeyRing.create(
      device: device, database: database, root: root, randomness: randomness, clock: clock)
    let header = try DatabaseHeader(
      database: database, keyKind: source.kind, salt: salt, root: root, randomness: randomness)
    return Vault(device: device, header: header, keyRing: keyRing, environment: environment)
  }

  /// Removes the key file that `create` made under the database's own id, after a creation that failed: nothing else has its key. One
  /// that was named stays, as another database may have it too.
  func forgetKeyFile(_ source: RootKeySource) {
    guard case .file(nil) = source, let path = try? KeyFile.path(nil, database, environment) else { return }
    if (try? device.exists(DatabaseHeader.path)) == false { _ = SystemCall.unlink(path) }
  }

  /// Writes `DATABASE`, durable on return: from now on there is a database.
  package func publish() throws(StorageError) { try write(header.withLock { $0 }) }

  /// Opens the header and the ring.
  ///
  /// - Throws: `.noKey`, `.wrongKey`, or what is damaged, by file and offset.
  package static func open(
    device: any Device, source: RootKeySource, randomness: any Randomness = SystemRandomness(),
    clock: any Clock = SystemClock(), environment: @escaping RootKeySource.Environment = processEnvironment
  ) throws(StorageError) -> Vault {
    let bytes = try device.readAll(DatabaseHeader.path)
    let header = try DatabaseHeader(decoding: bytes)
    let (root, successor) = try source.open(header, environment: environment)
    try DatabaseHeader.verify(bytes, root: root)
    let keyRing = try KeyRing.open(
      device: device, database: header.database, root: root, previousRoot: try header.openPreviousRoot(root),
      randomness: randomness, clock: clock)
    return Vault(
      device: device, header: header, keyRing: keyRing, successor: successor, environment: environment)
  }

  /// The ring as it is on the device now, under the same root key.
  func reopenedRing() throws(StorageError) -> KeyRing {
    try KeyRing.open(
      device: device, database: database, root: keyRing.root, previousRoot: nil,
      randomness: keyRing.randomness,
      clock: keyRing.clock)
  }

  /// Lets files of the newest format into a database of an older one, durable on return: from now on an engine that
  /// does not know them refuses to open it, and says why.
  func raiseFormat() throws(StorageError) {
    let now = header.withLock { $0 }
    guard now.format < .current else { return }
    let root = keyRing.root
    let next = try DatabaseHeader(
      database: database, keyKind: now.keyKind, salt: now.salt, root: root,
      previousRoot: try now.openPreviousRoot(root), randomness: keyRing.randomness)
    try write(next)
    header.withLock { $0 = next }
  }

  // MARK: Root rotation

  /// Whether a root rotation was begun and not finished: call `resumeRootRotation`, rewrite what else is sealed under
  /// `keyRing.key(for:)`, then `finishRootRotation`.
  package var isRootRotationPending: Bool { header.withLock { $0.previousRoot != nil } }

  /// Replaces the root key: from the new header on only the new key opens the database, and until `finishRootRotation` it
  /// opens the former one too, so that a crash at any point leaves files that open.
  package func beginRootRotation(to source: RootKeySource) throws(StorageError) {
    let randomness = keyRing.randomness
    if isRootRotationPending { throw .limit(what: "a root rotation is under way") }
    let former = keyRing.root
    let salt = source.kind == .passphrase ? randomness.bytes(DatabaseHeader.saltBytes) : []
    let root: KeyBox
    switch source {
    case .file(let path):
      root = KeyBox(random: randomness)
      let path = try KeyFile.path(path, database, environment)
      try refuseSharedKey(path)
      try KeyFile.write(path, [root, former], users: [database.hex])
    case .descriptor(let number):
      // Whoever keeps the key must have the new one before the old one opens nothing.
      guard let next = successor.withLock({ $0 }) else {
        throw .noKey(
          message: "descriptor \(number) gave the present root key, but no new one to rotate to",
          hint: "Let it give two lines of 64 hexadecimal digits: the new key, then the present one.")
      }
      root = next
    case .passphrase, .bytes, .inMemory, .held:
      root = try source.make(database: database, salt: salt, randomness: randomness, environment: environment)
    }
    let next = try DatabaseHeader(
      database: database, keyKind: source.kind, salt: salt, root: root, previousRoot: former,
      randomness: randomness)
    keyRing.setRoot(root, previous: former)
    do {
      try write(next)
    } catch {
      keyRing.setRoot(former, previous: nil)
      throw error
    }
    header.withLock { $0 = next }
    successor.withLock { $0 = nil }
    try resumeRootRotation()
  }

  /// Wraps the ring and every KEK under the new root key; does no harm when it is done already.
  package func resumeRootRotation() throws(StorageError) { try keyRing.rewrapUnderRoot() }

  /// Forgets the former root key, in the header and in a key file that still has it.
  package func finishRootRotation(_ source: RootKeySource) throws(StorageError) {
    let now = header.withLock { $0 }
    let root = keyRing.root
    let next = try DatabaseHeader(
      database: database, keyKind: now.keyKind, salt: now.salt, root: root, randomness: keyRing.randomness)
    try write(next)
    header.withLock { $0 = next }
    keyRing.setRoot(root, previous: nil)
    if case .file(let path) = source {
      try KeyFile.write(try KeyFile.path(path, database, environment), [root], users: [database.hex])
    }
  }

  /// Another database that opens with this file would lose its key.
  private func refuseSharedKey(_ path: String) throws(StorageError) {
    guard let other = try KeyFile.users(path).first(where: { $0 != database.hex }) else { return }
    throw .noKey(
      message:
        "key file \"\(path)\" is also the key of database \(other), which a new root key would lock out",
      hint:
        "Rotate with a copy of the file as --key-file; if that database is gone, take its line out of the file."
    )
  }

  private func write(_ header: DatabaseHeader) throws(StorageError) {
    try device.replace(DatabaseHeader.path, with: header.encoded(root: keyRing.root))
  }
}
