import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// What is left of a shared dictionary when those who share its pieces go.
@Suite struct DictionaryErasureTests {
  static let notes = TableDefinition(
    id: TableID(0), name: "notes",
    columns: [
      ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
      ColumnDefinition(name: "patient", type: .string),
      ColumnDefinition(name: "note", type: .string), ColumnDefinition(name: "v", type: .bigint),
    ],
    primaryKey: [0], entity: EntityColumn(ordinal: 1, type: "patient"))

  /// Patients below 40 say what no other does. Each phrase is worth a piece.
  static func note(_ id: Int, _ patient: Int) -> String {
    var random = SeededGenerator(seed: UInt64(id))
    let rare = patient < 40 ? "zq7 is what a few of them say, " : "as everybody says, "
    return
      "\(SharedDictionaryTests.word(&random)) the patient was seen again, \(rare)\(SharedDictionaryTests.word(&random)) and went home in good health"
  }

  static func batch(_ ids: Range<Int>, patients: Int) throws -> Batch {
    var builders = notes.columns.map { ColumnBuilder(type: $0.type) }
    for id in ids {
      try builders[0].append(.integer(Int64(id)))
      try builders[1].append(.text("p-\(id % patients)"))
      try builders[2].append(.text(note(id, id % patients)))
      try builders[3].append(.integer(Int64(id * 3)))
    }
    return Batch(columns: builders.map { $0.finish() }, count: ids.count)
  }

  static func filled(
    _ device: any Device, rows: Int, patients: Int, _ options: StoreOptions = StoreOptions()
  ) throws -> (store: Store, table: TableID) {
    let store = try Store.open(.device(device), key: testKey, options: options)
    let table = try store.write { try $0.createTable(notes) }
    try store.write { try $0.insert(batch(0..<rows, patients: patients), into: table) }
    try store.checkpoint()
    return (store, table)
  }

  static func dictionaries(_ store: Store) throws -> [StoredDictionary] {
    try StoredDictionary.all { try store.units($0) }
  }

  static let rare = Array("zq7 is what".utf8)

  /// While twenty share it a piece stays, and the segment's cells with it; with the next erasure it is gone from all that any key
  /// opens, but for the rows of those who still say it.
  @Test func aPieceGoesWithTheTwentyFirstFromTheLast() throws {
    let device = MemoryDevice()
    var (store, table) = try Self.filled(device, rows: 300, patients: 100)
    var rows = try store.rows(table)
    #expect(try Self.dictionaries(store).contains { $0.bytes.hasPart(Self.rare) })
    var rewritten = 0
    for patient in 0..<40 {
      let before = device.snapshotFiles().keys.filter { $0.hasSuffix(".seg") }
      let outcome = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
      #expect(outcome.recordsDeleted == 3 && outcome.keysDestroyed == 3 && outcome.segmentsPurged == 1)
      #expect(outcome.indexEntriesRemoved == 6)
      rows.removeAll { $0.values[1] == .text("p-\(patient)") }
      #expect(try store.rows(table) == rows)
      let left = 40 - patient - 1
      let isThere = try Self.dictionaries(store).contains { $0.bytes.hasPart(Self.rare) }
      #expect(left >= 20 ? isThere : !isThere, "\(left) left")
      rewritten += before == device.snapshotFiles().keys.filter { $0.hasSuffix(".seg") } ? 0 : 1
      if patient % 5 == 0 || left == 19 { try expectShared(store, rows) }
      if left < 20, left % 6 == 1 {
        try store.units { path, what, content in
          // Rows that still say it, and the bounds of their column.
          let isOwn = what.hasPrefix("cell of row") || what == "segment directory"
          if !isOwn, content.hasPart(Self.rare) { Issue.record("\(path), \(what)") }
        }
      }
      try store.check()
    }
    #expect((1...5).contains(rewritten), "\(rewritten) rewritings")
    try store.units { path, what, content in
      if content.hasPart(Self.rare) { Issue.record("\(path), \(what)") }
    }
    try store.close()
    store = try Store.on(device)
    #expect(try store.rows(table) == rows)
    #expect(device.snapshotFiles().keys.count { $0.hasPrefix("segments/") } == 3)
  }

