import Testing
import VSQLSchema
import VSQLStorage

/// A table that is sealed by page, through its life.
@Suite struct PageTableTests {
  /// People without an entity.
  static func create(_ store: Store) throws -> TableID {
    var definition = peopleDefinition
    (definition.entity, definition.seal) = (nil, .page)
    return try store.write { try $0.createTable(definition) }
  }

  static func filled(_ device: any Device, _ counts: [Int]) throws -> (store: Store, table: TableID) {
    let store = try Store.open(.device(device), key: testKey)
    let table = try create(store)
    var next = 0
    for count in counts {
      try store.write { try $0.insert(peopleBatch(next..<next + count), into: table) }
      try store.checkpoint()
      next += count
    }
    return (store, table)
  }

  @Test func rowsLiveAsInAnyTable() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, [2_500, 40])
    var ids = Array(Int64(0)..<2_540)
    #expect(try store.ids(table) == ids)
    try MergeTests.delete([3, 1_030, 2_539], store, table)
    try store.write { try $0.insert(peopleBatch(9_000..<9_010), into: table) }
    ids = ids.filter { ![3, 1_030, 2_539].contains($0) } + Array(9_000..<9_010)
    #expect(try store.ids(table) == ids)
    _ = try store.vacuum([table], tenant: store.mainTenant)
    #expect(try store.ids(table) == ids)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people"))
    #expect(definition.seal == .page)
    let parts = try store.storage(of: definition, tenant: store.mainTenant)
    let keys = try #require(parts.first { $0.name == "page keys" })
    #expect(keys.storedBytes < 500)
    let (sealed, files) = (
      parts.reduce(0) { $0 + $1.storedBytes }, store.storage().reduce(0) { $0 + $1.sizeBytes }
    )
    #expect(sealed == files)
    #expect(store.keys().first?.recordKeys == 3)
    _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    #expect(try store.checkDatabase(actor: store.owner, tenant: store.mainTenant).findings.isEmpty)
    #expect(try store.ids(table) == ids)
    try store.close()
    let again = try Store.on(device)
    #expect(try again.ids(table) == ids)
    // With the table its keys go.
    try again.write { try $0.dropTable(table) }
    try again.checkpoint()
    #expect(!device.snapshotFiles().keys.contains { $0.hasPrefix("segments/") })
  }

  @Test func aCrashAnywhereLosesNothing() throws {
    let device = MemoryDevice()
    let (filled, table) = try Self.filled(device, [6, 6])
    try MergeTests.delete([2, 8], filled, table)
    try filled.write { try $0.insert(peopleBatch(18..<24), into: table) }
    let rows = try filled.rows(table)
    try filled.close()
    let crashes = try crashEverywhere(device.snapshotFiles()) { device in
      let store = try Store.open(.device(device), key: testKey)
      _ = try store.vacuum([table], tenant: store.mainTenant)
      _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
      try store.close()
    } check: { device in
      let store = try Store.on(device)
      #expect(try store.rows(table) == rows)
      try store.check()
      try store.close()
    }
    #expect(crashes > 20)
  }
}
