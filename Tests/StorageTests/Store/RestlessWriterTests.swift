import Synchronization
import Testing
import VSQLStorage

/// What CHECK DATABASE says beside a writer that never rests.
@Suite struct RestlessWriterTests {
  /// Each pass misses another file: none of that is damage. A file that every pass misses is.
  @Test(arguments: [false, true]) func onlyWhatLastsIsAFault(isDamaged: Bool) throws {
    let memory = MemoryDevice()
    let store = try Store.on(memory)
    let table = try store.createPeople()
    for round in 0..<9 {
      try store.write { try $0.insert(peopleBatch(round * 5_000..<round * 5_000 + 3_000), into: table) }
      try store.checkpoint()
    }
    try store.close()
    let device = RestlessDevice(memory)
    if isDamaged { try memory.remove(device.files[0]) }
    let report = try Store.checkDatabase(
      .device(device), key: testKey)
    #expect(Set(report.findings.map(\.file)) == (isDamaged ? [device.files[0]] : []))
  }
}

/// Hides another segment's directory each time the check looks at the whole database.
private final class RestlessDevice: ForwardingDevice {
  let memory: MemoryDevice
  let files: [String]
  private let looks = Atomic(0)

  init(_ memory: MemoryDevice) {
    self.memory = memory
    files = memory.snapshotFiles().keys.filter { $0.hasSuffix(".dir") }.sorted()
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    if !files.isEmpty, path == files[(looks.load(ordering: .relaxed) / 2) % files.count] {
      throw .missing(path: path)
    }
    return try memory.open(path, mode)
  }

  func list(_ directory: String) throws(StorageError) -> [String] {
    if !directory.isEmpty { return try memory.list(directory) }
    looks.add(1, ordering: .relaxed)
    return try memory.list(directory) + ["look \(looks.load(ordering: .relaxed))"]
  }
}
