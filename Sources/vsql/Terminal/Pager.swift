#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Shows what is taller than the terminal a screen at a time. The tool starts no process, so the pager is its own.
enum Pager {
  static func show(_ text: String) {
    guard Standard.output.isTerminal, Standard.input.isTerminal, let height = Standard.output.height,
      text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) > height - 1, height > 4
    else {
      Standard.output.write(text)
      return
    }
    var lines = ArraySlice(text.split(separator: "\n", omittingEmptySubsequences: false))
    while !lines.isEmpty {
      Standard.output.write(lines.prefix(height - 1).joined(separator: "\n") + "\n")
      lines = lines.dropFirst(height - 1)
      if lines.count <= 1 { break }
      Standard.output.write("-- \(lines.count) lines more: space goes on, a shows all, q ends --")
      let key = readKey()
      Standard.output.write("\r\u{1b}[K")
      if key == UInt8(ascii: "q") || key == 3 { break }
      if key == UInt8(ascii: "a") {
        Standard.output.write(lines.joined(separator: "\n"))
        break
      }
    }
  }

  private static func readKey() -> UInt8? {
    var before = termios()
    guard unsafe tcgetattr(0, &before) == 0 else { return nil }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    unsafe tcsetattr(0, TCSANOW, &raw)
    defer { unsafe tcsetattr(0, TCSANOW, &before) }
    return readBytes(from: 0)?.first
  }
}
