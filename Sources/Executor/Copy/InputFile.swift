import VSQLDiagnostics

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file of the user's, read from its beginning to its end.
struct InputFile: ~Copyable {
  let path: String
  /// As the file had it when it was opened; nil for a pipe.
  let sizeBytes: Int?
  private(set) var readBytes = 0
  private let descriptor: Int32

  /// - Throws: 58P01 when there is no such file, 42501 when it may not be read, 42809 for a directory.
  init(path: String) throws(Diagnostic) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw InputFile.refusal("open", path, errno) }
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0 else {
      let number = errno
      close(descriptor)
      throw InputFile.refusal("read", path, number)
    }
    guard facts.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw Diagnostic(.wrongObjectType, "\"\(path)\" is a directory, expected a file")
    }
    self.path = path
    self.descriptor = descriptor
    sizeBytes = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Fills `buffer` from `offset` on, as far as the file reaches.
  ///
  /// - Returns: the bytes read; 0 at the end.
  mutating func read(into buffer: inout [UInt8], from offset: Int) throws(Diagnostic) -> Int {
    var total = 0
    let room = buffer.count - offset
    while total < room {
      // `offset + total + (room - total)` is `buffer.count`: the call writes inside the array.
      let got = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
        guard let base = bytes.baseAddress else { return 0 }
        return unsafe Self.readOnce(descriptor, base + offset + total, room - total)
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw InputFile.refusal("read", path, errno)
      }
      if got == 0 { break }
      total += got
    }
    readBytes += total
    return total
  }

  private static func readOnce(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
    unsafe Glibc.read(descriptor, target, count)
    #else
    unsafe Darwin.read(descriptor, target, count)
    #endif
  }

  private static func refusal(_ operation: String, _ path: String, _ number: Int32) -> Diagnostic {
    let reason = systemText(number)
    switch number {
    case ENOENT, ENOTDIR: return Diagnostic(.undefinedFile, "could not \(operation) \"\(path)\": \(reason)")
    case EACCES, EPERM:
      return Diagnostic(.insufficientPrivilege, "could not \(operation) \"\(path)\": \(reason)")
    default: return Diagnostic(.ioError, "could not \(operation) \"\(path)\": \(reason)")
    }
  }

  private static func systemText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    _ = unsafe strerror_r(number, &buffer, buffer.count)
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? "error \(number)" : text.prefix(1).lowercased() + text.dropFirst()
  }
}
