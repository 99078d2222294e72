import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct ErasureTests {
  static func request(_ store: Store, _ entity: String, type: String? = "patient", dryRun: Bool = false)
    -> ErasureRequest
  {
    ErasureRequest(
      entity: .text(entity), type: type, tenant: store.mainTenant, actor: store.owner, reason: "gdpr-art-17",
      isDryRun: dryRun)
  }

  /// 2,300 rows (`few`: 30) in a segment and 30 in the log, of ten patients.
  static func filled(_ device: MemoryDevice, few: Bool = false) throws -> (store: Store, table: TableID) {
    let store = try Store.on(device, StoreOptions(directSegmentBytes: few ? 1 << 10 : 8 << 10))
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(100..<(few ? 130 : 2_400)), into: table) }
    try store.write { try $0.insert(peopleBatch(0..<30), into: table) }
    return (store, table)
  }

  @Test func aDryRunCountsAndTheErasureDoesWhatItSaid() throws {
    let device = MemoryDevice()
    var (store, table) = try Self.filled(device)
    let before = try store.rows(table)
    let dry = try store.eraseEntity(Self.request(store, "p-3", dryRun: true))
    #expect(dry.recordsDeleted == 233)
    #expect(dry.keysDestroyed == 233)
    #expect(dry.auditEventID == nil)
    #expect(try store.rows(table) == before)
    let outcome = try store.eraseEntity(Self.request(store, "p-3"))
    #expect(outcome.recordsDeleted == 233)
    #expect(outcome.keysDestroyed == 233)
    #expect(outcome.indexEntriesRemoved == dry.indexEntriesRemoved)
    #expect(outcome.segmentsPurged == 2)
    let expected = before.filter { $0.values[2] != .text("p-3") }
    #expect(try store.rows(table) == expected)
    // Its keys are free.
    try store.write { try $0.insert(peopleBatch([3]) { _ in "p-11" }, into: table) }
    try store.close()
    store = try Store.on(device)
    #expect(try store.rows(table).dropLast() == expected[...])
    let events = try store.auditEvents().filter { $0.action == "entity_erasure" }
    #expect(events.map(\.outcome) == ["intent", "done"])
    #expect(events.allSatisfy { $0.resource == outcome.entityID && $0.isChainVerified })
    #expect(events.last?.eventID == outcome.auditEventID)
    #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
  }

  @Test func rowsDeletedBeforeLoseTheirKeysToo() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device)
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
      try transaction.delete(
        rows.filter { $0.values[2] == .text("p-4") && $0.id >= 100 }.map(\.rowID), from: table)
    }
    let outcome = try store.eraseEntity(Self.request(store, "p-4"))
    #expect(outcome.recordsDeleted == 3)
    #expect(outcome.keysDestroyed == 233)
  }

  @Test func otherTypesTenantsAndSpellingsAreUntouched() throws {
    let store = try Self.filled(MemoryDevice()).store
    let table = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people")?.id)
    let acme = try store.write { try $0.createTenant("acme") }
    let transaction = try store.begin(tenant: acme, actor: store.owner, readOnly: false)
    try transaction.insert(peopleBatch([3]), into: table)
    try transaction.commit()
    #expect(try store.eraseEntity(Self.request(store, "p-3", type: "nurse")).recordsDeleted == 0)
    #expect(try store.eraseEntity(Self.request(store, "P-3")).recordsDeleted == 0)
    #expect(try store.eraseEntity(Self.request(store, "p-3", type: nil)).recordsDeleted == 233)
    #expect(store.snapshot(tenant: acme).statistics(of: table).rowCount == 1)
  }

  @Test func whatRanBeforeStopsAndBringsNothingBack() throws {
    let (store, table) = try Self.filled(MemoryDevice())
    let open = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    let scan = try open.scan(table, columns: [0, 1, 2, 3], scope: store.scope)
    _ = try scan.next()
    try open.insert(peopleBatch([5_000]) { _ in "p-3" }, into: table)
    _ = try store.eraseEntity(Self.request(store, "p-3"))
    #expect(throws: StorageError.snapshotErased) { try scan.next() }
    #expect(throws: StorageError.snapshotErased) { try open.commit() }
    #expect(try store.rows(table).allSatisfy { $0.values[2] != .text("p-3") })
  }

  /// The promise itself: nobody who kept every file from before can read the rows with the keys of after.
  @Test func anOldCopyWithTodaysRingOpensNoErasedRow() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device)
    try store.checkpoint()
    let old = device.snapshotFiles()
    _ = try store.eraseEntity(Self.request(store, "p-3"))
    try store.close()
    let now = device.snapshotFiles()
    var mixed = old
    for (path, bytes) in now where path.hasPrefix("keys/") { mixed[path] = bytes }
    #expect(throws: StorageError.self) { try Store.on(MemoryDevice(files: mixed)).rows(table) }
    // An old file under a name that is still in use.
    for (path, bytes) in old where now[path] != nil && now[path] != bytes && !path.hasPrefix("segments/") {
      var files = now
      files[path] = bytes
      #expect(throws: StorageError.self, "\(path) put back") { try Store.on(MemoryDevice(files: files)) }
    }
  }

  @Test func aCrashAnywhereLeavesTheErasureUndoneOrFinishes() throws {
    let device = MemoryDevice()
    let (filled, table) = try Self.filled(device, few: true)
    let all = try filled.rows(table)
    let left = all.filter { $0.values[2] != .text("p-3") }
    try filled.close()
    var finished = 0
    let crashes = try crashEverywhere(device.snapshotFiles()) { device in
      let store = try Store.open(.device(device), key: testKey)
      _ = try store.eraseEntity(Self.request(store, "p-3"))
    } check: { device in
      let store = try Store.on(device)
      let rows = try store.rows(table)
      #expect(rows == all || rows == left)
      let done = try store.auditEvents().filter { $0.action == "entity_erasure" && $0.outcome == "done" }
      #expect(done.count == (rows == left ? 1 : 0))
      finished += done.count
      #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
      try store.close()
      #expect(try Store.on(device).rows(table) == rows)
    }
    #expect(crashes > 20)
    #expect(finished > 5)
  }
}
