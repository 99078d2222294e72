import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Filters of keys: which runs are opened, what an erasure leaves of them, and that CHECK DATABASE knows them.
@Suite struct KeyFilterTests {
  /// Twenty segments of a hundred people, ids in no order; an index by name, and one by patient and id.
  private func database(_ device: MemoryDevice) throws -> (Store, TableID) {
    let store = try Store.open(
      .device(device), key: testKey, options: StoreOptions(checkpointMergeBytes: 0))
    let table = try store.createPeople()
    try store.write { transaction in
      try transaction.createIndex(IndexTests.byName, on: table)
      try transaction.createIndex(IndexTests.byPatient, on: table)
    }
    for number in 0..<20 {
      let ids = (0..<100).map { ($0 * 20 + number) * 7_919 % 2_003 }
      try store.write { try $0.insert(peopleBatch(ids), into: table) }
      try store.checkpoint()
    }
    return (store, table)
  }

  private func scan(_ store: Store, _ table: TableID, _ lookup: KeyLookup) throws -> (TableScan, [Row]) {
    let scan = try store.snapshot(tenant: store.mainTenant).scan(
      table, columns: [0], scope: store.scope, lookup: lookup)
    return (scan, try scan.rows())
  }

  @Test func pointReadsOpenTheRunThatHasTheKey() throws {
    let device = MemoryDevice()
    let (store, table) = try database(device)
    #expect(store.storage(table)[0].segments == 20)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people"))
    let paths = definition.accessPaths
    let live = Set(try store.ids(table))
    var (opened, absent) = (0, 0)
    for id in Int64(0)..<2_003 {
      let key = try #require(KeyEncoder.key(of: .integer(id)))
      let (scan, rows) = try scan(store, table, KeyLookup(paths[0], keys: [key]))
      #expect(scan.runsRead + scan.runsSkipped == 20)
      #expect(rows.map(\.id).contains(id) == live.contains(id))
      opened += scan.runsRead
      if !live.contains(id) { absent += 1 }
    }
    // One for each key that is there, and one in some hundreds that a filter takes for present.
    #expect(opened >= live.count && opened < live.count + 2_003 * 20 / 60, "\(opened)")
    #expect(absent == 3)
    // Several keys at once, and a range that no segment's keys reach into.
    let keys = try [1, 2, 3].map { try #require(KeyEncoder.key(of: .integer(Int64($0)))) }
    #expect(try scan(store, table, KeyLookup(paths[0], keys: keys)).1.count == 3)
    let far = try #require(KeyEncoder.key(of: .integer(1 << 40)))
    let (beyond, none) = try scan(store, table, KeyLookup(paths[0], [KeyRange(lower: far, upper: nil)]))
    #expect(beyond.runsRead == 0 && beyond.runsSkipped == 20 && none.isEmpty)
    try store.check()
    try store.close()
  }

  @Test func anErasureLeavesNoBitOfTheErased() throws {
    let device = MemoryDevice()
    let (store, table) = try database(device)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people"))
    let patient = try #require(KeyEncoder.key(of: .text("p-4")))
    let lookup = KeyLookup(definition.accessPaths[2], [KeyRange(prefix: patient)])
    #expect(try !scan(store, table, lookup).1.isEmpty)
    let erased = try store.rows(table).filter { $0.values[2] == .text("p-4") }.map(\.id)
    _ = try store.eraseEntity(
      ErasureRequest(
        entity: .text("p-4"), type: nil, tenant: store.mainTenant, actor: store.owner, reason: nil,
        isDryRun: false))
    #expect(try scan(store, table, lookup).1.isEmpty)
    var opened = 0
    for id in erased {
      let key = try #require(KeyEncoder.key(of: .integer(id)))
      let (scan, rows) = try scan(store, table, KeyLookup(definition.accessPaths[0], keys: [key]))
      #expect(rows.isEmpty)
      opened += scan.runsRead
    }
    #expect(opened < erased.count * 20 / 60, "\(opened)")
    try store.check()
    try store.close()
    try Store.on(device).check()
  }

  @Test func everyFlippedByteOfADirectoryIsFound() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { transaction in
      try transaction.createIndex(IndexTests.byName, on: table)
      try transaction.insert(peopleBatch(0..<80), into: table)
    }
    try store.close()
    let files = device.snapshotFiles()
    let (path, bytes) = try #require(files.first { $0.key.hasSuffix(".dir") })
    for offset in bytes.indices {
      device.flip(path, offset: offset, bit: offset % 8)
      let report = try Store.checkDatabase(.device(device), key: testKey)
      #expect(report.findings.contains { $0.file == path }, "\(offset)")
      device.flip(path, offset: offset, bit: offset % 8)
    }
    #expect(try Store.checkDatabase(.device(device), key: testKey).findings.isEmpty)
  }

  /// Two rows of one name in two segments, and an index that a changed state calls unique.
  @Test(arguments: [true, false]) func keysThatTwoSegmentsHaveAreFound(isDeleted: Bool) throws {
    let device = MemoryDevice()
    let store = try Store.open(
      .device(device), key: testKey, options: StoreOptions(checkpointMergeBytes: 0))
    let table = try store.createPeople()
    var index = IndexTests.byName
    index.isUnique = false
    try store.write { transaction in
      try transaction.createIndex(index, on: table)
      try transaction.insert(peopleBatch(0..<5), into: table)
    }
    try store.checkpoint()
    var twin = try peopleBatch([5, 6])
    twin.columns[1] = try peopleBatch([5, 2]).columns[1]
    try store.write { try $0.insert(twin, into: table) }
    if isDeleted {
      try store.write { transaction in
        let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
        try transaction.delete([rows[2].rowID], from: table)
      }
    }
    try store.checkpoint()
    try store.close()

    let vault = try Vault.open(device: device, source: testKey)
    let path = try #require(device.snapshotFiles().keys.filter { $0.hasPrefix("state/") }.max())
    let bytes = try device.readAll(path)
    let number = try #require(UInt64(path.dropFirst(6).prefix(16), radix: 16))
    let place = UnitPlace(database: vault.database, file: number, kind: .state, group: 2)
    let (sealer, key) = (Sealer(), vault.keyRing.key(for: .state))
    var plain = try #require(
      sealer.openWithNonce(bytes[16...], key: key, associatedData: place.associatedData))
    let name = [7] + Array("by_name".utf8)
    let start = try #require(
      plain.indices.first { plain[$0...].starts(with: name) && plain[$0 + name.count] == 0 })
    plain[start + name.count] = 1
    let sealed = try sealer.sealWithNonce(
      plain, key: key, randomness: SystemRandomness(), associatedData: place.associatedData)
    try device.replace(path, with: bytes[..<16] + sealed)

    let found = try Store.checkDatabase(.device(device), key: testKey).findings
    if isDeleted {
      #expect(found.isEmpty, "\(found)")
    } else {
      #expect(found.count == 1 && found.first?.file.hasSuffix(".dir") ?? false, "\(found)")
      #expect(found.first?.text.contains("by_name") ?? false)
    }
  }
}
