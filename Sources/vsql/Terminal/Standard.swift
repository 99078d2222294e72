#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Standard input, output and error as bytes, unbuffered: an answer is out before the next statement is read.
struct Standard {
  private let descriptor: Int32

  static let input = Standard(descriptor: 0)
  static let output = Standard(descriptor: 1)
  static let error = Standard(descriptor: 2)

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The terminal's columns; nil where there is no terminal.
  var width: Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// The terminal's lines; nil where there is no terminal.
  var height: Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
    return Int(size.ws_row)
  }

  func line(_ text: String) { write(text + "\n") }

  /// Writes all of `text`. A reader that went away ends the process as it ends every filter: quietly, by SIGPIPE. What else the
  /// system refuses (a full disk) ends it with a word on standard error.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        let written = unsafe Self.writeSome(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          fail(errno)
        }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }

  private func fail(_ number: Int32) -> Never {
    if number == EPIPE { endProcess(by: SIGPIPE) }
    if descriptor != 2 {
      Standard.error.line("error[58030]: cannot write to standard output: \(systemText(number))")
    }
    exit(ExitStatus.failed.rawValue)
  }

  private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
    unsafe Glibc.write(descriptor, bytes, count)
    #else
    unsafe Darwin.write(descriptor, bytes, count)
    #endif
  }

  /// What can be read now, waiting for at least a byte; empty at the end. Nil: the system refused.
  func readSome() -> [UInt8]? { readBytes(from: descriptor) }
}

/// What can be read from a descriptor now, waiting for at least a byte; empty at the end. Nil: the system refused.
func readBytes(from descriptor: Int32) -> [UInt8]? {
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 { return Array(buffer.prefix(count)) }
    if errno != EINTR { return nil }
  }
}

/// The system's words for an error number, lower case as messages are.
func systemText(_ number: Int32) -> String {
  guard let words = unsafe strerror(number) else { return "error \(number)" }
  let text = unsafe String(cString: words)
  return text.prefix(1).lowercased() + text.dropFirst()
}
