import Synchronization
import VSQLStorage

/// Counts the bytes that are written into segments' files.
final class CountingDevice: Device {
  let inner: MemoryDevice
  private let cells = Atomic<Int>(0)

  init(_ inner: MemoryDevice) { self.inner = inner }

  var cellBytes: Int { cells.load(ordering: .relaxed) }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    let file = try inner.open(path, mode)
    return path.hasPrefix("segments/") ? File(device: self, file: file) : file
  }

  func exists(_ path: String) throws(StorageError) -> Bool { try inner.exists(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try inner.list(directory) }
  func makeDirectory(_ path: String) throws(StorageError) { try inner.makeDirectory(path) }
  func rename(_ from: String, to: String) throws(StorageError) { try inner.rename(from, to: to) }
  func remove(_ path: String) throws(StorageError) { try inner.remove(path) }
  func syncDirectory(_ path: String) throws(StorageError) { try inner.syncDirectory(path) }
  func lock(_ path: String) throws(StorageError) -> any DeviceLock { try inner.lock(path) }

  private final class File: DeviceFile {
    let device: CountingDevice
    let file: any DeviceFile

    init(device: CountingDevice, file: any DeviceFile) {
      self.device = device
      self.file = file
    }

    var path: String { file.path }
    func size() throws(StorageError) -> Int { try file.size() }
    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
      try file.read(at: offset, count: count)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
      device.cells.add(bytes.count, ordering: .relaxed)
      try file.write(bytes, at: offset)
    }

    func truncate(to size: Int) throws(StorageError) { try file.truncate(to: size) }
    func preallocate(to size: Int) throws(StorageError) { try file.preallocate(to: size) }
    func punch(_ ranges: [Range<Int>]) throws(StorageError) { try file.punch(ranges) }
    func sync() throws(StorageError) { try file.sync() }
  }
}

/// A clock that stands until it is told to go on.
final class SteppedClock: Clock {
  private let now = Atomic<Int64>(1_700_000_000_000_000)

  var nowMicroseconds: Int64 { now.load(ordering: .relaxed) }

  func advance(seconds: Int64) { now.add(seconds * 1_000_000, ordering: .relaxed) }
}
