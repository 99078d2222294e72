import Testing
import VSQLSchema
import VSQLStorage

/// One call of the device fails, at every place where one is made: an error at most, and a database that opens again.
@Suite struct SingleFaultTests {
  /// What a script was told.
  private struct Told {
    /// The rows of each commit, in order, and whether it was acknowledged.
    var commits: [(ids: [Int64], isAcknowledged: Bool)] = []
    var erased = false
    var hasRefusedErasure = false
  }

  private static let patient = "p-3"
  private static func ids(_ ids: some Sequence<Int>) -> [Int64] { ids.map(Int64.init) }
  private static func isPatients(_ id: Int64) -> Bool { id % 10 == 3 }

  /// Opens, commits, checkpoints, merges, erases, rotates and closes; goes on after an error.
  private static func run(_ device: any Device, _ table: TableID, _ told: inout Told) throws {
    let store = try Store.open(.device(device), key: testKey, options: CrashTests.options)
    var next = 100
    func commit(_ count: Int) {
      let ids = Array(next..<next + count)
      next += count
      let isDone = (try? store.write { try $0.insert(peopleBatch(ids), into: table) }) != nil
      told.commits.append((Self.ids(ids), isDone))
    }
    commit(1)
    commit(12)
    try? store.checkpoint()
    commit(2)
    do {
      _ = try store.eraseEntity(ErasureTests.request(store, patient))
      told.erased = true
    } catch { told.hasRefusedErasure = true }
    commit(1)
    _ = try? store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    _ = try? store.vacuum([table], tenant: store.mainTenant)
    commit(3)
    try? store.close()
  }

  /// The state of the disk is what was promised: each acknowledged commit whole, each other one whole or not at all, and nothing of who
  /// was erased before them.
  private static func check(_ files: [String: [UInt8]], _ told: Told, _ table: TableID, _ what: String) {
    do {
      let device = MemoryDevice(files: files)
      let store = try Store.on(device)
      let found = Set(try store.ids(table))
      var expected = Set<Int64>()
      for (index, commit) in told.commits.enumerated() {
        // Rows of the patient from before the erasure; those of later commits stay.
        let couldGo = index < 3 ? commit.ids.filter(isPatients) : []
        let sure = commit.ids.filter { !couldGo.contains($0) }
        let here = sure.filter(found.contains)
        #expect(here.isEmpty || here == sure, "\(what): half of commit \(index)")
        if commit.isAcknowledged { #expect(here == sure, "\(what): commit \(index) is lost") }
        expected.formUnion(commit.ids)
        if told.erased {
          #expect(couldGo.allSatisfy { !found.contains($0) }, "\(what): erased rows are back")
        }
      }
      #expect(found.subtracting(expected).allSatisfy { $0 < 20 }, "\(what): rows that nobody wrote")
      #expect(found.isSuperset(of: ids(0..<20).filter { !isPatients($0) }), "\(what): old rows are lost")
      if told.erased { #expect(!found.contains(3) && !found.contains(13), "\(what): erased rows are back") }
      #expect(try store.verifyAudit(actor: store.owner).isChainVerified, "\(what): the chain is broken")
      try store.write { try $0.insert(peopleBatch([90_000]), into: table) }
      try store.check()
      try store.close()
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  @Test(arguments: [SingleFaultDevice.Kind.inputOutput, .halfWritten]) func aFaultAnywhereIsAnErrorAndNoMore(
    kind: SingleFaultDevice.Kind
  ) throws {
    let device = MemoryDevice()
    let first = try Store.on(device, CrashTests.options)
    let table = try first.createPeople()
    try first.write { try $0.insert(peopleBatch(0..<20), into: table) }
    try first.close()
    let files = device.snapshotFiles()
    var count = 0
    // Without the long form, every place of some residue: all of them in turn over the runs of both kinds.
    let step = isTorture ? 1 : 5
    for place in stride(from: 0, to: .max, by: step) {
      let inner = MemoryDevice(files: files)
      let faulty = SingleFaultDevice(inner, failingAfter: place, kind)
      var told = Told()
      var refusal: (any Error)?
      do { try Self.run(faulty, table, &told) } catch { refusal = error }
      guard let failure = faulty.failure else {
        #expect(refusal == nil)
        break
      }
      let what = "\(kind) at call \(place), \(failure)"
      if let refusal { #expect(refusal is StorageError, "\(what)") }
      Self.check(inner.snapshotFiles(), told, table, what)
      Self.check(inner.durableFiles(), told, table, what + ", then a crash")
      count += 1
    }
    #expect(count > 40)
    if isTorture { print("\(kind): \(count) faults, \(2 * count) states of the disk") }
  }

  /// What a writer beside removes while CHECK DATABASE reads is a finding of that pass, and no error of the check.
  @Test func aFileThatGoesDuringACheckIsNoError() throws {
    let device = MemoryDevice()
    let store = try Store.on(device, CrashTests.options)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<20), into: table) }
    try store.checkpoint()
    try store.write { try $0.insert(peopleBatch([20]), into: table) }
    try store.close()
    #expect(device.snapshotFiles().keys.contains { $0.hasPrefix("wal/") })
    var count = 0
    for place in 0... {
      let faulty = SingleFaultDevice(device, failingAfter: place, .missing)
      do {
        _ = try Store.checkDatabase(.device(faulty), key: testKey)
      } catch {
        #expect(
          faulty.failure?.hasSuffix("DATABASE") ?? false, "call \(place), \(faulty.failure ?? ""): \(error)")
      }
      if faulty.failure == nil { break }
      count += 1
    }
    #expect(count > 20)
  }
}
