import Foundation
import Testing

/// What only a terminal shows: the conversation, Ctrl-C, the passphrase.
@Suite struct TerminalTests {
  @Test func aPassphraseIsAskedTwiceAndNotShown() throws {
    let scratch = try Scratch()
    let database = scratch.url.appending(path: "p.vsql").path
    let new = try Terminal([database, "--passphrase", "-c", "CREATE TABLE t (a INTEGER)"])
    for (prompt, typed) in [
      ("New passphrase: ", "one\n"), ("The same again: ", "two\n"), ("New passphrase: ", "cräx\u{7f}b\n"),
      ("The same again: ", "cräb\n"),
    ] {
      try new.wait(for: prompt)
      #expect(!new.echoes)
      new.type(typed)
    }
    #expect(new.end() == 0, "\(new.shown)")
    #expect(new.shown.contains("They differ."))
    for word in ["one", "two", "cr"] { #expect(!new.shown.contains(word)) }

    let right = try Terminal([database, "--passphrase", "-c", "SELECT 7 AS n"])
    try right.wait(for: "Passphrase: ")
    right.type("cräb\n")
    #expect(right.end() == 0, "\(right.shown)")
    #expect(right.shown.contains("7"))

    let wrong = try Terminal([database, "--passphrase", "-c", "SELECT 7 AS n"])
    try wrong.wait(for: "Passphrase: ")
    wrong.type("cräxb\n")
    #expect(wrong.end() == 3)
    #expect(wrong.shown.contains("error[28P01]"))

    let none = try Terminal([database, "--passphrase", "-c", "SELECT 7 AS n"])
    try none.wait(for: "Passphrase: ")
    none.type("\n")
    #expect(none.end() == 3)
    #expect(none.shown.contains("error[28000]"))
  }

  /// The terminal shows again what is typed, and nothing was made.
  @Test func ctrlCAtThePassphraseLeavesTheTerminalAsItWas() throws {
    let scratch = try Scratch()
    let database = scratch.url.appending(path: "p.vsql").path
    let terminal = try Terminal([database, "--passphrase"])
    #expect(terminal.echoes)
    try terminal.wait(for: "New passphrase: ")
    terminal.type("abc\u{3}")
    try terminal.wait(for: "error[57014]")
    #expect(terminal.echoes)
    #expect(terminal.end() == 130)
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test func aConversation() throws {
    let terminal = try Terminal([":memory:"])
    try terminal.wait(for: "vsql> ")
    terminal.type("SELECT 1 AS a,\n")
    try terminal.wait(for: "..> ")
    terminal.type("2 AS b;\n")
    try terminal.wait(for: "(1 row)")
    try terminal.wait(for: "vsql> ")
    terminal.type("SELEC 1;\n")
    try terminal.wait(for: "did you mean SELECT?")
    try terminal.wait(for: "vsql> ")
    terminal.type("BEGIN;\n")
    try terminal.wait(for: "vsql*> ")
    terminal.type("SELECT 1/0;\n")
    try terminal.wait(for: "vsql!> ")
    terminal.type("ROLLBACK;\n")
    try terminal.wait(for: "vsql> ")
    terminal.type("SELECT 'half\n")
    try terminal.wait(for: "..> ")
    terminal.type("\u{3}")
    try terminal.wait(for: "^C\n")
    try terminal.wait(for: "vsql> ")
    terminal.type("\\d nowhere\n")
    try terminal.wait(for: "error[42P01]")
    try terminal.wait(for: "vsql> ")
    terminal.type("\\q\n")
    #expect(terminal.end() == 0, "\(terminal.shown)")
  }

  /// What was typed comes back with the arrow key, statement by statement; secrets do not, and nothing after an erasure.
  @Test func recallsWhatWasTyped() throws {
    let scratch = try Scratch()
    func converse(_ lines: [String]) throws -> Terminal {
      let terminal = try Terminal(scratch.database())
      try terminal.wait(for: "vsql> ")
      for line in lines {
        terminal.type(line + "\n")
        // A recalled statement is drawn over its prompt: the answer tells that it came.
        try terminal.wait(for: "vsql> ")
      }
      return terminal
    }
    let first = try converse(["CREATE TABLE t (who TEXT ENTITY person);"])
    first.type("SELECT 'typed ' ||\n'before' AS x;\n")
    try first.wait(for: "typed before")
    try first.wait(for: "vsql> ")
    first.type("SELECT 'my token' AS x;\n")
    try first.wait(for: "vsql> ")
    first.type("\u{4}")
    #expect(first.end() == 0)

    let second = try Terminal(scratch.database())
    try second.wait(for: "vsql> ")
    second.type("\u{10}\n")
    try second.wait(for: "typed before")
    try second.wait(for: "vsql> ")
    second.type("ERASE ENTITY 'ana' TYPE person;\n")
    try second.wait(for: "(1 row)")
    try second.wait(for: "vsql> ")
    second.type("\u{10}SELECT 'nothing ' || 'recalled' AS x;\n")
    try second.wait(for: "nothing recalled")
    try second.wait(for: "vsql> ")
    second.type("\\q\n")
    #expect(second.end() == 0, "\(second.shown)")

    let third = try Terminal(scratch.database())
    try third.wait(for: "vsql> ")
    third.type("\u{10}\u{10}\n")
    try third.wait(for: "vsql> ")
    third.type("\u{4}")
    #expect(third.end() == 0)
    #expect(!third.shown.contains("ERASE") && !third.shown.contains("before"), "\(third.shown)")
  }

  /// Ctrl-C stops the statement, and the conversation goes on.
  @Test func ctrlCStopsAStatement() throws {
    let scratch = try Scratch()
    let numbers = (1...60).map { "(\($0))" }.joined(separator: ", ")
    let made = try Tool.run(
      scratch.database() + ["-c", "CREATE TABLE n (a INTEGER); INSERT INTO n VALUES \(numbers)"])
    #expect(made.status == 0, "\(made.error)")
    let terminal = try Terminal(scratch.database())
    try terminal.wait(for: "vsql> ")
    try Self.startEndless(in: terminal)
    terminal.type("\u{3}")
    try terminal.wait(for: "error[57014]")
    try terminal.wait(for: "vsql> ")
    terminal.type("SELECT count(*) AS sixty FROM n;\n")
    try terminal.wait(for: "60 │")
    try terminal.wait(for: "vsql> ")
    terminal.type("\u{4}")
    #expect(terminal.end() == 0)
  }

  /// In a script it is the end, with 130; SIGTERM ends a script as it ends every program, a conversation after its close.
  @Test func signalsEndAProcess() throws {
    let scratch = try Scratch()
    let numbers = (1...60).map { "(\($0))" }.joined(separator: ", ")
    _ = try Tool.run(
      scratch.database() + ["-c", "CREATE TABLE n (a INTEGER); INSERT INTO n VALUES \(numbers)"])
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, -SIGTERM)] {
      let script = try Terminal(scratch.database() + ["--echo", "-c", Self.endless])
      try script.wait(for: "n f ON true")
      script.send(signal)
      #expect(script.end() == status, "\(script.shown)")
    }
    let idle = try Terminal(scratch.database())
    try idle.wait(for: "vsql> ")
    idle.send(SIGTERM)
    #expect(idle.end() == 143, "\(idle.shown)")
    let busy = try Terminal(scratch.database())
    try busy.wait(for: "vsql> ")
    try Self.startEndless(in: busy)
    busy.send(SIGTERM)
    #expect(busy.end() == 143, "\(busy.shown)")
    #expect(try Tool.run(scratch.database() + ["-c", "VERIFY AUDIT"]).status == 0)
  }

  /// The statement before it on the line has answered: it runs, or is about to.
  private static func startEndless(in terminal: Terminal) throws {
    terminal.type("SELECT 1 AS begun; \(endless)\n")
    try terminal.wait(for: "(1 row)")
    usleep(300_000)
  }

  /// Runs until it is stopped.
  private static let endless = """
    SELECT count(*) FROM n a JOIN n b ON true JOIN n c ON true JOIN n d ON true JOIN n e ON true JOIN n f ON true;
    """
}
