import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The tool on a pseudo-terminal of its own, as a person sits before it.
final class Terminal {
  private let controller: Int32
  private let process: pid_t
  /// All that the terminal showed so far.
  private(set) var shown = ""
  private var seen = 0
  private var isOver = false

  struct Failure: Error {
    let what: String
  }

  /// - Parameter columns: 0: the terminal does not say.
  init(_ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 0, lines: UInt16 = 0)
    throws
  {
    controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard controller >= 0, let terminal = Self.path(of: controller) else {
      throw Failure(what: "no pseudo-terminal: errno \(errno)")
    }
    var size = winsize(ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    _ = fcntl(controller, F_SETFD, FD_CLOEXEC)
    #if canImport(Glibc)
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    let newSession: Int16 = 0x80
    #else
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    let newSession = Int16(POSIX_SPAWN_SETSID)
    #endif
    posix_spawn_file_actions_init(&actions)
    // The first terminal that the leader of a session opens is its own: /dev/tty.
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, newSession)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.merging(["TERM": "dumb"])
    { $1 }
    let words = ([Tool.path] + arguments).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var made: pid_t = 0
    let failure = posix_spawn(&made, Tool.path, &actions, &attributes, words, settings)
    guard failure == 0 else { throw Failure(what: "cannot start the tool: errno \(failure)") }
    process = made
  }

  deinit {
    close(controller)
    // A test that failed may have left it running.
    if !isOver { kill(process, SIGKILL) }
  }

  /// Unlocks the terminal's side and names it; nil when the system refuses.
  private static func path(of controller: Int32) -> String? {
    #if canImport(Glibc)
    // Swift's view of Glibc leaves posix_openpt and its kin out; these are what they do.
    var lock: Int32 = 0
    var number: UInt32 = 0
    guard ioctl(controller, UInt(0x4004_5431), &lock) == 0, ioctl(controller, UInt(0x8004_5430), &number) == 0
    else {
      return nil
    }
    return "/dev/pts/\(number)"
    #else
    guard grantpt(controller) == 0, unlockpt(controller) == 0 else { return nil }
    return ptsname(controller).map { String(cString: $0) }
    #endif
  }

  func type(_ text: String) { _ = write(controller, text, text.utf8.count) }

  func send(_ signal: Int32) { kill(process, signal) }

  /// Reads on until `text` was shown since the last call.
  ///
  /// - Returns: what was shown since, up to and with `text`.
  @discardableResult
  func wait(for text: String) throws -> String {
    while true {
      let fresh = shown.dropFirst(seen)
      if let range = fresh.range(of: text) {
        let answer = String(fresh[..<range.upperBound])
        seen += answer.count
        return answer
      }
      guard let more = readSome() else { throw Failure(what: "\(text) was not shown, but: \(fresh)") }
      shown += more
    }
  }

  /// Whether the terminal shows what is typed.
  var echoes: Bool {
    var state = termios()
    return tcgetattr(controller, &state) == 0 && state.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Reads to the end.
  ///
  /// - Returns: the exit status, or the signal's number, negative.
  func end() -> Int32 {
    while let more = readSome() { shown += more }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    isOver = true
    return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
  }

  private func readSome() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(controller, &buffer, buffer.count)
    return count > 0
      ? String(decoding: buffer.prefix(count), as: UTF8.self).replacing("\r\n", with: "\n") : nil
  }
}
