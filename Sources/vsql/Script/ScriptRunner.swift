internal import VSQL

/// Runs a script statement by statement, as it arrives: each answer is out before the next statement is read.
struct ScriptRunner {
  let session: Session
  let mode: OutputMode
  let echoes: Bool
  let keepsGoing: Bool
  let parameters: [String: String]
  /// What the script is called in `--> name:line:column`.
  let name: String
  private let interrupts: Interrupts
  private var reader = ScriptReader()
  private(set) var status = ExitStatus.done

  init(
    session: Session, mode: OutputMode, echoes: Bool, keepsGoing: Bool, parameters: [String: String],
    name: String, interrupts: Interrupts
  ) {
    self.interrupts = interrupts
    self.session = session
    self.mode = mode
    self.echoes = echoes
    self.keepsGoing = keepsGoing
    self.parameters = parameters
    self.name = name
  }

  /// Runs the statements that `bytes` complete.
  ///
  /// - Returns: false when the script stops here.
  mutating func feed(_ bytes: [UInt8]) -> Bool {
    reader.feed(bytes)
    while true {
      do throws(VSQLError) {
        guard let statement = try reader.next() else { return true }
        if !run(statement) { return false }
      } catch {
        fail(error, reader.rendered(error, script: name))
        if !keepsGoing { return false }
      }
    }
  }

  /// Runs what is left at the script's end.
  mutating func finish() {
    do throws(VSQLError) {
      if let statement = try reader.finish() { _ = run(statement) }
    } catch {
      fail(error, reader.rendered(error, script: name))
    }
  }

  /// - Returns: false when the script stops here.
  private mutating func run(_ statement: ScriptReader.Statement) -> Bool {
    if echoes { Standard.output.line("\(mode == .box ? "vsql> " : "")\(statement.text)") }
    do throws(VSQLError) {
      let result = try interrupts.whileRunning { () throws(VSQLError) in try execute(statement.text) }
      Standard.output.write(result.rendered(as: mode, width: Standard.output.width))
      for notice in result.notices { Standard.error.line("notice: \(notice)") }
      if result.verification == false { status = .verificationFailed }
      return result.verification != false || keepsGoing
    } catch {
      fail(error, statement.rendered(error, script: name))
      return keepsGoing
    }
  }

  private mutating func fail(_ error: VSQLError, _ text: String) {
    Standard.error.line(text)
    if status == .done { status = error.sqlState == "57014" ? .cancelled : .failed }
  }

  private func execute(_ text: String) throws(VSQLError) -> StatementResult {
    parameters.isEmpty
      ? try session.execute(text) : try session.execute(text, parameters.mapValues { Value.text($0) })
  }
}
