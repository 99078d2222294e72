import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct MergeTests {
  /// Checkpoints leave all merging to others.
  static let lazy = StoreOptions(checkpointMergeBytes: 0)

  /// `count` commits of `size` rows, each followed by a checkpoint.
  static func filled(
    _ device: any Device, commits: Int, of size: Int, _ options: StoreOptions = StoreOptions()
  ) throws -> (store: Store, table: TableID) {
    let store = try Store.open(.device(device), key: testKey, options: options)
    let table = try store.createPeople()
    for commit in 0..<commits {
      try store.write { try $0.insert(peopleBatch(commit * size..<(commit + 1) * size), into: table) }
      try store.checkpoint()
    }
    return (store, table)
  }

  static func delete(_ ids: some Sequence<Int64>, _ store: Store, _ table: TableID) throws {
    let going = Set(ids)
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
      try transaction.delete(rows.filter { going.contains($0.id) }.map(\.rowID), from: table)
    }
  }

  private func segments(_ store: Store) -> Int { store.storage().reduce(0) { $0 + $1.segments } }
  private func files(_ device: MemoryDevice) -> Int {
    device.snapshotFiles().keys.count { $0.hasPrefix("segments/") }
  }

  @Test func fewSegmentsStayWhateverTheCommits() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 100, of: 1)
    #expect(segments(store) <= 8)
    #expect(files(device) == 3 * segments(store))
    #expect(try store.ids(table) == Array(0..<100))
    let rows = try store.rows(table)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.rowID < $1.rowID })
    try store.check()
    try store.close()
    let again = try Store.on(device)
    #expect(try again.rows(table) == rows)
    #expect(again.keys().reduce(0) { $0 + $1.recordKeys } == 100)
  }

  @Test func aScanThatBeganBeforeEndsRight() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    let snapshot = store.snapshot(tenant: store.mainTenant)
    let scan = try snapshot.scan(table, columns: [0, 1, 2, 3], scope: store.scope)
    _ = try scan.next()
    try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
    try store.checkpoint()
    #expect(segments(store) == 1)
    // The old files stay for the snapshot.
    #expect(files(device) == 12)
    try store.checkpoint()
    #expect(files(device) == 12)
    #expect(try scan.rows().map(\.id) == Array(20..<60))
    #expect(
      try snapshot.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows().map(\.id) == Array(0..<60))
    #expect(try store.ids(table) == Array(0..<80))
  }

  @Test func whatNobodyReadsGoes() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    do {
      let scan = try store.snapshot(tenant: store.mainTenant)
        .scan(table, columns: [0, 1, 2, 3], scope: store.scope)
      try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
      try store.checkpoint()
      #expect(files(device) == 12)
      #expect(try scan.rows().count == 60)
    }
    #expect(try store.keepUp() == false)
    #expect(files(device) == 3)
    try store.close()
    #expect(try Store.on(device).ids(table) == Array(0..<80))
  }

  @Test func deletedRowsAreDroppedAndDeadSegmentsGo() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 2, of: 50)
    try Self.delete(0..<30, store, table)
    try store.checkpoint()
    #expect(store.storage().first?.deletedRows == 0)
    #expect(store.keys().reduce(0) { $0 + $1.recordKeys } == 70)
    try Self.delete(30..<50, store, table)
    try store.checkpoint()
    #expect(segments(store) == 1)
    #expect(try store.ids(table) == Array(50..<100))
    try Self.delete(50..<100, store, table)
    try store.checkpoint()
    #expect(segments(store) == 0)
    #expect(files(device) == 0)
    try store.write { try $0.insert(peopleBatch([7]), into: table) }
    try store.close()
    #expect(try Store.on(device).ids(table) == [7])
  }

  @Test func vacuumLeavesOneSegmentWithoutDeletedRows() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 40)
    try Self.delete([3, 50, 119], store, table)
    try store.write { try $0.insert(peopleBatch(120..<125), into: table) }
    let rows = try store.rows(table)
    let outcome = try #require(try store.vacuum([table], tenant: store.mainTenant).first)
    #expect(outcome.segmentsBefore == 3 && outcome.segmentsAfter == 1 && outcome.rowsDropped == 3)
    #expect(outcome.bytesAfter < outcome.bytesBefore)
    #expect(files(device) == 3)
    #expect(try store.rows(table) == rows)
    // A second one has nothing to do.
    let segment = device.snapshotFiles().keys.first { $0.hasSuffix(".seg") }
    let second = try #require(try store.vacuum([table], tenant: store.mainTenant).first)
    #expect(second.segmentsAfter == 1 && second.bytesAfter == second.bytesBefore && second.rowsDropped == 0)
    #expect(device.snapshotFiles().keys.first { $0.hasSuffix(".seg") } == segment)
    try store.close()
    #expect(try Store.on(device).rows(table) == rows)
  }

  @Test func analyzeBringsStatisticsBack() throws {
    let (store, table) = try Self.filled(MemoryDevice(), commits: 2, of: 40)
    func distinct() -> Int? {
      store.snapshot(tenant: store.mainTenant).statistics(of: table).columns.first?.distinctCount
    }
    #expect(distinct() != nil)
    _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
    #expect(distinct() == nil)
    let rows = try store.rows(table)
    let outcome = try #require(try store.analyze([table], tenant: store.mainTenant).first)
    #expect(outcome == AnalyzeOutcome(table: table, rows: 72, segments: 2, segmentsRewritten: 2))
    #expect(distinct() != nil)
    #expect(try store.rows(table) == rows)
    #expect(try store.analyze([table], tenant: store.mainTenant).first?.segmentsRewritten == 0)
  }

  /// A snapshot that holds merged segments does not keep an erased entity alive.
  @Test func anErasureDestroysWhatSnapshotsPin() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    let pinned = try store.snapshot(tenant: store.mainTenant)
      .scan(table, columns: [0, 1, 2, 3], scope: store.scope)
    let open = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
    try store.checkpoint()
    let old = device.snapshotFiles()
    #expect(files(device) == 12)
    _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
    #expect(files(device) == 3)
    #expect(throws: StorageError.snapshotErased) { try pinned.next() }
    #expect(throws: StorageError.snapshotErased) {
      try open.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
    }
    // Not with today's keys either.
    var mixed = old
    for (path, bytes) in device.snapshotFiles() where !path.hasPrefix("segments/") { mixed[path] = bytes }
    #expect(throws: StorageError.self) { try Store.on(MemoryDevice(files: mixed)).rows(table) }
    #expect(try store.ids(table).allSatisfy { $0 % 10 != 3 })
  }

  @Test func aRotationLeavesPinnedSegmentsReadable() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    let pinned = try store.snapshot(tenant: store.mainTenant)
      .scan(table, columns: [0, 1, 2, 3], scope: store.scope)
    try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
    try store.checkpoint()
    _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    #expect(try pinned.rows().map(\.id) == Array(0..<60))
    try store.close()
    #expect(try Store.on(device).ids(table) == Array(0..<80))
  }

  /// A process that only reads does not register anywhere.
  @Test func whoReadsBesideTheWriterKeepsItsFiles() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    let beside = try Store.on(device, StoreOptions(isReadOnly: true))
    try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
    try store.checkpoint()
    #expect(files(device) == 3)
    #expect(try beside.ids(table) == Array(0..<60))
    #expect(try Store.on(device, StoreOptions(isReadOnly: true)).ids(table) == Array(0..<80))
  }

  /// What is written for each byte that was inserted grows with the logarithm of the flushes.
  @Test func writeAmplificationIsBounded() throws {
    let meter = CountingDevice(MemoryDevice())
    let store = try Store.open(
      .device(meter), key: testKey, options: StoreOptions(checkpointMergeBytes: 64 << 20))
    let table = try store.createPeople()
    var amplification: [Double] = []
    let start = meter.cellBytes
    for flush in 0..<243 {
      let ids = flush * 60..<(flush + 1) * 60
      try store.write { try $0.insert(peopleBatch(ids), into: table) }
      try store.checkpoint()
      if [27, 81, 243].contains(flush + 1) {
        let stored = store.storage().reduce(0) { $0 + $1.sizeBytes }
        amplification.append(Double(meter.cellBytes - start) / Double(stored))
        #expect(segments(store) <= 12, "after \(flush + 1) flushes")
      }
    }
    // Each row is written once, and once for each time that its segment grows threefold.
    #expect(amplification[0] < 4 && amplification[1] < 5 && amplification[2] < 6, "\(amplification)")
    #expect(try store.ids(table).count == 243 * 60)
    print("write amplification after 27, 81 and 243 flushes: \(amplification)")
  }

  @Test func aCrashAnywhereInAMergeLosesNothing() throws {
    let device = MemoryDevice()
    let (filled, table) = try Self.filled(device, commits: 3, of: 6)
    try Self.delete([2, 8], filled, table)
    try filled.write { try $0.insert(peopleBatch(18..<24), into: table) }
    let rows = try filled.rows(table)
    try filled.close()
    for isVacuum in [false, true] {
      let crashes = try crashEverywhere(device.snapshotFiles()) { device in
        let store = try Store.open(.device(device), key: testKey)
        if isVacuum {
          _ = try store.vacuum([table], tenant: store.mainTenant)
        } else {
          try store.checkpoint()
        }
        try store.close()
      } check: { device in
        let store = try Store.on(device)
        #expect(try store.rows(table) == rows)
        #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
        try store.check()
        try store.checkpoint()
        // What a crash left is gone.
        #expect(files(device) == 3 * segments(store))
        try store.close()
        #expect(try Store.on(device).rows(table) == rows)
      }
      #expect(crashes > 20)
    }
  }

  @Test func rowsDeletedWhileAMergeRunsStayDeleted() throws {
    let inner = MemoryDevice()
    let device = FaultDevice(inner, failingAfter: .max)
    let (store, table) = try Self.filled(device, commits: 3, of: 20, Self.lazy)
    try store.write { try $0.insert(peopleBatch(60..<65), into: table) }
    // Between the merge's first read and its end.
    device.afterRead(of: ".seg") {
      try? Self.delete([1, 25, 61], store, table)
      try? store.checkpoint()
    }
    let outcome = try #require(try store.vacuum([table], tenant: store.mainTenant).first)
    #expect(outcome.segmentsAfter == 1)
    let left = (0..<65).filter { ![1, 25, 61].contains($0) }.map { Int64($0) }
    #expect(try store.ids(table) == left)
    try store.close()
    #expect(try Store.on(inner).ids(table) == left)
  }

  @Test func aTableDroppedWhileAMergeRunsStaysGone() throws {
    let inner = MemoryDevice()
    let device = FaultDevice(inner, failingAfter: .max)
    let (store, table) = try Self.filled(device, commits: 3, of: 20, Self.lazy)
    device.afterRead(of: ".seg") { try? store.write { try $0.dropTable(table) } }
    _ = try store.vacuum([table], tenant: store.mainTenant)
    #expect(files(inner) == 0)
    #expect(store.snapshot(tenant: store.mainTenant).tables.isEmpty)
    try store.close()
    _ = try Store.on(inner)
  }

  @Test func aFailedMergeBreaksNothingAndIsTold() throws {
    let device = MemoryDevice()
    let (store, table) = try Self.filled(device, commits: 3, of: 20)
    let path = try #require(device.snapshotFiles().keys.first { $0.hasSuffix(".seg") })
    device.flip(path, offset: 40, bit: 1)
    try store.write { try $0.insert(peopleBatch(60..<80), into: table) }
    try store.checkpoint()
    #expect(segments(store) == 4)
    try store.checkpoint()
    #expect(files(device) == 12)
    let events = try store.auditEvents().filter { $0.action == "maintenance" }
    #expect(events.map(\.detail) == ["merge: XX001"])
    device.flip(path, offset: 40, bit: 1)
    #expect(try store.vacuum([table], tenant: store.mainTenant).first?.segmentsAfter == 1)
    #expect(try store.ids(table) == Array(0..<80))
  }

  @Test func memoryIsFlushedByAge() throws {
    let clock = SteppedClock()
    let store = try Store.open(
      .device(MemoryDevice()), key: testKey, options: StoreOptions(clock: clock, flushSeconds: 60))
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch([1]), into: table) }
    clock.advance(seconds: 59)
    #expect(try store.keepUp())
    #expect(segments(store) == 0)
    clock.advance(seconds: 1)
    #expect(try !store.keepUp())
    #expect(segments(store) == 1)
  }
}
