import Testing
import VSQLStorage

/// Frames are sealed, each bound to its file and place.
@Suite struct SpillFileTests {
  private func open(_ device: any Device) throws -> Store {
    try Store.open(.device(device), key: .bytes([UInt8](repeating: 7, count: 32)))
  }

  @Test func aChangedFrameIsAnError() throws {
    let device = KeepingDevice()
    let spill = try open(device).makeSpillFile()
    let frames = try (0..<3).map { try spill.append([UInt8](repeating: UInt8($0), count: 100)) }
    let path = try #require(device.memory.snapshotFiles().keys.first { $0.hasSuffix(".spill") })
    #expect(device.memory.flip(path, offset: 116 + 50, bit: 3))
    #expect(throws: StorageError.self) { try spill.read(frames[1]) }
    #expect(try spill.read(frames[0]) == [UInt8](repeating: 0, count: 100))
    #expect(try spill.read(frames[2]) == [UInt8](repeating: 2, count: 100))
  }

  @Test func nothingPlainIsWritten() throws {
    let device = KeepingDevice()
    let spill = try open(device).makeSpillFile()
    let secret = Array("a sentence that nobody may find on the disk".utf8)
    _ = try spill.append(secret)
    for (path, bytes) in device.memory.snapshotFiles() {
      let isFound = bytes.indices.contains { bytes[$0...].starts(with: secret.prefix(12)) }
      #expect(!isFound, "\(path)")
    }
  }

  /// A frame moved over another of its size does not open there.
  @Test func aMovedFrameIsAnError() throws {
    let device = KeepingDevice()
    let spill = try open(device).makeSpillFile()
    let frames = try (0..<2).map { try spill.append([UInt8](repeating: UInt8($0), count: 64)) }
    let path = try #require(device.memory.snapshotFiles().keys.first { $0.hasSuffix(".spill") })
    let bytes = try #require(device.memory.snapshotFiles()[path])
    try device.memory.open(path, .write).write(Array(bytes[..<80]), at: 80)
    #expect(throws: StorageError.self) { try spill.read(frames[1]) }
  }

  /// What a crash left between making the file and unlinking it goes at the next opening.
  @Test func aLeftoverGoes() throws {
    let device = KeepingDevice()
    var store: Store? = try open(device)
    _ = try store?.makeSpillFile().append([1, 2, 3])
    try store?.close()
    store = nil
    let files = device.memory.snapshotFiles()
    #expect(files.keys.contains { $0.hasSuffix(".spill") })
    let again = MemoryDevice(files: files)
    try open(again).close()
    #expect(!again.snapshotFiles().keys.contains { $0.hasSuffix(".spill") })
  }
}

/// A memory device on which spill files keep their names.
private final class KeepingDevice: ForwardingDevice {
  let memory = MemoryDevice()

  func remove(_ path: String) throws(StorageError) {
    if !path.hasSuffix(".spill") { try memory.remove(path) }
  }
}
