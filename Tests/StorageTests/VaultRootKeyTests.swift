import Synchronization
import Testing
import VSQLSchema
import VSQLStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct VaultRootKeyTests {
  let key = [UInt8](repeating: 0x5a, count: 32)

  func environment(_ variables: [String: String]) -> RootKeySource.Environment { { variables[$0] } }

  func make(
    _ device: any Device, _ source: RootKeySource, _ variables: [String: String] = [:]
  ) throws -> Vault {
    let vault = try Vault.create(
      device: device, source: source, randomness: SeededRandomness(11), clock: FixedClock(),
      environment: environment(variables))
    try vault.publish()
    return vault
  }

  @discardableResult
  func open(
    _ device: any Device, _ source: RootKeySource, _ variables: [String: String] = [:]
  ) throws -> Vault {
    try Vault.open(
      device: device, source: source, randomness: SeededRandomness(12), clock: FixedClock(),
      environment: environment(variables))
  }

  @Test func aKeyFileIsMadeApartFromTheData() throws {
    let directory = try TemporaryDirectory()
    let device = MemoryDevice()
    let variables = ["HOME": directory.path]
    let vault = try make(device, .file(nil), variables)
    let path = directory.path + "/.config/vsql/keys/" + vault.database.hex + ".key"
    var information = stat()
    #expect(stat(path, &information) == 0)
    #expect(information.st_mode & 0o7777 == 0o600)
    #expect(stat(directory.path + "/.config/vsql/keys", &information) == 0)
    #expect(information.st_mode & 0o7777 == 0o700)
    let text = try FileDevice(directory: directory.path).readAll(
      ".config/vsql/keys/" + vault.database.hex + ".key")
    let lines = text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines.map(\.utf8.count) == [17 + 64, 11 + 32])
    #expect(lines[0].hasPrefix("vsql-root-key-v1 "))
    #expect(lines[1] == "# database \(vault.database.hex)")
    try open(device, .file(nil), variables)
    try open(device, .file(path))
    // XDG_CONFIG_HOME wins, and neither set names --key-file.
    #expect(throws: StorageError.self) {
      try open(device, .file(nil), ["HOME": directory.path, "XDG_CONFIG_HOME": "/nowhere"])
    }
    let refusal = try #require(throws: StorageError.self) { try open(device, .file(nil)) }
    #expect(refusal.diagnostic.hint?.contains("--key-file") == true)
    // Others may not read it.
    #expect(chmod(path, 0o640) == 0)
    let open640 = try #require(throws: StorageError.self) { try open(device, .file(nil), variables) }
    #expect(open640.diagnostic.message.contains("can be read by others"))
    // Another database's key is told apart from damage.
    let other = MemoryDevice()
    _ = try Vault.create(
      device: other, source: .file(directory.path + "/other.key"), randomness: SeededRandomness(99),
      clock: FixedClock()
    ).publish()
    let wrong = try #require(throws: StorageError.self) {
      try open(device, .file(directory.path + "/other.key"))
    }
    guard case .wrongKey = wrong else {
      Issue.record("expected a wrong key, found \(wrong)")
      return
    }
    // A key file that is there already is used.
    try open(other, .file(directory.path + "/other.key"))
    let third = try make(MemoryDevice(), .file(directory.path + "/other.key"))
    #expect(third.keyRing.keys.isEmpty)
  }

  @Test func passphrasesOpen() throws {
    let device = MemoryDevice()
    _ = try make(device, .passphrase(Array("correct horse".utf8)))
    try open(device, .passphrase(Array("correct horse".utf8)))
    let wrong = try #require(throws: StorageError.self) {
      try open(device, .passphrase(Array("battery".utf8)))
    }
    #expect(wrong == .wrongKey(hint: "The passphrase is another one."))
    let none = try #require(throws: StorageError.self) { try open(device, .file(nil), ["HOME": "/nowhere"]) }
    #expect(none.diagnostic.hint == "Open it with --passphrase.")
  }

  /// A pipe that gives `bytes`.
  func pipe(_ bytes: [UInt8]) throws -> Int32 {
    var ends: [Int32] = [0, 0]
    #if canImport(Glibc)
    try #require(Glibc.pipe(&ends) == 0)
    #else
    try #require(Darwin.pipe(&ends) == 0)
    #endif
    #expect(write(ends[1], bytes, bytes.count) == bytes.count)
    close(ends[1])
    return ends[0]
  }

  /// A reader tries again where a writer may be at the files; a pipe gives its key once, and the fault that is told is the file's.
  @Test func aReaderAsksADescriptorOnce() throws {
    let device = MemoryDevice()
    let key = Array(repeating: UInt8(7), count: 32)
    try Store.open(.device(device), key: .descriptor(pipe(key))).close()
    let options = StoreOptions(isReadOnly: true)
    _ = try Store.open(.device(device), key: .descriptor(pipe(key)), options: options)
    let state = try #require(device.snapshotFiles().keys.first { $0.hasPrefix("state/") })
    device.flip(state, offset: 40, bit: 0)
    #expect(throws: StorageError.unauthentic(path: state, offset: 16, what: "state")) {
      try Store.open(.device(device), key: .descriptor(pipe(key)), options: options)
    }
  }

  @Test func descriptorsGiveBytesDigitsOrAKeyFile() throws {
    let device = MemoryDevice()
    _ = try make(device, .descriptor(pipe(key)))
    let digits = Array(Hex.text(key).utf8)
    for text in [key, digits, digits + [10], Array("vsql-root-key-v1 ".utf8) + digits + [10]] {
      try open(device, .descriptor(pipe(text)))
    }
    try open(device, .bytes(key))
    for text in [[], Array(key.dropLast()), digits + digits, Array("vsql-root-key-v2 ".utf8) + digits] {
      let refusal = try #require(throws: StorageError.self) { try open(device, .descriptor(pipe(text))) }
      #expect(refusal.diagnostic.hint == "It must give 32 bytes or 64 hexadecimal digits.")
    }
    #expect(throws: StorageError.self) { try open(device, .descriptor(pipe(Array(key.dropLast()) + [1]))) }
  }

  @Test func everyBitOfHeaderAndKeysIsHeld() throws {
    let device = MemoryDevice()
    let vault = try make(device, .bytes(key))
    _ = try vault.keyRing.createTenantKey(TenantID(3))
    _ = vault.keyRing.newSlot()
    try vault.keyRing.commitRing()
    let files = device.durableFiles()
    #expect(files.keys.sorted() == ["DATABASE", "keys/0000000000000003-1.kek", "keys/ring"])
    #expect(files["DATABASE"]?.count == DatabaseHeader.byteCount)
    for (path, bytes) in files {
      for bit in 0..<bytes.count * 8 {
        let damaged = MemoryDevice(files: files)
        damaged.flip(path, offset: bit / 8, bit: bit % 8)
        let error = try #require(throws: StorageError.self) { try open(damaged, .bytes(key)) }
        switch error {
        case .malformed(path, _, _), .unauthentic(path, _, _): break
        default: Issue.record("\(path) bit \(bit): \(error)")
        }
      }
      for cut in [[], Array(bytes.dropLast()), bytes + [0]] {
        var damaged = files
        damaged[path] = cut
        #expect(throws: StorageError.self) { try open(MemoryDevice(files: damaged), .bytes(key)) }
      }
    }
  }

  @Test func keysOfOneTenantOrDatabaseDoNotOpenAnother() throws {
    let device = MemoryDevice()
    let vault = try make(device, .bytes(key))
    _ = try vault.keyRing.createTenantKey(TenantID(3))
    var files = device.durableFiles()
    files["keys/0000000000000004-1.kek"] = files["keys/0000000000000003-1.kek"]
    #expect(
      throws: StorageError.unauthentic(path: "keys/0000000000000004-1.kek", offset: 8, what: "tenant key")
    ) {
      try open(MemoryDevice(files: files), .bytes(key))
    }
    let other = MemoryDevice()
    _ = try Vault.create(
      device: other, source: .bytes(key), randomness: SeededRandomness(77), clock: FixedClock()
    ).publish()
    var mixed = other.durableFiles()
    mixed["keys/ring"] = files["keys/ring"]
    #expect(throws: StorageError.unauthentic(path: "keys/ring", offset: 8, what: "ring of slot keys")) {
      try open(MemoryDevice(files: mixed), .bytes(key))
    }
  }

  @Test func aCrashInCreationLeavesNoDatabaseAndIsMadeGood() throws {
    let deaths = try crashEverywhere([:]) { device in
      let vault = try make(device, .bytes(key))
      _ = try vault.keyRing.createTenantKey(TenantID(3))
    } check: { device in
      if try Vault.exists(device) {
        try open(device, .bytes(key))
      } else {
        _ = try make(device, .bytes(key))
        try open(device, .bytes(key))
      }
    }
    #expect(deaths > 10)
  }

  @Test func aRootRotationSurvivesACrashAnywhere() throws {
    let device = MemoryDevice()
    let vault = try make(device, .bytes(key))
    let tenant = TenantID(3)
    let version = try vault.keyRing.createTenantKey(tenant)
    let slot = vault.keyRing.newSlot()
    try vault.keyRing.commitRing()
    let place = UnitPlace(database: vault.database, tenant: tenant, kind: .dekBlock)
    let block = KeyBlock(random: SeededRandomness(8), count: 2)
    let wrapped = try vault.keyRing.wrap(block, tenant: tenant, kekVersion: version, slot: slot, place: place)
    let pseudonym = vault.keyRing.pseudonym(tenant: tenant, type: "t", value: [1])
    let stateKey = vault.keyRing.key(for: .state)
    let next = [UInt8](repeating: 0x77, count: 32)

    func checkKeys(_ vault: Vault) throws {
      let opened = try vault.keyRing.unwrap(
        wrapped[...], tenant: tenant, kekVersion: version, slot: slot, place: place, path: "x", offset: 0)
      #expect(opened.withKey(1) { Array($0) } == block.withKey(1) { Array($0) })
      #expect(vault.keyRing.pseudonym(tenant: tenant, type: "t", value: [1]) == pseudonym)
    }

    let sawPending = Mutex(0)
    try crashEverywhere(device.durableFiles()) { device in
      let vault = try open(device, .bytes(key))
      try vault.beginRootRotation(to: .bytes(next))
      #expect(vault.keyRing.previousKey(for: .state)?.equals(stateKey) == true)
      try vault.finishRootRotation(.bytes(next))
    } check: { device in
      let vault: Vault
      do {
        vault = try open(device, .bytes(key))
        #expect(!vault.isRootRotationPending)
        #expect(vault.keyRing.key(for: .state).equals(stateKey))
      } catch StorageError.wrongKey {
        vault = try open(device, .bytes(next))
        if vault.isRootRotationPending {
          sawPending.withLock { $0 += 1 }
          #expect(vault.keyRing.previousKey(for: .state)?.equals(stateKey) == true)
          try vault.resumeRootRotation()
          try vault.finishRootRotation(.bytes(next))
          try checkKeys(open(device, .bytes(next)))
        }
      }
      try checkKeys(vault)
    }
    #expect(sawPending.withLock { $0 } > 3)
    try vault.beginRootRotation(to: .bytes(next))
    try vault.finishRootRotation(.bytes(next))
    try checkKeys(open(device, .bytes(next)))
    #expect(throws: StorageError.wrongKey(hint: "A root key has 32 bytes.")) { try open(device, .bytes(key)) }
  }

  @Test func aRootRotationReplacesTheKeyFile() throws {
    let directory = try TemporaryDirectory()
    let device = MemoryDevice()
    let path = directory.path + "/root.key"
    let vault = try make(device, .file(path))
    let former = try FileDevice(directory: directory.path).readAll("root.key")
    try vault.beginRootRotation(to: .file(path))
    try open(device, .file(path))
    try vault.finishRootRotation(.file(path))
    try open(device, .file(path))
    let present = try FileDevice(directory: directory.path).readAll("root.key")
    #expect(present.count == former.count)
    #expect(present != former)
  }

  @Test func aKeyFileOfTwoDatabasesIsNotReplaced() throws {
    let directory = try TemporaryDirectory()
    let (device, other) = (MemoryDevice(), MemoryDevice())
    let path = directory.path + "/shared.key"
    let vault = try make(device, .file(path))
    _ = try Vault.create(
      device: other, source: .file(path), randomness: SeededRandomness(99), clock: FixedClock()
    ).publish()
    let former = try FileDevice(directory: directory.path).readAll("shared.key")
    let refusal = try #require(throws: StorageError.self) { try vault.beginRootRotation(to: .file(path)) }
    #expect(refusal.diagnostic.message.contains("is also the key of database"))
    #expect(try FileDevice(directory: directory.path).readAll("shared.key") == former)
    try open(device, .file(path))
    try open(other, .file(path))
    // With a copy, one goes its own way.
    try FileDevice(directory: directory.path).writeNew(
      "mine.key", Array(former.split(separator: 10)[0]) + [10])
    let mine = RootKeySource.file(directory.path + "/mine.key")
    try vault.beginRootRotation(to: mine)
    try vault.finishRootRotation(mine)
    try open(device, mine)
    try open(other, .file(path))
  }

  @Test func tenantRotationAndSlotsSurviveACrashAnywhere() throws {
    let device = MemoryDevice()
    let vault = try make(device, .bytes(key))
    let tenant = TenantID(3)
    let first = try vault.keyRing.createTenantKey(tenant)
    let slot = vault.keyRing.newSlot()
    try vault.keyRing.commitRing()
    let place = UnitPlace(database: vault.database, tenant: tenant, kind: .dekBlock)
    let block = KeyBlock(random: SeededRandomness(8), count: 2)
    let wrapped = try vault.keyRing.wrap(block, tenant: tenant, kekVersion: first, slot: slot, place: place)
    try crashEverywhere(device.durableFiles()) { device in
      let ring = try open(device, .bytes(key)).keyRing
      let second = try ring.beginRotation(tenant)
      let slots = [ring.newSlot(), ring.newSlot()]
      try ring.commitRing()
      ring.dropSlots(slots)
      try ring.commitRing()
      _ = second
    } check: { device in
      let ring = try open(device, .bytes(key)).keyRing
      #expect(ring.hasSlot(slot))
      _ = try ring.unwrap(
        wrapped[...], tenant: tenant, kekVersion: first, slot: slot, place: place, path: "x", offset: 0)
    }
    try crashEverywhere(device.durableFiles()) { device in
      let ring = try open(device, .bytes(key)).keyRing
      try ring.finishRotation(tenant, keeping: try ring.beginRotation(tenant))
    } check: { device in
      // The destroyed key may be half gone: opening works, and finishing again leaves nothing of it.
      let ring = try open(device, .bytes(key)).keyRing
      guard let version = ring.currentKEKVersion(tenant) else {
        Issue.record("no key is left")
        return
      }
      try ring.finishRotation(tenant, keeping: version)
      #expect(ring.keys.map(\.version) == [version])
      #expect(
        device.durableFiles().keys.filter { $0.hasPrefix("keys/0") } == ["keys/\(tenant.hex)-\(version).kek"])
    }
  }
}
