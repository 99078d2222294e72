import Testing
import VSQLStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A fresh directory that goes with the last reference.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/vsql-test-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try #require(made)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(directory)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

@Suite struct VaultDeviceTests {
  /// What both devices promise.
  func exercise(_ device: any Device) throws {
    try device.makeDirectory("")
    try device.makeDirectory("a/b")
    try device.makeDirectory("a/b")
    #expect(throws: StorageError.missing(path: "a/x")) { try device.open("a/x", .read) }
    #expect(throws: StorageError.missing(path: "a/x")) { try device.open("a/x", .write) }
    #expect(throws: StorageError.missing(path: "c/x")) { try device.open("c/x", .create) }
    let file = try device.open("a/x", .create)
    #expect(throws: StorageError.system(operation: "open", path: "a/x", errno: EEXIST)) {
      try device.open("a/x", .create)
    }
    try file.write(Array(1...10), at: 0)
    try file.write([99], at: 14)
    #expect(try file.read(at: 0, count: 15) == Array(1...10) + [0, 0, 0, 0, 99])
    var buffer: [UInt8] = []
    try file.read(at: 1, count: 4, into: &buffer)
    #expect(try buffer.prefix(4) == file.read(at: 1, count: 4)[...])
    try file.read(at: 2, count: 2, into: &buffer)
    #expect(try buffer.prefix(2) == file.read(at: 2, count: 2)[...])
    #expect(throws: StorageError.malformed(path: "a/x", offset: 15, what: "the file ends before byte 10+6")) {
      try file.read(at: 10, count: 6, into: &buffer)
    }
    #expect(throws: StorageError.malformed(path: "a/x", offset: 15, what: "the file ends before byte 10+6")) {
      try file.read(at: 10, count: 6)
    }
    #expect(throws: StorageError.self) { try file.read(at: .max, count: 2) }
    #expect(throws: StorageError.self) { try file.read(at: -1, count: 1) }
    #expect(throws: StorageError.self) { try file.read(at: 0, count: .max) }
    try file.punch(at: 2, count: 3)
    try file.punch(at: 13, count: 100)
    #expect(try file.read(at: 0, count: 15) == [1, 2, 0, 0, 0, 6, 7, 8, 9, 10, 0, 0, 0, 0, 0])
    try file.truncate(to: 3)
    #expect(try file.size() == 3)
    try file.preallocate(to: 5_000)
    #expect(try file.size() == 5_000)
    try file.preallocate(to: 10)
    #expect(try file.size() == 5_000)
    try file.sync()
    try device.writeNew("a/y", [7])
    #expect(try device.list("a") == ["b", "x", "y"])
    #expect(try device.list("none") == [])
    #expect(try device.exists("a/y"))
    #expect(try !device.exists("a/z"))
    try device.rename("a/y", to: "a/x")
    #expect(try device.readAll("a/x") == [7])
    // The replaced file is still there for who has it open.
    #expect(try file.size() == 5_000)
    try device.replace("a/x", with: [8, 9])
    #expect(try device.readAll("a/x") == [8, 9])
    try device.remove("a/x")
    try device.remove("a/x")
    try device.syncDirectory("a")
    #expect(try device.list("a") == ["b"])
    var lock: (any DeviceLock)? = try device.lock("LOCK")
    #expect(throws: StorageError.self) { try device.lock("LOCK") }
    #expect(try device.readAll("LOCK") == [])
    lock = nil
    lock = try device.lock("LOCK")
    withExtendedLifetime(lock) {}
  }

  @Test func memoryKeepsThePromises() throws { try exercise(MemoryDevice()) }

  @Test func filesKeepThePromises() throws {
    let directory = try TemporaryDirectory()
    let device = FileDevice(directory: directory.path + "/shop.vsql")
    try exercise(device)
    let file = try device.open("a/secret", .create)
    var information = stat()
    #expect(stat(directory.path + "/shop.vsql/" + file.path, &information) == 0)
    #expect(information.st_mode & 0o777 == 0o600)
    #expect(stat(directory.path + "/shop.vsql/a", &information) == 0)
    #expect(information.st_mode & 0o777 == 0o700)
    // A link is not followed.
    #expect(symlink("/etc/hostname", directory.path + "/shop.vsql/a/link") == 0)
    #expect(throws: StorageError.self) { try device.open("a/link", .read) }
    #expect(throws: StorageError.self) { try device.open("a/link", .createOrOpen) }
    #expect(throws: StorageError.locked(path: directory.path + "/shop.vsql")) {
      let held = try device.lock("LOCK")
      defer { withExtendedLifetime(held) {} }
      _ = try FileDevice(directory: directory.path + "/shop.vsql").lock("LOCK")
    }
  }

  @Test func punchedSpaceIsGivenBack() throws {
    let directory = try TemporaryDirectory()
    let device = FileDevice(directory: directory.path)
    let file = try device.open("x", .create)
    try file.write([UInt8](repeating: 1, count: 1 << 20), at: 0)
    try file.sync()
    try file.punch(at: 4_096, count: 1 << 19)
    #expect(try file.read(at: 4_095, count: 3) == [1, 0, 0])
    #expect(try file.read(at: 4_096 + 1 << 19 - 1, count: 1).count == 1)
    #expect(try file.size() == 1 << 20)
  }

  @Test func aCrashLeavesWhatWasSynced() throws {
    let device = MemoryDevice(files: ["a": [1, 2, 3, 4], "b": [5]])
    let file = try device.open("a", .write)
    try file.write([9], at: 1)
    #expect(device.durableFiles()["a"] == [1, 2, 3, 4])
    try file.sync()
    #expect(device.durableFiles()["a"] == [1, 9, 3, 4])
    try file.write([7, 7, 7], at: 3)
    try file.truncate(to: 2)
    try file.write([6], at: 5)
    try file.preallocate(to: 9)
    #expect(device.snapshotFiles()["a"] == [1, 9, 0, 0, 0, 6, 0, 0, 0])
    #expect(device.durableFiles()["a"] == [1, 9, 3, 4])
    try device.remove("b")
    try device.writeNew("c", [8])
    #expect(device.durableFiles()["b"] == [5])
    #expect(device.durableFiles()["c"] == nil)
    try device.syncDirectory("")
    #expect(device.durableFiles() == ["a": [1, 9, 3, 4], "c": [8]])
    try device.rename("c", to: "a")
    #expect(device.durableFiles() == ["a": [1, 9, 3, 4], "c": [8]])
    try device.syncDirectory("")
    #expect(device.durableFiles() == ["a": [8]])
    #expect(device.flip("a", offset: 0, bit: 3))
    #expect(device.durableFiles() == ["a": [0]])
    #expect(!device.flip("a", offset: 1, bit: 0))
  }
}
