import Foundation
import Synchronization
import Testing
import VSQLSchema
import VSQLStorage

@Suite struct CheckTests {
  /// People in two segments and in the log, some deleted, one erased, two tenants' worth of keys, and a history.
  private func database() throws -> (device: MemoryDevice, live: Int) {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { _ = try $0.createTenant("acme") }
    try store.write { try $0.insert(peopleBatch(0..<1_500), into: table) }
    try store.checkpoint()
    try store.write { try $0.insert(peopleBatch(2_000..<2_100), into: table) }
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete(rows.prefix(5).map(\.rowID), from: table)
    }
    _ = try store.eraseEntity(
      ErasureRequest(
        entity: .text("p-3"), type: "patient", tenant: store.mainTenant, actor: store.owner, reason: nil,
        isDryRun: false))
    try store.write { try $0.insert(peopleBatch(3_000..<3_020), into: table) }
    let live = try store.ids(table).count
    try store.close()
    return (device, live)
  }

  private func check(_ device: any Device) throws -> CheckReport {
    try Store.checkDatabase(.device(device), key: testKey)
  }

  @Test func wholeDatabasesHaveNoFault() throws {
    let (device, live) = try database()
    let report = try check(device)
    #expect(report.findings.isEmpty, "\(report.findings)")
    let files = device.snapshotFiles().filter { !$0.value.isEmpty }
    #expect(report.counts.files == files.count)
    #expect(report.counts.bytes == files.values.reduce(0) { $0 + $1.count })
    #expect(report.counts.records == live)
    #expect(report.counts.units > live)
    let store = try Store.on(device)
    let events = try store.auditEvents()
    #expect(report.counts.events == events.count)
    // Through the store, and told to the chain.
    #expect(try store.checkDatabase(actor: store.owner, tenant: store.mainTenant).findings.isEmpty)
    let told = try store.auditEvents().dropFirst(events.count).filter { $0.action == "database_check" }
    #expect(told.map(\.outcome) == ["intent", "done"])
    try store.close()
  }

  /// A byte of every file, all at once: each file is named.
  @Test func everyDamagedFileIsTold() throws {
    let (device, _) = try database()
    var damaged: Set<String> = []
    for (path, bytes) in device.snapshotFiles() where !bytes.isEmpty {
      // What nothing else opens without.
      if path == "DATABASE" || path == "keys/ring" || path.hasPrefix("state/") || path.hasSuffix(".kek") {
        continue
      }
      device.flip(path, offset: bytes.count / 2, bit: 3)
      damaged.insert(path)
    }
    #expect(damaged.count >= 9)
    #expect(Set(try check(device).findings.map(\.file)) == damaged)
  }

  @Test func everyDamagedCellIsTold() throws {
    let (device, _) = try database()
    let segments = device.snapshotFiles().filter { $0.key.hasSuffix(".seg") && $0.value.count > 50_000 }
    let (path, bytes) = try #require(segments.first)
    let places = [1_000, 20_000, 20_400, 48_000].filter { bytes[$0] != 0 }
    for place in places { device.flip(path, offset: place, bit: 0) }
    let found = try check(device).findings
    #expect(places.count >= 3 && found.count == places.count)
    #expect(found.allSatisfy { $0.file == path && $0.text.contains("cell of row") })
    for (place, finding) in zip(places, found.sorted { $0.offset < $1.offset }) {
      #expect(finding.offset <= place && place - finding.offset < 200)
    }
  }

  /// One flipped bit of each byte of what all else rests on, and of each file's head.
  @Test func everyDamagedHeadIsTold() throws {
    let (device, _) = try database()
    let files = device.snapshotFiles()
    for (path, bytes) in files where !bytes.isEmpty {
      for offset in stride(from: 0, to: min(bytes.count, 200), by: 7) {
        let copy = MemoryDevice(files: files)
        copy.flip(path, offset: offset, bit: offset % 8)
        do {
          let found = try check(copy).findings
          #expect(
            found.first?.file == path && found.first?.offset ?? .max <= offset, "\(path), \(offset): \(found)"
          )
        } catch StorageError.wrongKey, StorageError.noKey {
          #expect(path == "DATABASE")
        }
      }
    }
  }

  @Test func missingAndFormerFilesAreTold() throws {
    let (device, _) = try database()
    let files = device.snapshotFiles()
    for path in files.keys where path != "LOCK" && path != "DATABASE" {
      let copy = MemoryDevice(files: files.filter { $0.key != path })
      let found = try check(copy).findings
      // Without its only state a database names the directory.
      #expect(found.contains { path.hasPrefix($0.file) && !$0.file.isEmpty }, "\(path): \(found)")
    }
    // A ring from before the last slots.
    let store = try Store.on(MemoryDevice(files: files))
    let later = MemoryDevice(files: files)
    let again = try Store.on(later)
    try again.write { try $0.insert(peopleBatch(9_000..<9_003), into: #require(again.people)) }
    try again.checkpoint()
    try again.close()
    try later.replace("keys/ring", with: try #require(files["keys/ring"]))
    #expect(try check(later).findings.contains { $0.file == "keys/ring" && $0.text.contains("older ring") })
    try store.close()
  }

  /// Files that are whole, and a directory that says something else of the rows.
  @Test func aRunThatIsNotThatOfTheRowsIsTold() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(300)
    try fixture.reader(manifest).check()
    func table(primaryKey: [Int], entity: Int) -> TableDefinition {
      TableDefinition(
        id: SegmentFixture.table.id, name: "t", columns: SegmentFixture.table.columns, primaryKey: primaryKey,
        entity: EntityColumn(ordinal: entity, type: "owner"))
    }
    for wrong in [table(primaryKey: [3], entity: 1), table(primaryKey: [0], entity: 9)] {
      #expect {
        try SegmentReader(fixture.site, manifest: manifest, table: wrong).check()
      } throws: {
        CheckTests.words($0).contains("is not that of the rows")
      }
    }
    var columns = SegmentFixture.table.columns
    columns[1].isNotNull = true
    let strict = TableDefinition(
      id: SegmentFixture.table.id, name: "t", columns: columns, primaryKey: [0],
      entity: EntityColumn(ordinal: 1, type: "owner"))
    #expect {
      try SegmentReader(fixture.site, manifest: manifest, table: strict).check()
    } throws: {
      CheckTests.words($0).contains("NOT NULL")
    }
  }

  private static func words(_ error: any Error) -> String {
    (error as? StorageError)?.diagnostic.message ?? ""
  }

  /// Commits, checkpoints, erasures and rotations of another thread are no faults.
  @Test func aWriterBesideItIsNoFault() throws {
    let store = try Store.on(MemoryDevice())
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<500), into: table) }
    try store.checkpoint()
    let isDone = Mutex(false)
    let failure = Mutex<String?>(nil)
    let thread = Thread {
      do {
        for round in 1...12 {
          try store.write { try $0.insert(peopleBatch(round * 1_000..<round * 1_000 + 40), into: table) }
          if round % 2 == 0 { try store.checkpoint() }
          if round % 4 == 0 {
            _ = try store.eraseEntity(
              ErasureRequest(
                entity: .text("p-\(round % 10)"), type: nil, tenant: store.mainTenant, actor: store.owner,
                reason: nil, isDryRun: false))
          }
          if round % 5 == 0 { _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner) }
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
      isDone.withLock { $0 = true }
    }
    thread.stackSize = 8 << 20
    thread.start()
    var checks = 0
    while !isDone.withLock({ $0 }) || checks == 0 {
      let found = try store.checkDatabase().findings
      #expect(found.isEmpty, "\(found)")
      checks += 1
    }
    #expect(failure.withLock { $0 } == nil)
    #expect(try store.checkDatabase().findings.isEmpty)
    try store.close()
  }
}

extension Store {
  fileprivate var people: TableID? { snapshot(tenant: mainTenant).table(named: "people")?.id }
}
