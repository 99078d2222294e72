import Synchronization
import Testing
import VSQLStorage

/// A device that dies at its n-th call that changes anything: that call and all later ones fail.
final class FaultDevice: Device {
  let inner: MemoryDevice
  private let left: Mutex<Int>
  private let error: StorageError
  private let read = Mutex(0)
  private let hook = Mutex<(suffix: String, action: @Sendable () -> Void)?>(nil)

  /// - Parameters:
  ///   - count: changing calls that succeed before the first that fails.
  ///   - inner: what is written to; its `durableFiles` and `snapshotFiles` are what a crash may leave.
  init(_ inner: MemoryDevice, failingAfter count: Int, _ error: StorageError = .diskFull(path: "fault")) {
    self.inner = inner
    left = Mutex(count)
    self.error = error
  }

  /// Bytes that were read.
  var bytesRead: Int { read.withLock { $0 } }

  /// Whether a call failed.
  var hasFailed: Bool { left.withLock { $0 < 0 } }

  /// Runs `action` once, after the next read of a file whose path ends with `suffix`: what another thread did meanwhile.
  func afterRead(of suffix: String, _ action: @escaping @Sendable () -> Void) {
    hook.withLock { $0 = (suffix, action) }
  }

  func didRead(_ path: String, _ count: Int) {
    read.withLock { $0 += count }
    let action = hook.withLock { hook in
      guard let found = hook, path.hasSuffix(found.suffix) else { return nil as (@Sendable () -> Void)? }
      hook = nil
      return found.action
    }
    action?()
  }

  /// From now on, `count` changing calls succeed.
  func fail(after count: Int) { left.withLock { $0 = count } }

  /// No call fails any more.
  func makeRoom() { left.withLock { $0 = .max } }

  func change() throws(StorageError) {
    let isLeft = left.withLock { left in
      if left >= 0 { left -= 1 }
      return left >= 0
    }
    if !isLeft { throw error }
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    switch mode {
    case .create, .createOrOpen: try change()
    case .read, .write: break
    }
    return File(device: self, file: try inner.open(path, mode))
  }

  func exists(_ path: String) throws(StorageError) -> Bool { try inner.exists(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try inner.list(directory) }

  func makeDirectory(_ path: String) throws(StorageError) {
    try change()
    try inner.makeDirectory(path)
  }

  func rename(_ from: String, to: String) throws(StorageError) {
    try change()
    try inner.rename(from, to: to)
  }

  func remove(_ path: String) throws(StorageError) {
    try change()
    try inner.remove(path)
  }

  func syncDirectory(_ path: String) throws(StorageError) {
    try change()
    try inner.syncDirectory(path)
  }

  func lock(_ path: String) throws(StorageError) -> any DeviceLock { try inner.lock(path) }

  private final class File: DeviceFile {
    let device: FaultDevice
    let file: any DeviceFile

    init(device: FaultDevice, file: any DeviceFile) {
      self.device = device
      self.file = file
    }

    var path: String { file.path }
    func size() throws(StorageError) -> Int { try file.size() }

    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
      let bytes = try file.read(at: offset, count: count)
      device.didRead(path, count)
      return bytes
    }

    /// The write that fails leaves its first half.
    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
      do {
        try device.change()
      } catch {
        if !bytes.isEmpty { try file.write(Array(bytes[..<(bytes.count / 2)]), at: offset) }
        throw error
      }
      try file.write(bytes, at: offset)
    }

    func truncate(to size: Int) throws(StorageError) {
      try device.change()
      try file.truncate(to: size)
    }

    func preallocate(to size: Int) throws(StorageError) {
      try device.change()
      try file.preallocate(to: size)
    }

    func punch(_ ranges: [Range<Int>]) throws(StorageError) {
      try device.change()
      try file.punch(ranges)
    }

    func sync() throws(StorageError) {
      try device.change()
      try file.sync()
    }
  }
}

/// Whether the long forms of tests are asked for.
let isTorture = Vault.processEnvironment("VSQL_TORTURE") != nil

/// Runs `act` on a copy of `files` that dies at its first change, then at its second, and so on until it succeeds; after each
/// death `check` sees what is left if nothing unsynced reached the disk, if everything did, and if some did: names and sectors by a
/// seed that the failure tells (twenty of them with VSQL_TORTURE=1).
///
/// - Returns: the deaths.
@discardableResult
func crashEverywhere(
  _ files: [String: [UInt8]], in function: StaticString = #function, act: (any Device) throws -> Void,
  check: (MemoryDevice) throws -> Void
) throws -> Int {
  var states = 0
  for count in 0... {
    let inner = MemoryDevice(files: files)
    let device = FaultDevice(inner, failingAfter: count)
    do {
      try act(device)
      if !device.hasFailed {
        if isTorture { print("\(function): \(count) crashes, \(states) states of the disk") }
        return count
      }
    } catch StorageError.diskFull(path: "fault") {
    }
    try check(MemoryDevice(files: inner.durableFiles()))
    try check(MemoryDevice(files: inner.snapshotFiles()))
    states += 2
    for seed in 0..<(isTorture ? 20 : 1) {
      let seed = UInt64(count * 100 + seed)
      try withKnownSeed("a crash at change \(count), unsynced writes by seed \(seed)") {
        try check(MemoryDevice(files: inner.crashedFiles(seed: seed)))
      }
      states += 1
    }
  }
  return 0
}

/// Runs `body`; what it throws is recorded with `what`.
func withKnownSeed(_ what: String, _ body: () throws -> Void) rethrows {
  do { try body() } catch {
    Issue.record("\(what): \(error)")
    throw error
  }
}
