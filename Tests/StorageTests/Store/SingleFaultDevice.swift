import Synchronization
import VSQLStorage

/// A device whose n-th call, of whatever kind (`missing`: whose n-th opening of a file), fails, and all others work: a bad sector, a disk that was full for a moment.
final class SingleFaultDevice: Device {
  enum Kind: Sendable {
    /// EIO; of a write, nothing is written.
    case inputOutput
    /// ENOSPC of what changes something, after half of what was to be written; EIO of what does not.
    case halfWritten
    /// The file is not there, as when a writer beside has just replaced it.
    case missing

    func error(_ path: String, isChange: Bool) -> StorageError {
      switch self {
      case .missing: .missing(path: path)
      case .halfWritten where isChange: .diskFull(path: "fault")
      case .inputOutput, .halfWritten: .system(operation: "use", path: "fault", errno: 5)
      }
    }
  }

  let inner: MemoryDevice
  let kind: Kind
  private let left: Mutex<Int>
  private let failed = Mutex<String?>(nil)

  init(_ inner: MemoryDevice, failingAfter count: Int, _ kind: Kind) {
    self.inner = inner
    self.kind = kind
    left = Mutex(count)
  }

  /// The call that failed; nil: none did.
  var failure: String? { failed.withLock { $0 } }

  fileprivate func call(_ what: String, isChange: Bool) throws(StorageError) {
    if kind == .missing, !what.hasPrefix("open ") { return }
    let isNow = left.withLock { left in
      left -= 1
      return left == -1
    }
    if !isNow { return }
    failed.withLock { $0 = what }
    throw kind.error(String(what.drop { $0 != " " }.dropFirst()), isChange: isChange)
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    try call("open \(path)", isChange: mode != .read && mode != .write)
    return File(device: self, file: try inner.open(path, mode))
  }

  func exists(_ path: String) throws(StorageError) -> Bool {
    try call("exists \(path)", isChange: false)
    return try inner.exists(path)
  }

  func list(_ path: String) throws(StorageError) -> [String] {
    try call("list \(path)", isChange: false)
    return try inner.list(path)
  }

  func makeDirectory(_ path: String) throws(StorageError) {
    try call("make \(path)", isChange: true)
    try inner.makeDirectory(path)
  }

  func rename(_ from: String, to: String) throws(StorageError) {
    try call("rename \(from)", isChange: true)
    try inner.rename(from, to: to)
  }

  func remove(_ path: String) throws(StorageError) {
    try call("remove \(path)", isChange: true)
    try inner.remove(path)
  }

  func syncDirectory(_ path: String) throws(StorageError) {
    try call("sync \(path)", isChange: true)
    try inner.syncDirectory(path)
  }

  func lock(_ path: String) throws(StorageError) -> any DeviceLock {
    try call("lock \(path)", isChange: false)
    return try inner.lock(path)
  }

  private final class File: DeviceFile {
    let device: SingleFaultDevice
    let file: any DeviceFile

    init(device: SingleFaultDevice, file: any DeviceFile) {
      self.device = device
      self.file = file
    }

    var path: String { file.path }

    func size() throws(StorageError) -> Int {
      try device.call("size \(path)", isChange: false)
      return try file.size()
    }

    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
      try device.call("read \(path)", isChange: false)
      return try file.read(at: offset, count: count)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
      do {
        try device.call("write \(path)", isChange: true)
      } catch {
        if device.kind == .halfWritten, bytes.count > 1 {
          try file.write(Array(bytes[..<(bytes.count / 2)]), at: offset)
        }
        throw error
      }
      try file.write(bytes, at: offset)
    }

    func truncate(to size: Int) throws(StorageError) {
      try device.call("truncate \(path)", isChange: true)
      try file.truncate(to: size)
    }

    func preallocate(to size: Int) throws(StorageError) {
      try device.call("preallocate \(path)", isChange: true)
      try file.preallocate(to: size)
    }

    func punch(_ ranges: [Range<Int>]) throws(StorageError) {
      try device.call("punch \(path)", isChange: true)
      try file.punch(ranges)
    }

    func sync() throws(StorageError) {
      try device.call("sync \(path)", isChange: true)
      try file.sync()
    }
  }
}
