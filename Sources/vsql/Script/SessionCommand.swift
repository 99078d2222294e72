#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import VSQL

/// `vsql DB …`: opens the database and runs the scripts, or the terminal's conversation.
struct SessionCommand {
  let options: OpenOptions

  func run() throws -> ExitStatus {
    guard let path = options.path else {
      throw UsageError(message: "name a database directory, or :memory:")
    }
    // Before any other thread is made.
    let interrupts = Interrupts()
    let database: Database
    let session: Session
    do throws(VSQLError) {
      if let refusal = Self.refusal(path, isReadOnly: options.isReadOnly) { throw refusal }
      database = try Database.open(
        path, key: try options.key.source(isNew: !Self.exists(path)),
        options: Database.Options(isReadOnly: options.isReadOnly))
      session = try database.ownerSession(tenant: options.tenant)
    } catch {
      Standard.error.line(error.rendered())
      return error.sqlState == "57014" ? .cancelled : .cannotOpen
    }
    interrupts.attach(session.canceller)
    for notice in database.notices { Standard.error.line("notice: \(notice)") }
    var status = converse(session, interrupts)
    if session.isInTransaction {
      Standard.error.line("notice: the transaction was not committed and is rolled back")
    }
    do throws(VSQLError) {
      try database.close()
    } catch {
      Standard.error.line(error.rendered())
      if status == .done { status = .failed }
    }
    return status
  }

  private func converse(_ session: Session, _ interrupts: Interrupts) -> ExitStatus {
    if options.scripts.isEmpty {
      if Standard.input.isTerminal {
        var repl = Repl(session: session, mode: options.mode ?? .box, interrupts: interrupts)
        return interrupts.whileConversing { repl.run() }
      }
      return run(descriptor: 0, runner(session, interrupts, name: "stdin"))
    }
    var status = ExitStatus.done
    for script in options.scripts {
      let ended = run(script, session, interrupts)
      if status == .done { status = ended }
      if ended != .done, !options.keepsGoing { return ended }
    }
    return status
  }

  private func run(_ script: OpenOptions.Script, _ session: Session, _ interrupts: Interrupts) -> ExitStatus {
    switch script {
    case .text(let text):
      var runner = runner(session, interrupts, name: "command line")
      if runner.feed(Array(text.utf8)) { runner.finish() }
      return runner.status
    case .file("-"):
      return run(descriptor: 0, runner(session, interrupts, name: "stdin"))
    case .file(let path):
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        Self.cannotRead(path)
        return .failed
      }
      defer { close(descriptor) }
      return run(descriptor: descriptor, runner(session, interrupts, name: path))
    }
  }

  private func run(descriptor: Int32, _ runner: ScriptRunner) -> ExitStatus {
    var runner = runner
    while let bytes = readBytes(from: descriptor) {
      if bytes.isEmpty {
        runner.finish()
        return runner.status
      }
      if !runner.feed(bytes) { return runner.status }
    }
    Self.cannotRead(runner.name)
    return .failed
  }

  /// Says what `errno` says of a script.
  private static func cannotRead(_ name: String) {
    let number = errno
    let code = number == ENOENT ? "58P01" : "58030"
    Standard.error.line("error[\(code)]: cannot read the script \"\(name)\": \(systemText(number))")
  }

  private func runner(_ session: Session, _ interrupts: Interrupts, name: String) -> ScriptRunner {
    ScriptRunner(
      session: session, mode: options.mode ?? (Standard.output.isTerminal ? .box : .csv),
      echoes: options.echoes, keepsGoing: options.keepsGoing, parameters: options.parameters, name: name,
      interrupts: interrupts)
  }

  /// Why the path cannot be a database, where a look at it already says so.
  private static func refusal(_ path: String, isReadOnly: Bool) -> VSQLError? {
    if path == ":memory:" { return nil }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if !isReadOnly { return nil }
      return VSQLError(sqlState: "58P01", message: "database \"\(path)\" does not exist", hint: nil)
    }
    if status.st_mode & S_IFMT == S_IFDIR { return nil }
    return VSQLError(
      sqlState: "58P02", message: "\"\(path)\" is a file, not a database directory",
      hint: "To run it as a script: vsql DATABASE -f \(path)")
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0
  }
}