  /// Each piece of every dictionary stands in notes of at least twenty patients of those left.
  private func expectShared(_ store: Store, _ rows: [Row]) throws {
    for dictionary in try Self.dictionaries(store) {
      for piece in dictionary.pieces {
        var patients: Set<Value> = []
        for row in rows where patients.count < max(20, piece.entities) {
          if patients.contains(row.values[1]) { continue }
          guard case .text(let text) = row.values[piece.column], Array(text.utf8).hasPart(piece.bytes) else {
            continue
          }
          patients.insert(row.values[1])
        }
        #expect(patients.count >= max(20, piece.entities), "\(piece)")
      }
    }
  }

  /// Random erasures, deletions, merges and openings, against the rows as they must be; the seed repeats a run.
  @Test func nothingIsLeftOfWhomNobodyIsLeft() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let device = MemoryDevice()
    var (store, table) = try Self.filled(device, rows: 360, patients: 90)
    var (next, rows) = (360, try store.rows(table))
    for step in 0..<16 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1, 2:
        let patient = Value.text("p-\(Int.random(in: 0..<(step < 8 ? 40 : 90), using: &random))")
        guard case .text(let name) = patient else { continue }
        _ = try store.eraseEntity(ErasureTests.request(store, name))
        rows.removeAll { $0.values[1] == patient }
      case 3:
        let going = Set(rows.filter { _ in Int.random(in: 0..<10, using: &random) == 0 }.map(\.rowID))
        try store.write { try $0.delete(going.sorted(), from: table) }
        rows.removeAll { going.contains($0.rowID) }
      case 4:
        try store.write { try $0.insert(Self.batch(next..<next + 100, patients: 90), into: table) }
        next += 100
        rows = try store.rows(table)
        _ = try store.vacuum([table], tenant: store.mainTenant)
        // Merged without the deleted: only what is left is shared.
        try expectShared(store, rows)
      default:
        try store.close()
        store = try Store.on(device)
      }
      #expect(try store.rows(table) == rows, "seed \(seed), step \(step)")
      try store.check()
    }
    #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
  }

  /// A small database before an erasure that writes its segment anew: its files, whose erasure that is, and the rows that it leaves.
  private func beforeRewriting() throws -> (
    files: [String: [UInt8]], patient: Int, table: TableID, left: [Row]
  ) {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, rows: 60, patients: 60)
    func segments() -> [String] { device.snapshotFiles().keys.filter { $0.hasSuffix(".seg") } }
    for patient in 0..<25 {
      let (files, before) = (device.snapshotFiles(), segments())
      _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
      if segments() != before { return (files, patient, table, try store.rows(table)) }
    }
    throw StorageError.limit(what: "no erasure wrote a segment anew")
  }

  /// Such an erasure, cut off at every call of the device.
  @Test func aCrashAnywhereLeavesAllOrNothing() throws {
    let (files, patient, table, left) = try beforeRewriting()
    var finished = 0
    let crashes = try crashEverywhere(files) { device in
      let store = try Store.open(.device(device), key: testKey)
      _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
    } check: { device in
      let store = try Store.on(device)
      let rows = try store.rows(table)
      let isDone = try !store.auditEvents().filter {
        $0.action == "entity_erasure" && $0.outcome == "done"
      }.dropFirst(patient).isEmpty
      #expect(isDone ? rows == left : rows.count == left.count + 1)
      finished += isDone ? 1 : 0
      try store.check()
      try store.close()
      #expect(device.snapshotFiles().keys.count { $0.hasPrefix("segments/") } == 3)
      #expect(try Store.on(device).rows(table) == rows)
    }
    #expect(crashes > 20 && finished > 5)
  }

  /// The same on a disk that is full from every call on, and asked again when it has room: by the process itself or, where that may
  /// not go on, by the next one.
  @Test func aFullDiskLetsTheErasureBeRepeated() throws {
    let (files, patient, table, left) = try beforeRewriting()
    var (failures, repeated) = (0, 0)
    for count in 0... {
      let device = FaultDevice(MemoryDevice(files: files), failingAfter: count)
      var store: Store
      do {
        store = try Store.open(.device(device), key: testKey)
      } catch StorageError.diskFull {
        continue
      }
      do {
        _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
        if !device.hasFailed { break }
      } catch StorageError.diskFull {
      }
      failures += 1
      device.makeRoom()
      do {
        _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
        repeated += 1
      } catch {
        store = try Store.on(MemoryDevice(files: device.inner.snapshotFiles()))
        _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
      }
      #expect(try store.rows(table) == left, "call \(count)")
      #expect(try !Self.dictionaries(store).contains { $0.bytes.hasPart(Self.rare) }, "call \(count)")
      try store.check()
      #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
    }
    #expect(failures > 15 && repeated > 5, "\(failures) failures, \(repeated) repeated")
  }

  /// Who was erased since a backup is erased from it again, one after the other, though the first of them has the segment written anew.
  @Test func aRestoredDictionaryHoldsNothingOfTheErased() throws {
    let (live, target, copy) = (MemoryDevice(), MemoryDevice(), MemoryDevice())
    let (store, table) = try Self.filled(live, rows: 300, patients: 100)
    for patient in 0..<15 { _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)")) }
    _ = try store.backup(to: .device(target), actor: store.owner, tenant: store.mainTenant)
    for patient in 15..<35 { _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)")) }
    let rows = try store.rows(table)
    let outcome = try Store.restore(
      .device(target), to: .device(copy), key: testKey, erasures: .database(.device(live), key: testKey))
    #expect(outcome.entitiesErased == 20 && outcome.recordsErased == 60)
    let restored = try Store.on(copy)
    #expect(try restored.rows(table) == rows)
    #expect(try restored.checkDatabase().findings.isEmpty)
    #expect(try !Self.dictionaries(restored).contains { $0.bytes.hasPart(Self.rare) })
    try expectShared(restored, rows)
    let erased = try restored.auditEvents().suffix(20)
    #expect(erased.allSatisfy { $0.action == "entity_erasure" && $0.detail == "3 keys destroyed" })
    for patient in 15..<35 {
      try restored.units { path, what, content in
        if content.hasPart(Array("p-\(patient)\u{0}".utf8)) { Issue.record("\(path), \(what)") }
      }
    }
    try restored.close()
  }

  /// Its bytes are told, and with them every byte of the files is.
  @Test func theReportTellsItsBytes() throws {
    let (store, _) = try Self.filled(MemoryDevice(), rows: 300, patients: 100)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "notes"))
    let parts = try store.storage(of: definition, tenant: store.mainTenant)
    #expect(parts[2].encoding == "plain, shared dictionary")
    #expect(parts[2].storedBytes * 2 < parts[2].rawBytes)
    let own = try #require(parts.first { $0.name == "shared dictionaries" })
    #expect(own.kind == .overhead && own.storedBytes > 100 && own.storedBytes < 2_000)
    let sealed = parts.reduce(0) { $0 + $1.storedBytes }
    let files = store.storage().reduce(0) { $0 + $1.sizeBytes }
    #expect((files - 16...files).contains(sealed), "\(sealed) of \(files)")
  }

  /// A snapshot from before an erasure that wrote its segment anew reads nothing of it, nor anything that was open.
  @Test func snapshotsFromBeforeAreTold() throws {
    let (store, table) = try Self.filled(MemoryDevice(), rows: 300, patients: 100)
    let snapshot = store.snapshot(tenant: store.mainTenant)
    #expect(try snapshot.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows().count == 300)
    for patient in 0..<25 { _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)")) }
    #expect(throws: StorageError.snapshotErased) {
      try snapshot.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
    }
    #expect(try store.rows(table).count == 225)
  }

  /// A copy of every file from before, with today's keys, opens nothing of a segment that was written anew.
  @Test func anOldCopyOpensNoMore() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, rows: 300, patients: 100)
    for patient in 0..<20 { _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)")) }
    let old = device.snapshotFiles()
    for patient in 20..<22 { _ = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)")) }
    try store.close()
    var mixed = old
    for (path, bytes) in device.snapshotFiles() where path.hasPrefix("keys/") { mixed[path] = bytes }
    #expect(throws: StorageError.self) { try Store.on(MemoryDevice(files: mixed)).rows(table) }
  }
}
