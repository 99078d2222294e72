#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Asks the terminal for a passphrase without echo.
enum Passphrase {
  /// - Parameter isNew: asks twice, and again until both are the same.
  /// - Returns: nil when there is no terminal, or nothing was typed.
  static func ask(isNew: Bool) -> [UInt8]? {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    while true {
      guard let first = askOnce("Passphrase: ", terminal) else { return nil }
      if !isNew { return first }
      guard let second = askOnce("The same again: ", terminal) else { return nil }
      if first == second { return first }
      say("They differ.\n", terminal)
    }
  }

  private static func askOnce(_ prompt: String, _ terminal: Int32) -> [UInt8]? {
    say(prompt, terminal)
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(terminal, TCSAFLUSH, &silent)
    defer {
      unsafe tcsetattr(terminal, TCSAFLUSH, &before)
      say("\n", terminal)
    }
    var typed: [UInt8] = []
    while let bytes = readBytes(from: terminal), !bytes.isEmpty {
      typed += bytes
      if typed.last == UInt8(ascii: "\n") { break }
    }
    if typed.last == UInt8(ascii: "\n") { typed.removeLast() }
    return typed.isEmpty ? nil : typed
  }

  private static func say(_ text: String, _ terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = unsafe write(terminal, bytes, bytes.count)
  }
}
