import Synchronization
import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Waits are bounded, and what is stopped leaves nothing behind.
@Suite struct PatienceTests {
  private func state(_ body: () throws -> Void) -> SQLState? {
    do {
      try body()
      return nil
    } catch {
      return (error as? any DiagnosableError)?.diagnostic.state
    }
  }

  private func open(_ device: any Device, _ options: StoreOptions = StoreOptions()) throws -> Store {
    try .open(.device(device), key: testKey, options: options)
  }

  /// While one commit holds the writer's place: others wait as long as they may, readers not at all.
  @Test func waitsAreBounded() throws {
    let device = StallingDevice()
    let store = try open(device, StoreOptions(directSegmentBytes: 2_000))
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    func begin(_ patience: Patience) throws -> Transaction {
      let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
      transaction.patience = patience
      return transaction
    }
    let short = Patience(lockTimeoutMilliseconds: 20)
    let ready = try begin(short)
    try ready.insert(peopleBatch(10..<12), into: table)

    device.stall()
    let large = OwnThread {
      try store.write { try $0.insert(peopleBatch(100..<300), into: table) }
    }
    device.waitUntilSomebodyStalls()
    #expect(try store.ids(table) == [0, 1, 2])
    try store.record([
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .dataAccess, resource: "r", outcome: .done)
    ])
    #expect(state { try ready.commit() } == .lockNotAvailable)
    ready.rollback()
    let late = try begin(short)
    #expect(state { try late.insert(peopleBatch(20..<22), into: table) } == .lockNotAvailable)
    late.patience = Patience(isCancelled: { true })
    #expect(state { try late.insert(peopleBatch(20..<22), into: table) } == .queryCanceled)
    late.patience = Patience(deadline: .now + .milliseconds(5))
    #expect(state { try late.insert(peopleBatch(20..<22), into: table) } == .queryCanceled)
    late.rollback()
    #expect(
      state { _ = try store.vacuum([table], tenant: store.mainTenant, short) } == .lockNotAvailable)
    #expect(
      state { _ = try store.analyze([table], tenant: store.mainTenant, short) } == .lockNotAvailable)
    #expect(state { _ = try store.auditReader(short) } == .lockNotAvailable)
    #expect(
      state { _ = try store.rotateKeys(.root, actor: store.owner, short) } == .lockNotAvailable)
    let request = ErasureRequest(
      entity: .text("p-1"), type: "patient", tenant: store.mainTenant, actor: store.owner, reason: nil,
      isDryRun: false)
    #expect(state { _ = try store.eraseEntity(request, short) } == .lockNotAvailable)
    #expect(
      state {
        _ = try store.backup(
          to: .memory, actor: store.owner, tenant: store.mainTenant, short)
      } == .lockNotAvailable)

    device.release()
    try large.wait()
    #expect(try store.ids(table) == [0, 1, 2] + Array(100..<300))
    // Whoever gave up holds nothing.
    try store.write { try $0.insert(peopleBatch(10..<22), into: table) }
    _ = try store.vacuum([table], tenant: store.mainTenant, short)
    _ = try store.eraseEntity(request, short)
    #expect(try store.checkDatabase().findings.isEmpty)
    #expect(try store.auditEvents().contains { $0.resource == "r" })
  }

  /// A Patience that gives out at its question number `count`.
  private func patience(until count: Int) -> Patience {
    let asked = Counter()
    return Patience(isCancelled: { asked.next() >= count })
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
  }

  /// Stopped at each place where it can be, a statement leaves rows and files as they were.
  private func stoppedEverywhere(
    _ store: Store, _ table: TableID, _ device: MemoryDevice, _ body: (Patience) throws -> Void
  ) throws {
    var count = 0
    while true {
      let rows = try store.rows(table)
      let files = try device.list("segments")
      guard let found = state({ try body(patience(until: count)) }) else { break }
      #expect(found == .queryCanceled)
      #expect(try store.rows(table) == rows)
      #expect(try device.list("segments") == files)
      count += 1
      try #require(count < 1_000)
    }
    // It could be stopped at all.
    #expect(count > 1)
    #expect(try store.checkDatabase().findings.isEmpty)
  }

  @Test func aCommitThatIsStoppedLeavesNothing() throws {
    let device = MemoryDevice()
    let store = try Store.on(device, StoreOptions(directSegmentBytes: 2_000))
    let table = try store.createPeople()
    try stoppedEverywhere(store, table, device) { patience in
      let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
      defer { transaction.rollback() }
      transaction.patience = patience
      try transaction.insert(peopleBatch(0..<300), into: table)
      try transaction.commit()
    }
    #expect(try store.ids(table) == Array(0..<300))
    #expect(try Store.on(MemoryDevice(files: device.durableFiles())).ids(table) == Array(0..<300))
  }

  @Test func aVacuumThatIsStoppedLeavesNothing() throws {
    let device = MemoryDevice()
    let store = try Store.on(device, StoreOptions(directSegmentBytes: 2_000, checkpointMergeBytes: 0))
    let table = try store.createPeople()
    for start in [0, 1_000, 2_000] {
      try store.write { try $0.insert(peopleBatch(start..<start + 300), into: table) }
    }
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
      try transaction.delete(rows.prefix(10).map(\.rowID), from: table)
    }
    try store.checkpoint()
    try stoppedEverywhere(store, table, device) { patience in
      _ = try store.vacuum([table], tenant: store.mainTenant, patience)
    }
    #expect(try device.list("segments").count == 3)
  }

  @Test func aBackupThatIsStoppedLeavesTheFormerOne() throws {
    let device = MemoryDevice()
    let store = try Store.on(device, StoreOptions(directSegmentBytes: 2_000, checkpointMergeBytes: 0))
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<300), into: table) }
    let target = MemoryDevice()
    for (isFirst, next) in [(true, 1_000), (false, 2_000)] {
      var count = 0
      while true {
        let files = try target.list("files")
        let stopped = state {
          _ = try store.backup(
            to: .device(target), actor: store.owner, tenant: store.mainTenant, patience(until: count))
        }
        guard let stopped else { break }
        #expect(stopped == .queryCanceled)
        #expect(try target.list("files") == files)
        if !isFirst { #expect(try Store.checkDatabase(.device(target), key: testKey).findings.isEmpty) }
        count += 1
        try #require(count < 1_000)
      }
      #expect(count > 1)
      #expect(try Store.checkDatabase(.device(target), key: testKey).findings.isEmpty)
      try store.write { try $0.insert(peopleBatch(next..<next + 300), into: table) }
    }
  }
}
