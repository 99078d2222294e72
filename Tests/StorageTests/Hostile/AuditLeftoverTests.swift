import Testing
import VSQLSchema
import VSQLStorage

/// What lies behind the chain's last event: a crash's leftovers, which a session that only reads passes over, and what they are not.
@Suite struct AuditLeftoverTests {
  static let log = "audit/0000000000000001.log"
  static let salt = "audit/0000000000000001.salt"

  private func database(isFlushed: Bool) throws -> [String: [UInt8]] {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<30), into: table) }
    try store.record([
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .statement, resource: "t", outcome: .done)
    ])
    try store.checkpoint()
    if !isFlushed {
      try store.write { transaction in
        try transaction.insert(peopleBatch(30..<33), into: table)
        transaction.record([
          AuditEvent(
            tenant: store.mainTenant, actor: store.owner, action: .dataChange, resource: "t", outcome: .done)
        ])
      }
    }
    try store.close()
    return device.durableFiles()
  }

  private func verify(_ files: [String: [UInt8]]) throws -> AuditVerification {
    let store = try Store.on(MemoryDevice(files: files), StoreOptions(isReadOnly: true))
    return try store.verifyAudit(actor: store.owner)
  }

  @Test func aReaderAfterACrashAnywhereFindsNoDamage() throws {
    var withLeftovers = 0
    let crashes = try crashEverywhere(try database(isFlushed: true)) { device in
      let store = try Store.open(.device(device), key: testKey)
      _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
      _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
      try store.record([
        AuditEvent(
          tenant: store.mainTenant, actor: store.owner, action: .statement, resource: "t", outcome: .done)
      ])
      try store.close()
    } check: { device in
      let found = try verify(device.snapshotFiles())
      #expect(found.isChainVerified, "\(found)")
      if !found.leftovers.isEmpty { withLeftovers += 1 }
      let store = try Store.on(device)
      #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
      #expect(try store.verifyAudit(actor: store.owner).leftovers.isEmpty)
    }
    #expect(crashes > 40)
    #expect(withLeftovers > 3)
  }

  @Test func leftoversAreToldAndTheChainBeforeThemIsHeldToAsEver() throws {
    var files = try database(isFlushed: true)
    let whole = try verify(files)
    #expect(whole.isChainVerified && whole.leftovers.isEmpty)
    let (log, salt) = (try #require(files[Self.log]), try #require(files[Self.salt]))
    files[Self.log] = log + Array("4\thalf a li".utf8)
    files[Self.salt] = salt + [1, 2, 3]
    let found = try verify(files)
    #expect(found.isChainVerified && found.events == whole.events && found.headHash == whole.headHash)
    #expect(found.leftovers.count == 2)
    #expect(found.leftovers.contains { $0.hasPrefix("\(Self.log), offset \(log.count):") })
    #expect(found.leftovers.contains { $0.hasPrefix("\(Self.salt), offset \(salt.count):") })
    // The opening that writes cuts them, and says so.
    let device = MemoryDevice(files: files)
    let store = try Store.on(device)
    #expect(store.notices.count == 1)
    try store.close()
    // What the state names is held to, whatever follows it.
    for offset in stride(from: 0, to: log.count, by: 7) {
      var altered = files
      altered[Self.log]?[offset] ^= 1
      #expect(try !verify(altered).isChainVerified, "byte \(offset)")
    }
    for size in [0, log.count / 2, log.count - 1] {
      var cut = files
      cut[Self.log] = Array(log.prefix(size))
      #expect(try !verify(cut).isChainVerified, "cut at \(size)")
    }
    files[Self.log] = nil
    #expect(try !verify(files).isChainVerified)
  }

  /// Where the log has events that the files do not name yet, nothing but these can be left from a crash.
  @Test func whatTheLogDoesNotHaveIsNoLeftover() throws {
    var files = try database(isFlushed: false)
    #expect(try verify(files).isChainVerified)
    files[Self.log]? += Array("4\thalf a li".utf8)
    #expect(try !verify(files).isChainVerified)
  }

  /// Events that were written after a reader opened are held to by the state of now.
  @Test func whatAWriterAddedSinceIsHeldToByItsState() throws {
    let device = MemoryDevice(files: try database(isFlushed: true))
    let reader = try Store.on(device, StoreOptions(isReadOnly: true))
    let before = try #require(device.snapshotFiles()[Self.log]).count
    let writer = try Store.on(device)
    let event = AuditEvent(
      tenant: writer.mainTenant, actor: writer.owner, action: .statement, resource: "t", outcome: .done)
    try writer.record([event])
    try writer.checkpoint()
    try writer.close()
    #expect(try reader.verifyAudit(actor: reader.owner).isChainVerified)
    let after = try #require(device.snapshotFiles()[Self.log]).count
    #expect(after > before)
    device.flip(Self.log, offset: before + 70, bit: 0)
    #expect(try !reader.verifyAudit(actor: reader.owner).isChainVerified)
  }
}
