import Testing
import VSQLSchema
import VSQLStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the store does when the system gives less than it asks for, or others are at the same files.
@Suite struct SurroundingsTests {
  #if os(Linux)
  @Test func memoryThatIsNotThereIsAnError() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 1 << 31, rlim_max: 1 << 31)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      do {
        // 2 KiB each.
        try KeyBlock.reserve(1 << 20)
        exit(1)
      } catch StorageError.outOfMemory {
        // What fits still works.
        let block = KeyBlock(random: SystemRandomness())
        exit(block.count == 64 ? 0 : 2)
      } catch {
        exit(3)
      }
    }
  }

  /// A process that may lock no memory at all, as in many containers.
  @Test func aProcessThatMayLockNothingWorks() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      // RLIMIT_MEMLOCK, a macro that Swift does not see.
      setrlimit(__rlimit_resource_t(8), &limit)
      // Root may lock whatever the limit says.
      if getuid() == 0 { setuid(65_534) }
      do {
        let store = try Store.inMemory()
        let table = try store.createPeople()
        try store.write { try $0.insert(peopleBatch(0..<3_000), into: table) }
        try store.checkpoint()
        exit(try store.ids(table).count == 3_000 ? 0 : 1)
      } catch {
        exit(2)
      }
    }
  }
  #endif

  private func temporaryDirectory() throws -> String {
    var template = Array("/tmp/vsql-surroundings-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    return String(cString: try #require(made))
  }

  private func remove(_ directory: String) {
    let device = FileDevice(directory: directory)
    for name in (try? device.list("")) ?? [] {
      if unlink("\(directory)/\(name)") != 0 { remove("\(directory)/\(name)") }
    }
    rmdir(directory)
  }

  /// Databases that are made at one moment with one key file that is not there yet get the same key, and none loses its own.
  @Test func aKeyFileIsMadeOnce() async throws {
    let directory = try temporaryDirectory()
    defer { remove(directory) }
    for round in 0..<12 {
      let key = RootKeySource.file("\(directory)/\(round).key")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<4 {
          group.addTask { try Store.open(.directory("\(directory)/\(round)-\(number)"), key: key).close() }
        }
        try await group.waitForAll()
      }
      for number in 0..<4 { try Store.open(.directory("\(directory)/\(round)-\(number)"), key: key).close() }
    }
  }

  /// What a failed commit or checkpoint left of segments is gone after an erasure: it would keep rows that the erasure does not
  /// know of.
  @Test(arguments: [1 << 10, 1 << 20]) func anErasureFindsWhatAFailureLeft(directSegmentBytes: Int) throws {
    let device = MemoryDevice()
    let options = StoreOptions(directSegmentBytes: directSegmentBytes)
    let first = try Store.on(device, options)
    let table = try first.createPeople()
    try first.write { try $0.insert(peopleBatch(100..<120), into: table) }
    try first.close()
    var left = 0
    for count in 0... {
      let inner = MemoryDevice(files: device.snapshotFiles())
      let full = FaultDevice(inner, failingAfter: .max)
      let store = try Store.open(.device(full), key: testKey, options: options)
      full.fail(after: count)
      do {
        try store.write { try $0.insert(peopleBatch(0..<40), into: table) }
        try store.checkpoint()
        break
      } catch StorageError.diskFull {}
      full.makeRoom()
      let before = Set(inner.snapshotFiles().keys.filter { $0.hasPrefix("segments/") })
      // Where the disk's content is not known, nothing is written before the next opening.
      guard (try? store.eraseEntity(ErasureTests.request(store, "p-3"))) != nil else { continue }
      let files = inner.snapshotFiles()
      let ring = try Vault.open(device: inner, source: testKey).keyRing
      try store.close()
      // Opening removes what nothing names: here it finds nothing.
      let again = MemoryDevice(files: files)
      _ = try Store.on(again)
      #expect(Set(again.snapshotFiles().keys) == Set(files.keys), "a failure at change \(count)")
      #expect(try Vault.open(device: again, source: testKey).keyRing.slots == ring.slots)
      if !before.isSubset(of: files.keys) { left += 1 }
    }
    #expect(left > 0)
  }
}
