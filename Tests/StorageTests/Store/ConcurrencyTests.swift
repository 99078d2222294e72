import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct ConcurrencyTests {
  /// Writers on several threads while readers scan: every acknowledged commit is there, once and whole; no reader sees half of one.
  @Test func commitsOfManyThreadsAreAllThere() async throws {
    let device = MemoryDevice()
    let store = try Store.on(device, StoreOptions(flushBytes: 8 << 10, directSegmentBytes: 4 << 10))
    let table = try store.createPeople()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for round in 0..<12 {
            let first = thread * 10_000 + round * 100
            try store.write {
              try $0.insert(peopleBatch(first..<first + (round % 4 == 3 ? 60 : 5)), into: table)
            }
          }
        }
      }
      group.addTask {
        for _ in 0..<20 {
          let ids = try store.ids(table)
          let commits = Dictionary(grouping: ids) { $0 / 100 }
          for (commit, ids) in commits { #expect(ids.count == (commit % 100 % 4 == 3 ? 60 : 5)) }
        }
      }
      try await group.waitForAll()
    }
    let expected = (0..<4).flatMap { thread in
      (0..<12).flatMap { round in
        (0..<(round % 4 == 3 ? 60 : 5)).map { Int64(thread * 10_000 + round * 100 + $0) }
      }
    }
    #expect(try store.ids(table).sorted() == expected)
    let rows = try store.rows(table)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.rowID < $1.rowID })
    #expect(try Store.on(MemoryDevice(files: device.durableFiles())).rows(table) == rows)
  }

  /// Segments are merged, vacuumed, erased and rotated while others commit and read: nothing is lost, nothing comes back.
  @Test func mergesRunBesideEverythingElse() async throws {
    let device = MemoryDevice()
    let store = try Store.on(
      device,
      StoreOptions(flushBytes: 4 << 10, directSegmentBytes: 2 << 10, checkpointMergeBytes: 0, hasUpkeep: true)
    )
    let table = try store.createPeople()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<2 {
        group.addTask {
          for round in 0..<20 {
            let first = thread * 10_000 + round * 100
            while true {
              do {
                try store.write {
                  try $0.insert(peopleBatch(first..<first + 30) { "p-\($0 % 10)" }, into: table)
                }
                break
              } catch StorageError.snapshotErased {}
            }
          }
        }
      }
      group.addTask { for _ in 0..<30 { _ = try store.keepUp() } }
      group.addTask { for _ in 0..<6 { _ = try store.vacuum([table], tenant: store.mainTenant) } }
      group.addTask {
        for _ in 0..<4 {
          _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
          _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
        }
      }
      group.addTask {
        for _ in 0..<20 {
          // An erasure may end it; else it sees whole commits.
          guard let ids = try? store.ids(table) else { continue }
          for (_, ids) in Dictionary(grouping: ids, by: { $0 / 100 }) { #expect(ids.count >= 27) }
        }
      }
      try await group.waitForAll()
    }
    _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
    var expected: [Int64] = []
    for commit in 0..<40 {
      let first = commit / 20 * 10_000 + commit % 20 * 100
      for id in first..<first + 30 where id % 10 != 3 { expected.append(Int64(id)) }
    }
    #expect(try store.ids(table).sorted() == expected)
    _ = try store.vacuum([table], tenant: store.mainTenant)
    #expect(store.storage().first?.segments == 1)
    try store.check()
    try store.close()
    #expect(try Store.on(device).ids(table).sorted() == expected)
  }

  /// All want the same row: one wins, the others are told to try again.
  @Test func oneOfManyDeletersWins() async throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch([1]), into: table) }
    let row = try #require(try store.rows(table).first?.rowID)
    let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
      for thread in 0..<4 {
        group.addTask {
          let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
          do {
            try transaction.delete([row], from: table)
            try transaction.insert(peopleBatch([1]) { _ in "thread \(thread)" }, into: table)
            try transaction.commit()
            return true
          } catch StorageError.conflict {
            transaction.rollback()
            return false
          } catch StorageError.uniqueViolation {
            transaction.rollback()
            return false
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    // Those that began after the winner did not find the row at all.
    #expect(wins == 1)
    #expect(try store.ids(table) == [1])
  }

  @Test func eventsOfReadsAreDurableSoonWithoutACommit() async throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    try store.record([
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .dataAccess, resource: "t", outcome: .intent)
    ])
    // No time is promised to a busy machine: the test ends when the event is there.
    while try Store.on(MemoryDevice(files: device.durableFiles())).auditEvents().isEmpty {
      try await Task.sleep(nanoseconds: 20_000_000)
    }
    try store.close()
    #expect(try Store.on(device).auditEvents().map(\.action) == ["data_access"])
  }

  @Test func aShortSessionLeavesNoLogAndADamagedChainIsNotContinued() throws {
    let device = MemoryDevice()
    var store = try Store.on(device)
    let event = AuditEvent(
      tenant: store.mainTenant, actor: store.owner, action: .dataAccess, resource: "t", outcome: .done)
    try store.record([event, event])
    try store.close()
    let path = "audit/0000000000000001.log"
    #expect(device.snapshotFiles()[path] != nil)
    // Damaged before it is opened: only reading is let in.
    device.flip(path, offset: 70, bit: 0)
    let damaged = device.snapshotFiles()
    #expect(throws: StorageError.self) { try Store.on(device) }
    #expect(device.snapshotFiles() == damaged)
    // Damaged while it is open: what VERIFY AUDIT finds ends the writing.
    device.flip(path, offset: 70, bit: 0)
    store = try Store.on(device)
    device.flip(path, offset: 70, bit: 0)
    let answer = try store.verifyAudit(actor: store.owner)
    #expect(!answer.isChainVerified && answer.firstBadEvent == 1)
    #expect(throws: StorageError.self) { try store.createPeople() }
    #expect(throws: StorageError.self) { try store.record([event]) }
    #expect(try !store.verifyAudit(actor: store.owner).isChainVerified)
    let before = device.snapshotFiles()
    try store.close()
    #expect(device.snapshotFiles() == before)
  }
}
