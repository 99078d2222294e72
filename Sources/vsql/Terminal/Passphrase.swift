#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Asks the terminal for a passphrase without echo.
enum Passphrase {
  enum Answer {
    case typed([UInt8])
    /// There is no terminal, or nothing was typed.
    case nothing
    /// Ctrl-C.
    case interrupted
  }

  /// - Parameter isNew: asks twice, and again until both are the same.
  static func ask(isNew: Bool) -> Answer {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return .nothing }
    defer { close(terminal) }
    while true {
      let first = askOnce(isNew ? "New passphrase: " : "Passphrase: ", terminal)
      guard isNew, case .typed(let one) = first else { return first }
      let second = askOnce("The same again: ", terminal)
      guard case .typed(let two) = second else { return second }
      if one == two { return first }
      say("They differ.\n", terminal)
    }
  }

  /// Reads a line key by key: the terminal neither echoes nor turns Ctrl-C into a signal, which would leave it so.
  private static func askOnce(_ prompt: String, _ terminal: Int32) -> Answer {
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { return .nothing }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    unsafe tcsetattr(terminal, TCSAFLUSH, &silent)
    say(prompt, terminal)
    defer {
      unsafe tcsetattr(terminal, TCSADRAIN, &before)
      say("\n", terminal)
    }
    var typed: [UInt8] = []
    while let bytes = readBytes(from: terminal), !bytes.isEmpty {
      for byte in bytes {
        switch byte {
        case 3: return .interrupted
        case 4, UInt8(ascii: "\n"), UInt8(ascii: "\r"): return typed.isEmpty ? .nothing : .typed(typed)
        case 8, 127: removeCharacter(&typed)
        case 21: typed = []
        default: typed.append(byte)
        }
      }
    }
    return .nothing
  }

  /// Takes the last UTF-8 character back.
  private static func removeCharacter(_ typed: inout [UInt8]) {
    while let last = typed.popLast(), last & 0xc0 == 0x80 {}
  }

  private static func say(_ text: String, _ terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = unsafe write(terminal, bytes, bytes.count)
  }
}
