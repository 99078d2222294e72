import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct RotationTests {
  @Test func aRotationWrapsKeysAndChangesNoCell() throws {
    let device = MemoryDevice()
    var (store, table) = try ErasureTests.filled(device)
    try store.checkpoint()
    let rows = try store.rows(table)
    let cells = device.snapshotFiles().filter { $0.key.hasSuffix(".seg") }
    let scan = try store.snapshot(tenant: store.mainTenant).scan(
      table, columns: [0, 1, 2, 3], scope: store.scope)
    let outcome = try #require(try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner).first)
    #expect(outcome.oldVersion == 1 && outcome.newVersion == 2 && outcome.dataBytesRewritten == 0)
    #expect(outcome.keysRewrapped >= 2_330)
    #expect(device.snapshotFiles().filter { $0.key.hasSuffix(".seg") } == cells)
    // A scan that began before goes on; what comes after is under the new key.
    #expect(try scan.rows() == rows)
    try store.write { try $0.insert(peopleBatch([9_000]), into: table) }
    #expect(store.keys().filter { $0.tenant == store.mainTenant }.map(\.version) == [2])
    try store.close()
    store = try Store.on(device)
    #expect(try store.rows(table).dropLast() == rows[...])
    #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
    let events = try store.auditEvents().filter { $0.action == "key_rotation" }
    #expect(events.map(\.outcome) == ["intent", "done"])
  }

  /// Writing the slot keys anew, which a rotation keeps, would cost more syncs than all the rest.
  @Test func aRotationLeavesTheRingAlone() throws {
    let device = MemoryDevice()
    let (store, _) = try ErasureTests.filled(device)
    let mine = RotationTarget.tenants([store.mainTenant])
    // The first event of a database makes a slot.
    _ = try store.rotateKeys(mine, actor: store.owner)
    let ring = try #require(device.snapshotFiles()["keys/ring"])
    _ = try store.rotateKeys(mine, actor: store.owner)
    #expect(device.snapshotFiles()["keys/ring"] == ring)
  }

  @Test func anOldKeyOpensNothingOfNow() throws {
    let device = MemoryDevice()
    let (store, table) = try ErasureTests.filled(device)
    try store.checkpoint()
    let old = device.snapshotFiles()
    _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    try store.close()
    var files = device.snapshotFiles()
    for path in files.keys where path.hasSuffix(".kek") { files[path] = nil }
    for (path, bytes) in old where path.hasSuffix(".kek") { files[path] = bytes }
    #expect(throws: StorageError.self) { try Store.on(MemoryDevice(files: files)).rows(table) }
  }

  @Test func theRootKeyIsReplaced() throws {
    let device = MemoryDevice()
    let passphrase = RootKeySource.passphrase(Array("correct horse".utf8))
    var store = try Store.open(.device(device), key: passphrase)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<20), into: table) }
    let header = device.snapshotFiles()["DATABASE"]
    let outcome = try #require(try store.rotateKeys(.root, actor: store.owner).first)
    #expect(outcome.tenant == nil && outcome.oldVersion == 1 && outcome.newVersion == 2)
    try store.write { try $0.insert(peopleBatch(20..<30), into: table) }
    try store.close()
    #expect(device.snapshotFiles()["DATABASE"] != header)
    store = try Store.open(.device(device), key: passphrase)
    #expect(try store.ids(table) == Array(0..<30))
    #expect(store.notices.isEmpty)
  }

  @Test func aCrashAnywhereLeavesEveryRowReadable() throws {
    let device = MemoryDevice()
    let (filled, table) = try ErasureTests.filled(device, few: true)
    let rows = try filled.rows(table)
    try filled.close()
    for target in [RotationTarget.tenants([filled.mainTenant]), .root] {
      let crashes = try crashEverywhere(device.snapshotFiles()) { device in
        let store = try Store.open(.device(device), key: testKey)
        _ = try store.rotateKeys(target, actor: store.owner)
      } check: { device in
        let store = try Store.on(device)
        #expect(try store.rows(table) == rows)
        #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
        try store.close()
        #expect(try Store.on(device).rows(table) == rows)
      }
      #expect(crashes > 10)
    }
  }
}
