#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

#if os(Linux)
// Glibc declares it for _GNU_SOURCE only, which Swift's import of Glibc does not set. Four integers in, one out: both
// calling conventions agree.
@_silgen_name("fallocate")
private func fallocate(_ descriptor: Int32, _ mode: Int32, _ offset: off_t, _ count: off_t) -> Int32
#endif

/// The calls of the system that files need: each repeated when a signal interrupts it. `errno` tells what failed.
///
/// Every pointer below is to an array or string that outlives the call, with that array's own length.
enum SystemCall {
  static let fileExists = EEXIST

  static func error(_ operation: String, _ path: String) -> StorageError {
    switch errno {
    case ENOENT: .missing(path: path)
    case ENOSPC, EDQUOT: .diskFull(path: path)
    default: .system(operation: operation, path: path, errno: errno)
    }
  }

  static func open(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    retry {
      #if canImport(Glibc)
      unsafe Glibc.open(path, flags, mode)
      #else
      unsafe Darwin.open(path, flags, mode)
      #endif
    }
  }

  static func close(_ descriptor: Int32) {
    #if canImport(Glibc)
    _ = Glibc.close(descriptor)
    #else
    _ = Darwin.close(descriptor)
    #endif
  }

  static func access(_ path: String) -> Int32 {
    var information = stat()
    return unsafe lstat(path, &information)
  }

  /// Permission bits; nil when there is no such file.
  static func permissions(_ descriptor: Int32) -> mode_t? {
    var information = stat()
    return unsafe fstat(descriptor, &information) == 0 ? information.st_mode & 0o7777 : nil
  }

  static func size(_ descriptor: Int32) -> Int {
    var information = stat()
    return unsafe fstat(descriptor, &information) == 0 ? Int(information.st_size) : -1
  }

  /// Nil when the directory cannot be read.
  static func names(_ path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Of an empty directory; what it answers does not matter.
  static func rmdir(_ path: String) {
    #if canImport(Glibc)
    _ = unsafe Glibc.rmdir(path)
    #else
    _ = unsafe Darwin.rmdir(path)
    #endif
  }

  static func mkdir(_ path: String, _ mode: mode_t) -> Int32 {
    #if canImport(Glibc)
    unsafe Glibc.mkdir(path, mode)
    #else
    unsafe Darwin.mkdir(path, mode)
    #endif
  }

  static func rename(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
    unsafe Glibc.rename(from, to)
    #else
    unsafe Darwin.rename(from, to)
    #endif
  }

  static func link(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
    unsafe Glibc.link(from, to)
    #else
    unsafe Darwin.link(from, to)
    #endif
  }

  static func unlink(_ path: String) -> Int32 {
    #if canImport(Glibc)
    unsafe Glibc.unlink(path)
    #else
    unsafe Darwin.unlink(path)
    #endif
  }

  /// Up to `count` bytes from `offset`; `got` is how many, -1 for a failure.
  static func read(_ descriptor: Int32, offset: Int, count: Int, got: inout Int) -> [UInt8] {
    var total = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      total = unsafe read(
        descriptor, offset: offset,
        into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
      filled = max(0, total)
    }
    got = total
    return bytes
  }

  /// Up to `count` bytes from `offset` over the first of `buffer`, which has as many.
  ///
  /// - Returns: how many, -1 for a failure.
  static func read(_ descriptor: Int32, offset: Int, count: Int, into buffer: inout [UInt8]) -> Int {
    unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, offset: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<count]))
    }
  }

  private static func read(_ descriptor: Int32, offset: Int, into buffer: UnsafeMutableRawBufferPointer)
    -> Int
  {
    var total = 0
    while total < buffer.count, let base = buffer.baseAddress {
      let step = retry { unsafe pread(descriptor, base + total, buffer.count - total, off_t(offset + total)) }
      if step < 0 { return -1 }
      if step == 0 { break }
      total += step
    }
    return total
  }

  /// What a pipe, terminal or file gives until its end, at most `limit` bytes; nil for a failure.
  static func readToEnd(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    while bytes.count < limit {
      let want = min(buffer.count, limit - bytes.count)
      let step = retry {
        #if canImport(Glibc)
        unsafe Glibc.read(descriptor, &buffer, want)
        #else
        unsafe Darwin.read(descriptor, &buffer, want)
        #endif
      }
      if step < 0 { return nil }
      if step == 0 { break }
      bytes += buffer[..<step]
    }
    return bytes
  }

  /// 0 when all bytes are written.
  static func write(_ descriptor: Int32, _ bytes: [UInt8], offset: Int) -> Int32 {
    unsafe bytes.withUnsafeBytes { buffer in
      var total = 0
      while total < buffer.count, let base = buffer.baseAddress {
        let step = retry {
          unsafe pwrite(descriptor, base + total, buffer.count - total, off_t(offset + total))
        }
        if step < 0 { return -1 }
        total += step
      }
      return 0
    }
  }

  static func truncate(_ descriptor: Int32, _ size: Int) -> Int32 {
    retry { ftruncate(descriptor, off_t(size)) }
  }

  static func allocate(_ descriptor: Int32, from offset: Int, count: Int) -> Int32 {
    #if os(Linux)
    retry { fallocate(descriptor, 0, off_t(offset), off_t(count)) }
    #else
    retry { ftruncate(descriptor, off_t(offset + count)) }
    #endif
  }

  static func punch(_ descriptor: Int32, at offset: Int, count: Int) -> Int32 {
    #if os(Linux)
    // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
    retry { fallocate(descriptor, 0x01 | 0x02, off_t(offset), off_t(count)) }
    #else
    0
    #endif
  }

  static func sync(_ descriptor: Int32, dataOnly: Bool) -> Int32 {
    #if os(Linux)
    retry { dataOnly ? fdatasync(descriptor) : fsync(descriptor) }
    #else
    retry { fcntl(descriptor, F_FULLFSYNC) }
    #endif
  }

  static func lockExclusively(_ descriptor: Int32) -> Int32 { retry { flock(descriptor, LOCK_EX | LOCK_NB) } }

  private static func retry<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
