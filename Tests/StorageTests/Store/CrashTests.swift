import Synchronization
import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct CrashTests {
  /// Under which ten rows write a segment, and a few commits a checkpoint.
  static let options = StoreOptions(flushBytes: 2 << 10, directSegmentBytes: 1 << 10)

  /// What a process did before it died: the ids of each commit, and how many commits it was told of.
  final class Progress: Sendable {
    private let state = Mutex((commits: [[Int]](), acknowledged: 0))

    func attempt(_ ids: [Int]) { state.withLock { $0.commits.append(ids) } }
    func acknowledge() { state.withLock { $0.acknowledged = $0.commits.count } }
    func restart() { state.withLock { $0 = ([], 0) } }

    /// Whether `ids` are those of a prefix of the commits, no acknowledged one missing.
    func allows(_ ids: [Int64]) -> Bool {
      state.withLock { state in
        (state.acknowledged...max(state.acknowledged, state.commits.count)).contains { count in
          state.commits[..<count].flatMap { $0 }.map(Int64.init) == ids
        }
      }
    }
  }

  @Test func whatWasAcknowledgedOutlivesACrashAnywhere() throws {
    let progress = Progress()
    let crashes = try crashEverywhere([:]) { device in
      progress.restart()
      var store = try Store.open(.device(device), key: testKey, options: Self.options)
      let table = try store.createPeople()
      var next = 0
      func commit(_ count: Int) throws {
        let ids = Array(next..<next + count)
        next += count
        progress.attempt(ids)
        try store.write { try $0.insert(peopleBatch(ids), into: table) }
        progress.acknowledge()
      }
      for _ in 0..<3 { try commit(1) }
      try commit(12)
      try commit(2)
      try store.checkpoint()
      try commit(2)
      try store.close()
      store = try Store.open(.device(device), key: testKey, options: Self.options)
      try commit(1)
      try store.close()
    } check: { device in
      guard try Vault.exists(device) else {
        #expect(progress.allows([]))
        return
      }
      let store = try Store.on(device)
      let table = store.snapshot(tenant: store.mainTenant).table(named: "people")?.id
      let ids = try table.map { try store.ids($0) } ?? []
      #expect(progress.allows(ids), "\(ids)")
      #expect(store.notices.count <= 1)
      if let table { try store.write { try $0.insert(peopleBatch([1_000]), into: table) } }
      try store.check()
      try store.close()
    }
    #expect(crashes > 60)
  }

  @Test func aFullDiskLeavesTheDatabaseAsItWas() throws {
    let device = MemoryDevice()
    let first = try Store.on(device, Self.options)
    let table = try first.createPeople()
    try first.write { try $0.insert(peopleBatch(0..<20), into: table) }
    try first.close()
    for (count, size) in [(2, 1), (2, 40), (5, 1), (9, 40), (14, 40)] {
      let full = FaultDevice(MemoryDevice(files: device.snapshotFiles()), failingAfter: count)
      let store: Store
      do {
        store = try Store.open(.device(full), key: testKey, options: Self.options)
      } catch StorageError.diskFull {
        continue
      }
      #expect(throws: StorageError.self) {
        for start in 100..<140 {
          try store.write { try $0.insert(peopleBatch(start * 100..<start * 100 + size), into: table) }
        }
      }
      #expect(try store.ids(table).prefix(20) == Array(0..<20)[...])
      let seen = try store.ids(table)
      // The next statement works once there is space again.
      full.makeRoom()
      try store.write { try $0.insert(peopleBatch([90_000]), into: table) }
      #expect(try store.ids(table) == seen + [90_000])
      try store.check()
      try store.close()
      let again = try Store.on(full.inner)
      #expect(try again.ids(table) == seen + [90_000])
      #expect(try again.verifyAudit(actor: again.owner).isChainVerified)
    }
  }

  /// Each file of a small, cleanly closed database, with one bit of each byte flipped (every bit with VSQL_TORTURE=1).
  @Test(arguments: [true, false]) func everyFlippedBitIsFoundAndNamed(inLog: Bool) throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    var definition = peopleDefinition
    definition.indexes = [IndexTests.byPatient]
    let table = try store.write { try $0.createTable(definition) }
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    try store.record([
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .dataAccess, resource: "table", outcome: .done)
    ])
    if !inLog { try store.checkpoint() }
    try store.close()
    let files = device.snapshotFiles()
    #expect(files.keys.contains { $0.hasPrefix(inLog ? "wal/" : "segments/") })
    #expect(files.values.reduce(0) { $0 + $1.count } < 16 << 10)
    var flips = 0
    var missed: [String] = []
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      for offset in bytes.indices {
        for bit in isTorture ? Array(0..<8) : [offset % 8] {
          let damaged = MemoryDevice(files: files)
          damaged.flip(path, offset: offset, bit: bit)
          flips += 1
          do {
            let opened = try Store.on(damaged, StoreOptions(isReadOnly: true))
            _ = try opened.rows(table)
            try opened.check()
            missed.append("\(path), byte \(offset), bit \(bit): not found")
          } catch {
            if !Self.names(path, offset, error) {
              missed.append("\(path), byte \(offset), bit \(bit): \(error)")
            }
          }
        }
      }
    }
    #expect(flips > 1_000)
    #expect(missed.isEmpty)
  }

  /// Whether the error names the file, and an offset that is not behind the flipped byte.
  private static func names(_ path: String, _ offset: Int, _ error: any Error) -> Bool {
    switch error as? StorageError {
    case .malformed(let named, let at, _), .unauthentic(let named, let at, _): named == path && at <= offset
    case .unchained(let named, _, let what): named == path || what.contains(path)
    case .wrongKey, .noKey: path == "DATABASE"
    case .missing(let named): named == path
    case .system, .diskFull, .outOfMemory, .locked, .readOnly, .readOnlyTransaction, .conflict,
      .snapshotErased, .uniqueViolation, .duplicateKeys,
      .notNullViolation, .limit,
      nil:
      false
    }
  }
}
