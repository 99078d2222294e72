import Foundation
import Synchronization
import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct BackupTests {
  /// So long that random bytes do not happen to hold it.
  private static func patient(_ id: Int) -> String { "the patient p-\(id % 10)" }

  private func people(
    _ device: MemoryDevice, rows: Int = 1_200
  ) throws -> (store: Store, table: TableID) {
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<rows, patient: Self.patient), into: table) }
    try store.checkpoint()
    try store.write { try $0.insert(peopleBatch(2_000..<2_010, patient: Self.patient), into: table) }
    return (store, table)
  }

  private func backup(_ store: Store, to target: any Device) throws -> BackupOutcome {
    try store.backup(to: .device(target), actor: store.owner, tenant: store.mainTenant)
  }

  private func restore(
    _ backup: any Device, to target: any Device = MemoryDevice(), _ erasures: ErasureKnowledge = .lossAccepted
  ) throws -> RestoreOutcome {
    try Store.restore(.device(backup), to: .device(target), key: testKey, erasures: erasures)
  }

  private func erase(_ entity: String, in store: Store) throws {
    _ = try store.eraseEntity(
      ErasureRequest(
        entity: .text(entity), type: "patient", tenant: store.mainTenant, actor: store.owner, reason: nil,
        isDryRun: false))
  }

  private func table(of store: Store) throws -> TableID {
    try #require(store.snapshot(tenant: store.mainTenant).table(named: "people")?.id)
  }

  @Test func aBackupIsTheDatabaseOfItsMoment() throws {
    let (store, table) = try people(MemoryDevice())
    let target = MemoryDevice()
    let rows = try store.rows(table)
    let outcome = try backup(store, to: target)
    #expect(outcome.files == outcome.filesCopied + 1 && outcome.sizeBytes == outcome.bytesCopied + 200)
    try store.write { try $0.insert(peopleBatch(5_000..<5_100), into: table) }
    let report = try Store.checkDatabase(.device(target), key: testKey)
    #expect(report.findings.isEmpty && report.counts.records == rows.count, "\(report.findings)")

    let copy = MemoryDevice()
    let restored = try restore(target, to: copy)
    #expect(restored.commit == outcome.commit && restored.sizeBytes == outcome.sizeBytes)
    let again = try Store.on(copy)
    #expect(again.databaseID == store.databaseID)
    #expect(try again.rows(table) == rows)
    #expect(try again.checkDatabase().findings.isEmpty)
    let events = try again.auditEvents()
    #expect(events.allSatisfy { $0.isChainVerified })
    #expect(events.suffix(1).map(\.action) == ["restore"])
    #expect(events.contains { $0.action == "backup" && $0.outcome == "intent" })
    #expect(try store.auditEvents().suffix(1).map(\.action) == ["backup"])
    try again.write { try $0.insert(peopleBatch([90_000]), into: table) }
    try again.close()
    try store.close()
  }

  /// No root key, no name, no value: without the key file nothing opens.
  @Test func withoutTheKeyABackupIsUseless() throws {
    let (store, _) = try people(MemoryDevice())
    let target = MemoryDevice()
    _ = try backup(store, to: target)
    let other = RootKeySource.bytes(Array(2...33))
    #expect(throws: StorageError.self) { try Store.checkDatabase(.device(target), key: other) }
    #expect(throws: StorageError.self) {
      try Store.restore(.device(target), to: .memory, key: other, erasures: .lossAccepted)
    }
    for (path, bytes) in target.snapshotFiles() {
      #expect(!bytes.holds(Array(1...32)) && !bytes.holds(Array("people".utf8)), "\(path)")
      #expect(!bytes.holds(Array("patient p-7".utf8)) && !bytes.holds(Array("name 110".utf8)), "\(path)")
    }
    // It is no database, and nothing opens it as one.
    #expect(throws: Diagnostic.self) {
      try Store.open(.device(target), key: testKey, options: StoreOptions(create: false))
    }
    try store.close()
  }

  @Test func aLaterBackupCopiesWhatIsNew() throws {
    let (store, table) = try people(MemoryDevice())
    let target = MemoryDevice()
    let first = try backup(store, to: target)
    let names = Set(try target.list("files"))
    try store.write { try $0.insert(peopleBatch(3_000..<3_050), into: table) }
    let second = try backup(store, to: target)
    // Of the large segment none, of the audit chain, ring and state all.
    #expect(second.bytesCopied < first.bytesCopied / 2 && second.commit == first.commit + 1)
    let kept = try target.list("files")
    #expect(!names.isDisjoint(with: kept))
    #expect(try target.list("files").count == second.files - 1)
    let copy = MemoryDevice()
    _ = try restore(target, to: copy)
    #expect(try Store.on(copy).ids(table).count == 1_260)
    // Another database's backup, and a directory of somebody's.
    let (other, _) = try people(MemoryDevice())
    #expect(throws: Diagnostic.self) { try backup(other, to: target) }
    #expect(throws: Diagnostic.self) { try backup(store, to: MemoryDevice(files: ["notes.txt": [1]])) }
    #expect(throws: Diagnostic.self) { try backup(store, to: MemoryDevice(files: ["files/notes.txt": [1]])) }
    #expect(throws: Diagnostic.self) { try restore(target, to: copy) }
    try store.close()
    try other.close()
  }

  /// Who was erased since the backup does not come back, when the database as it is now can be asked.
  @Test func erasuresSinceTheBackupAreApplied() throws {
    let live = MemoryDevice()
    let (store, table) = try people(live)
    try erase("the patient p-1", in: store)
    let target = MemoryDevice()
    let taken = try backup(store, to: target)
    try erase("the patient p-3", in: store)
    try erase("the patient p-4", in: store)
    try erase("nobody", in: store)
    let expected = try store.rows(table)

    #expect {
      try restore(target, to: MemoryDevice(), .none)
    } throws: {
      ($0 as? Diagnostic).map { $0.state.code == "55000" && $0.message.contains("erased since 20") } ?? false
    }
    let copy = MemoryDevice()
    // Beside the writer.
    let outcome = try restore(target, to: copy, .database(.device(live), key: testKey))
    #expect(outcome.entitiesErased == 2 && outcome.recordsErased == 242)
    let again = try Store.on(copy)
    #expect(again.notices.isEmpty)
    #expect(try again.rows(table) == expected)
    #expect(try again.checkDatabase().findings.isEmpty)
    let actions = try again.auditEvents().suffix(3).map(\.action)
    #expect(actions == ["restore", "entity_erasure", "entity_erasure"])
    func isResidue(in store: Store) throws -> Bool {
      var isFound = false
      try store.units { _, _, content in if content.holds(Array("patient p-4".utf8)) { isFound = true } }
      return isFound
    }
    #expect(try !isResidue(in: again))
    // The list goes on: a backup of the copy still knows them.
    try again.close()

    let accepted = MemoryDevice()
    _ = try restore(target, to: accepted, .lossAccepted)
    let lost = try Store.on(accepted)
    #expect(try lost.ids(table).count == expected.count + 242)
    #expect(try isResidue(in: lost))
    #expect(try lost.auditEvents().suffix(1).first?.detail?.contains("loss accepted") ?? false)
    try lost.close()

    // A database that is older than the backup, or another one, tells nothing.
    try store.write { try $0.insert(peopleBatch([7_000]), into: table) }
    let later = MemoryDevice()
    #expect(try backup(store, to: later).commit > taken.commit)
    #expect(throws: Diagnostic.self) {
      try restore(later, to: MemoryDevice(), .database(.device(copy), key: testKey))
    }
    let stranger = MemoryDevice()
    let (other, _) = try people(stranger)
    #expect(throws: Diagnostic.self) {
      try restore(target, to: MemoryDevice(), .database(.device(stranger), key: testKey))
    }
    try store.close()
    try other.close()
  }

  @Test func aDamagedBackupIsRefusedAndTold() throws {
    let (store, _) = try people(MemoryDevice())
    let target = MemoryDevice()
    _ = try backup(store, to: target)
    try store.close()
    let files = target.snapshotFiles()
    for (path, bytes) in files where !bytes.isEmpty {
      for offset in [0, bytes.count / 2, bytes.count - 1] {
        let copy = MemoryDevice(files: files)
        copy.flip(path, offset: offset, bit: 5)
        #expect(throws: (any Error).self, "\(path), \(offset)") { try restore(copy) }
        do {
          let found = try Store.checkDatabase(.device(copy), key: testKey).findings
          #expect(found.first?.file == path, "\(path), \(offset): \(found)")
        } catch StorageError.wrongKey {
          #expect(path == "BACKUP")
        }
      }
      let copy = MemoryDevice(files: files.filter { $0.key != path })
      #expect(throws: (any Error).self, "without \(path)") { try restore(copy) }
    }
  }

  /// A damaged segment is told, not copied.
  @Test func aDamagedDatabaseHasNoBackup() throws {
    let device = MemoryDevice()
    let (store, _) = try people(device)
    let path = try #require(device.snapshotFiles().keys.first { $0.hasSuffix(".seg") })
    device.flip(path, offset: 5_000, bit: 1)
    let target = MemoryDevice()
    #expect {
      try backup(store, to: target)
    } throws: {
      if case StorageError.malformed(path, _, _) = $0 { true } else { false }
    }
    #expect(try !target.exists("BACKUP"))
  }

  /// At any write of a first or a later backup: the database is untouched, the backup is whole, the one before, or none.
  @Test(arguments: [false, true]) func aCrashLeavesAWholeBackupOrNone(isLater: Bool) throws {
    let (store, table) = try people(MemoryDevice(), rows: 40)
    let former = MemoryDevice()
    var counts = [try store.ids(table).count]
    if isLater {
      _ = try backup(store, to: former)
      try store.write { try $0.insert(peopleBatch(3_000..<3_020), into: table) }
      try erase("the patient p-5", in: store)
      counts.append(try store.ids(table).count)
    }
    let crashes = try crashEverywhere(former.snapshotFiles().filter { $0.key != "LOCK" }) { device in
      _ = try backup(store, to: device)
    } check: { device in
      #expect(try store.ids(table).count == counts.last)
      guard try device.exists("BACKUP") else {
        #expect(!isLater)
        #expect(throws: Diagnostic.self) { try restore(device) }
        #expect(throws: StorageError.self) { try Store.checkDatabase(.device(device), key: testKey) }
        return
      }
      #expect(try Store.checkDatabase(.device(device), key: testKey).findings.isEmpty)
      let copy = MemoryDevice()
      _ = try restore(device, to: copy)
      let count = try Store.on(copy).ids(table).count
      #expect(counts.contains(count))
      // And the next one succeeds.
      _ = try backup(store, to: device)
      #expect(try Store.checkDatabase(.device(device), key: testKey).counts.records == counts.last)
    }
    #expect(crashes > 20)
    #expect(try store.checkDatabase().findings.isEmpty)
    try store.close()
  }

  /// A crash of the database's own disk while it is backed up loses nothing.
  @Test func aCrashOfTheSourceLosesNothing() throws {
    let device = MemoryDevice()
    let (first, table) = try people(device, rows: 40)
    try first.close()
    let crashes = try crashEverywhere(device.snapshotFiles().filter { $0.key != "LOCK" }) { device in
      let store = try Store.open(.device(device), key: testKey, options: StoreOptions())
      _ = try backup(store, to: MemoryDevice())
      try store.close()
    } check: { device in
      let store = try Store.on(device)
      #expect(try store.ids(table).count == 50)
      try store.check()
      try store.close()
    }
    #expect(crashes > 5)
  }

  /// At any write of a restore: no database, or one that the erased are not in.
  @Test func aCrashInARestoreBringsNobodyBack() throws {
    let live = MemoryDevice()
    let (store, table) = try people(live, rows: 40)
    let target = MemoryDevice()
    _ = try backup(store, to: target)
    try erase("the patient p-3", in: store)
    let expected = try store.ids(table)
    let crashes = try crashEverywhere([:]) { device in
      _ = try restore(target, to: device, .database(.device(live), key: testKey))
    } check: { device in
      if try !Vault.exists(device) {
        let again = MemoryDevice(files: device.snapshotFiles())
        _ = try restore(target, to: again, .database(.device(live), key: testKey))
        #expect(try Store.on(again).ids(table) == expected)
        return
      }
      let reader = try Store.open(.device(device), key: testKey, options: StoreOptions(isReadOnly: true))
      #expect(try reader.ids(table) == expected)
      let writer = try Store.on(device)
      #expect(try writer.ids(table) == expected)
      #expect(try writer.checkDatabase().findings.isEmpty)
      try writer.close()
    }
    #expect(crashes > 30)
    try store.close()
  }

  /// Commits, erasures and rotations of another thread while it is copied: what is restored is one moment.
  @Test func writersGoOn() throws {
    let (store, table) = try people(MemoryDevice())
    let isDone = Mutex(false)
    let failure = Mutex<String?>(nil)
    let thread = Thread {
      do {
        for round in 1...10 {
          // Twins of one commit: a moment has both or neither.
          let id = 10_000 * round
          try store.write { try $0.insert(peopleBatch([id, id + 1], patient: { _ in "twin" }), into: table) }
          if round % 3 == 0 { try store.checkpoint() }
          if round == 4 || round == 8 { try erase("the patient p-\(round)", in: store) }
          if round == 6 { _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner) }
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
      isDone.withLock { $0 = true }
    }
    thread.stackSize = 8 << 20
    thread.start()
    let target = MemoryDevice()
    var backups = 0
    while !isDone.withLock({ $0 }) || backups == 0 {
      _ = try backup(store, to: target)
      #expect(try Store.checkDatabase(.device(target), key: testKey).findings.isEmpty)
      let copy = MemoryDevice()
      _ = try restore(target, to: copy)
      let ids = try Store.on(copy).ids(table).filter { $0 >= 10_000 }
      #expect(ids.count % 2 == 0)
      backups += 1
    }
    #expect(failure.withLock { $0 } == nil)
    try store.close()
  }
}

extension [UInt8] {
  fileprivate func holds(_ bytes: [UInt8]) -> Bool {
    count >= bytes.count && indices.dropLast(bytes.count - 1).contains { self[$0...].starts(with: bytes) }
  }
}
