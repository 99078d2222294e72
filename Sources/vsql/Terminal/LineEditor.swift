#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
@unsafe @preconcurrency internal import CReadline

/// GNU readline over the terminal: editing, history of this conversation, completion, bracketed paste.
///
/// Readline keeps its state in globals and calls back without a context, so this file has the only global of the tool. One
/// thread uses it.
enum LineEditor {
  enum Line {
    case text(String)
    /// Ctrl-C: what was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line.
    case end
    /// SIGTERM.
    case terminated
  }

  /// - Parameter completions: the words that may follow the text before the word at the cursor.
  static func start(completions: @escaping (_ before: String, _ word: String) -> [String]) {
    unsafe LineEditor.state.completions = completions
    unsafe rl_readline_name = UnsafePointer(strdup("vsql"))
    unsafe rl_attempted_completion_function = { word, start, _ in
      rl_attempted_completion_over = 1
      guard let word = unsafe word, let buffer = unsafe rl_line_buffer else { return nil }
      let before = unsafe String(
        decoding: UnsafeRawBufferPointer(start: buffer, count: Int(start)), as: UTF8.self)
      unsafe LineEditor.state.candidates = LineEditor.state.completions(before, String(cString: word))
      if unsafe LineEditor.state.candidates.isEmpty { return nil }
      return unsafe rl_completion_matches(word, LineEditor.nextCandidate)
    }
    unsafe rl_basic_word_break_characters = UnsafePointer(strdup(" \t\n\"'`@$><=;|&{(,)"))
  }

  /// Reads one line, which a paste or a recalled statement may make longer than one.
  static func read(prompt: String, wakeDescriptor: Int32) -> Line {
    unsafe LineEditor.state.line = nil
    unsafe rl_callback_handler_install(prompt) { text in
      rl_callback_handler_remove()
      if let text = unsafe text {
        unsafe LineEditor.state.line = .text(String(cString: text))
        unsafe free(text)
      } else {
        unsafe LineEditor.state.line = .end
      }
    }
    while true {
      if let line = unsafe LineEditor.state.line { return line }
      var polled = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      if unsafe poll(&polled, 2, -1) < 0 { continue }
      if polled[1].revents != 0 {
        let isTerminated = readBytes(from: wakeDescriptor)?.contains(UInt8(SIGTERM)) ?? false
        // Said before readline takes the prompt's line back.
        Standard.output.line(isTerminated ? "" : "^C")
        rl_free_line_state()
        rl_callback_sigcleanup()
        rl_callback_handler_remove()
        return isTerminated ? .terminated : .interrupted
      }
      if polled[0].revents != 0 { rl_callback_read_char() }
    }
  }

  static func remember(_ statement: String) { unsafe add_history(statement) }

  /// What can be recalled, oldest first, is this from now on.
  static func replaceHistory(_ statements: [String]) {
    clear_history()
    for statement in statements { remember(statement) }
  }

  private struct State {
    var line: Line?
    var completions: (String, String) -> [String] = { _, _ in [] }
    var candidates: [String] = []
  }

  nonisolated(unsafe) private static var state = State()

  private static let nextCandidate:
    @convention(c) (UnsafePointer<CChar>?, Int32) -> UnsafeMutablePointer<CChar>? = {
      _, _ in
      if unsafe LineEditor.state.candidates.isEmpty { return nil }
      return unsafe strdup(LineEditor.state.candidates.removeFirst())
    }
}
