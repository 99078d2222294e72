import Synchronization
import Testing
import VSQLSchema
import VSQLStorage

/// What no file alone tells: a state that another has replaced, a log that ends where one of its frames does.
@Suite struct FormerStateTests {
  /// A state whose segments are all still there, and no log that it misses: only the ring knows that it is not the newest.
  @Test(arguments: [true, false]) func anOlderStateIsRefused(isReadOnly: Bool) throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<200), into: table) }
    try store.checkpoint()
    let former = device.durableFiles()
    try store.write { try $0.insert(peopleBatch(200..<420), into: table) }
    try store.checkpoint()
    let present = device.durableFiles()
    let (old, new) = (try Self.state(former), try Self.state(present))
    #expect(old != new && !present.keys.contains { $0.hasPrefix("wal/") })
    #expect(former.keys.filter { $0.hasPrefix("segments/") }.allSatisfy { present[$0] != nil })
    var files = present.filter { $0.key != new }
    files[old] = former[old]
    #expect {
      try Store.on(MemoryDevice(files: files), StoreOptions(isReadOnly: isReadOnly))
    } throws: {
      guard case .malformed(let path, _, let what)? = $0 as? StorageError else { return false }
      return path == old && what.contains("older state")
    }
    let found = try Store.checkDatabase(.device(MemoryDevice(files: files)), key: testKey).findings
    #expect(found.map(\.file) == [old])
    // Beside the newest it is a leftover.
    files = present
    files[old] = former[old]
    #expect(try Store.on(MemoryDevice(files: files)).ids(table).count == 420)
  }

  private static func state(_ files: [String: [UInt8]]) throws -> String {
    try #require(files.keys.first { $0.hasSuffix(".state") })
  }

  /// The ring says so even where nothing but events was written since.
  @Test func aStateBeforeTheEndOfAnErasureIsRefused() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<50), into: table) }
    try store.close()
    let keeper = StateKeeper(device)
    let again = try Store.open(.device(keeper), key: testKey)
    _ = try again.eraseEntity(ErasureTests.request(again, "p-3"))
    try again.close()
    let files = device.durableFiles()
    let newest = try Self.state(files)
    let former = keeper.states.filter { $0.key != newest }
    #expect(former.count >= 3)
    for (path, bytes) in former {
      var files = files.filter { $0.key != newest }
      files[path] = bytes
      #expect(throws: StorageError.self, "\(path)") { try Store.on(MemoryDevice(files: files)) }
    }
  }

  /// A log that nobody closed, cut behind each of its frames, in the zeros behind a frame, and in the room behind the last.
  @Test func aLogThatEndsBetweenFramesIsTold() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.checkpoint()
    var ends: [Int] = []
    for id in 0..<4 {
      try store.write { try $0.insert(peopleBatch([id]), into: table) }
      let log = try #require(device.durableFiles().first { $0.key.hasPrefix("wal/") })
      ends.append(try #require(log.value.lastIndex { $0 != 0 }) + 1)
    }
    let files = device.durableFiles()
    let (path, log) = try #require(files.first { $0.key.hasPrefix("wal/") })
    #expect(log.count % 8_192 == 0)
    func open(_ size: Int, readOnly: Bool) throws -> (notices: [String], ids: [Int64]) {
      var cut = files
      cut[path] = Array(log.prefix(size))
      let damaged = MemoryDevice(files: cut)
      let opened = try Store.on(damaged, StoreOptions(isReadOnly: readOnly))
      let answer = (opened.notices, try opened.ids(table))
      if !readOnly {
        try opened.close()
        let events = try Store.on(damaged).auditEvents().filter { $0.action == "recovery" }
        #expect(events.count == answer.0.count)
        #expect(try Store.on(damaged).notices.isEmpty)
      }
      return answer
    }
    for isReadOnly in [true, false] {
      #expect(try open(log.count, readOnly: isReadOnly).notices.isEmpty)
      for (index, end) in ends.enumerated() {
        // The frame's last byte, the zeros behind it one by one, and some of the room.
        for size in [end, end + 1, (end + 7) / 8 * 8, (end + 7) / 8 * 8 + 40]
        where index == 3 || size <= (end + 7) / 8 * 8 {
          let (notices, ids) = try open(size, readOnly: isReadOnly)
          #expect(ids == Array(0...Int64(index)), "cut at \(size)")
          #expect(
            notices.count == 1 && notices.allSatisfy { $0.hasPrefix("\(path): the file ends at offset") })
        }
      }
    }
  }
}

/// Keeps every state file that was ever renamed to its place.
private final class StateKeeper: ForwardingDevice {
  let memory: MemoryDevice
  private let kept = Mutex<[String: [UInt8]]>([:])

  init(_ memory: MemoryDevice) { self.memory = memory }

  var states: [String: [UInt8]] { kept.withLock { $0 } }

  func rename(_ from: String, to: String) throws(StorageError) {
    try memory.rename(from, to: to)
    if to.hasPrefix("state/"), let bytes = memory.snapshotFiles()[to] { kept.withLock { $0[to] = bytes } }
  }
}
