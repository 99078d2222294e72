#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A directory of files: 0700, its files 0600, no link followed to a file, nothing handed to a child process.
package struct FileDevice: Device {
  /// The database's directory, which need not exist yet.
  package let directory: String

  package init(directory: String) { self.directory = directory }

  package func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    var flags = O_CLOEXEC | O_NOFOLLOW
    switch mode {
    case .read: flags |= O_RDONLY
    case .write: flags |= O_RDWR
    case .create: flags |= O_RDWR | O_CREAT | O_EXCL
    case .createOrOpen: flags |= O_RDWR | O_CREAT
    }
    let descriptor = SystemCall.open(absolute(path), flags, 0o600)
    guard descriptor >= 0 else { throw SystemCall.error("open", path) }
    return OpenFile(path: path, descriptor: descriptor)
  }

  package func exists(_ path: String) throws(StorageError) -> Bool {
    if SystemCall.access(absolute(path)) == 0 { return true }
    if errno == ENOENT || errno == ENOTDIR { return false }
    throw SystemCall.error("look for", path)
  }

  package func list(_ path: String) throws(StorageError) -> [String] {
    guard let names = SystemCall.names(absolute(path)) else {
      if errno == ENOENT { return [] }
      throw SystemCall.error("list", path)
    }
    return names.sorted()
  }

  package func makeDirectory(_ path: String) throws(StorageError) {
    var made = ""
    for part in [""] + path.split(separator: "/").map(String.init) {
      made = made.isEmpty ? part : made + "/" + part
      try Self.makeDirectory(absolute(made))
    }
  }

  /// Makes one directory where it is absent, mode 0700, and has its parent remember it: what lies in a directory that a power
  /// failure takes away was not durable.
  static func makeDirectory(_ path: String) throws(StorageError) {
    if SystemCall.mkdir(path, 0o700) != 0 {
      if errno == EEXIST { return }
      throw SystemCall.error("make directory", path)
    }
    let trimmed = path.last == "/" ? path.dropLast() : path[...]
    let parent =
      trimmed.lastIndex(of: "/").map { $0 == trimmed.startIndex ? "/" : String(trimmed[..<$0]) } ?? "."
    let descriptor = SystemCall.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    // One that may be written but not read cannot be synced.
    if descriptor < 0 { return }
    defer { SystemCall.close(descriptor) }
    if SystemCall.sync(descriptor, dataOnly: false) != 0 { throw SystemCall.error("sync", parent) }
  }

  package func rename(_ from: String, to: String) throws(StorageError) {
    if SystemCall.rename(absolute(from), absolute(to)) != 0 { throw SystemCall.error("rename", from) }
  }

  package func remove(_ path: String) throws(StorageError) {
    if SystemCall.unlink(absolute(path)) != 0, errno != ENOENT { throw SystemCall.error("remove", path) }
  }

  package func removeDirectory(_ path: String) { SystemCall.rmdir(absolute(path)) }

  package func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = SystemCall.open(absolute(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemCall.error("open", path) }
    defer { SystemCall.close(descriptor) }
    if SystemCall.sync(descriptor, dataOnly: false) != 0 { throw SystemCall.error("sync", path) }
  }

  package func lock(_ path: String) throws(StorageError) -> any DeviceLock {
    let descriptor = SystemCall.open(absolute(path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemCall.error("open", path) }
    if SystemCall.lockExclusively(descriptor) != 0 {
      let error: StorageError =
        errno == EWOULDBLOCK ? .locked(path: directory) : SystemCall.error("lock", path)
      SystemCall.close(descriptor)
      throw error
    }
    return Lock(descriptor: descriptor)
  }

  private func absolute(_ path: String) -> String { path.isEmpty ? directory : directory + "/" + path }

  /// Held while the descriptor is open: the system frees it whatever way the process ends.
  private final class Lock: DeviceLock {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { SystemCall.close(descriptor) }
  }

  private final class OpenFile: DeviceFile {
    let path: String
    private let descriptor: Int32

    init(path: String, descriptor: Int32) {
      self.path = path
      self.descriptor = descriptor
    }

    deinit { SystemCall.close(descriptor) }

    func size() throws(StorageError) -> Int {
      let size = SystemCall.size(descriptor)
      guard size >= 0 else { throw SystemCall.error("measure", path) }
      return size
    }

    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
      guard offset >= 0, count >= 0 else {
        throw .malformed(path: path, offset: 0, what: "a range out of bounds")
      }
      // Before much memory is asked for: a hostile length must not cost more than the file has.
      if count > Self.smallBytes { try checkEnd(offset, count) }
      var got = 0
      let bytes = SystemCall.read(descriptor, offset: offset, count: count, got: &got)
      if got < 0 { throw SystemCall.error("read", path) }
      guard got == count else {
        try checkEnd(offset, count)
        throw .malformed(path: path, offset: offset + got, what: "the file ends too early")
      }
      return bytes
    }

    func read(at offset: Int, count: Int, into buffer: inout [UInt8]) throws(StorageError) {
      guard offset >= 0, count >= 0 else {
        throw .malformed(path: path, offset: 0, what: "a range out of bounds")
      }
      if buffer.count < count {
        try checkEnd(offset, count)
        buffer = Array(repeating: 0, count: count)
      }
      let got = SystemCall.read(descriptor, offset: offset, count: count, into: &buffer)
      if got < 0 { throw SystemCall.error("read", path) }
      guard got == count else {
        try checkEnd(offset, count)
        throw .malformed(path: path, offset: offset + got, what: "the file ends too early")
      }
    }

    private static let smallBytes = 1 << 16

    private func checkEnd(_ offset: Int, _ count: Int) throws(StorageError) {
      let size = try size()
      guard count <= size, offset <= size - count else {
        throw .malformed(path: path, offset: size, what: "the file ends before byte \(offset)+\(count)")
      }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
      if SystemCall.write(descriptor, bytes, offset: offset) != 0 { throw SystemCall.error("write", path) }
    }

    func truncate(to size: Int) throws(StorageError) {
      if SystemCall.truncate(descriptor, size) != 0 { throw SystemCall.error("cut", path) }
    }

    func preallocate(to size: Int) throws(StorageError) {
      let have = try self.size()
      guard size > have else { return }
      if SystemCall.allocate(descriptor, from: have, count: size - have) == 0 { return }
      if errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL { return try truncate(to: size) }
      throw SystemCall.error("reserve space for", path)
    }

    func punch(_ ranges: [Range<Int>]) throws(StorageError) {
      let size = try size()
      let ranges = ranges.map { $0.clamped(to: 0..<size) }.filter { !$0.isEmpty }
      if ranges.isEmpty { return }
      // Zeros first: a hole gives the blocks back to the system, it does not promise that they are overwritten.
      for range in ranges {
        for at in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
          try write([UInt8](repeating: 0, count: min(1 << 20, range.upperBound - at)), at: at)
        }
      }
      try sync()
      // Space that cannot be given back is only space, and what is less than a block never is.
      for range in ranges where range.count >= Self.blockBytes {
        _ = SystemCall.punch(descriptor, at: range.lowerBound, count: range.count)
      }
    }

    private static let blockBytes = 4_096

    func sync() throws(StorageError) {
      if SystemCall.sync(descriptor, dataOnly: true) != 0 { throw SystemCall.error("sync", path) }
    }
  }
}
