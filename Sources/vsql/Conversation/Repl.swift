internal import VSQL

/// The conversation on a terminal.
struct Repl {
  let session: Session
  var mode: OutputMode
  private let interrupts: Interrupts
  private var showsTime = false
  private var saidHistoryFails = false
  private var reader = ScriptReader()
  /// The text of the statement being typed, for carets and history.
  private var typed = ""

  init(session: Session, mode: OutputMode, interrupts: Interrupts) {
    self.session = session
    self.mode = mode
    self.interrupts = interrupts
  }

  mutating func run() -> ExitStatus {
    Standard.output.line(
      "vsql \(VSQLVersion.current). Statements end with `;`, \\? lists commands, \\q leaves.")
    let completion = Completion(session: session)
    recallHistory()
    LineEditor.start { before, word in completion.words(before: before, word: word) }
    while true {
      switch LineEditor.read(prompt: prompt, wakeDescriptor: interrupts.wakeDescriptor) {
      case .end:
        Standard.output.line("")
        return .done
      case .terminated:
        return .terminated
      case .interrupted:
        reader = ScriptReader()
        typed = ""
      case .text(let line):
        if typed.isEmpty, let command = ReplCommand(line: line) {
          remember(line)
          if !run(command) { return .done }
        } else {
          take(line)
        }
      }
    }
  }

  private var prompt: String {
    let tenant = session.tenantName == "main" ? "" : ":\(session.tenantName)"
    let mark = session.isInFailedTransaction ? "!" : session.isInTransaction ? "*" : ""
    return typed.isEmpty
      ? "vsql\(tenant)\(mark)> " : "\(String(repeating: " ", count: 2 + tenant.count + mark.count))..> "
  }

  private mutating func take(_ line: String) {
    typed += line + "\n"
    reader.feed(Array((line + "\n").utf8))
    var isFirst = true
    do throws(VSQLError) {
      while let statement = try reader.next() {
        if isFirst { remember(typed.trimmed) }
        isFirst = false
        answer(statement.text)
      }
    } catch {
      Standard.error.line(error.rendered())
    }
    if reader.isInsideStatement { return }
    reader = ScriptReader()
    typed = ""
  }

  private mutating func remember(_ text: String) {
    do throws(VSQLError) {
      if try !session.rememberTyped(text) { return }
    } catch {
      if !saidHistoryFails { Standard.error.line("notice: what is typed is not kept: \(error.message)") }
      saidHistoryFails = true
    }
    LineEditor.remember(text)
  }

  private func recallHistory() {
    do throws(VSQLError) {
      LineEditor.replaceHistory(try session.typedHistory())
    } catch {
      LineEditor.replaceHistory([])
      Standard.error.line("notice: what was typed before cannot be recalled: \(error.message)")
    }
  }

  private func answer(_ sql: String) {
    let progress = ProgressLine()
    session.onProgress = { progress.report($0) }
    let start = ContinuousClock.now
    do throws(VSQLError) {
      let result = try interrupts.whileRunning { () throws(VSQLError) in try session.execute(sql) }
      let time = start.duration(to: .now)
      progress.clear()
      Pager.show(result.rendered(as: mode, width: Standard.output.width))
      for notice in result.notices { Standard.error.line("notice: \(notice)") }
      // These begin the history anew.
      if result.tag.hasPrefix("ERASE") || result.tag.hasPrefix("ROTATE") { recallHistory() }
      if showsTime { Standard.output.line("time: \(milliseconds(time)) ms") }
    } catch {
      progress.clear()
      Standard.error.line(error.rendered(source: sql, name: "input"))
    }
  }

  /// - Returns: false when the conversation ends.
  private mutating func run(_ command: ReplCommand) -> Bool {
    switch command {
    case .quit: return false
    case .help: Standard.output.line(ReplCommand.listing)
    case .timing(let isOn):
      showsTime = isOn ?? !showsTime
      Standard.output.line("timing is \(showsTime ? "on" : "off")")
    case .mode(let name):
      guard let name else {
        Standard.output.line(mode.rawValue)
        break
      }
      guard let new = OutputMode(rawValue: name) else {
        Standard.error.line(
          "unknown mode \(name); known are \(OutputMode.allCases.map(\.rawValue).joined(separator: ", "))")
        break
      }
      mode = new
    case .statement(let sql): answer(sql)
    case .include(let path): include(path)
    case .wrong(let message): Standard.error.line(message)
    }
    return true
  }

  private func include(_ path: String) {
    guard let bytes = ScratchFiles.contents(of: path) else {
      Standard.error.line("cannot read the script \"\(path)\"")
      return
    }
    var runner = ScriptRunner(
      session: session, mode: mode, echoes: false, keepsGoing: false, parameters: [:], name: path,
      interrupts: interrupts)
    if runner.feed(bytes) { runner.finish() }
  }
}

/// Milliseconds with three decimals.
func milliseconds(_ duration: Duration) -> String {
  let microseconds =
    duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
  let thousandths = String(microseconds % 1_000)
  return "\(microseconds / 1_000).\(String(repeating: "0", count: 3 - thousandths.count))\(thousandths)"
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else {
      return ""
    }
    return String(self[first...last])
  }
}
