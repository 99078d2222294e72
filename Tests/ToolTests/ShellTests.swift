import Foundation
import Testing

@Suite struct ShellTests {
  @Test func runsStatementsInTheOrderGiven() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "more.sql")
    try "INSERT INTO t VALUES (2);\nSELECT a FROM t ORDER BY a".write(
      to: file, atomically: true, encoding: .utf8)
    let answer = try Tool.run(
      scratch.database() + ["-c", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)", "-f", file.path])
    #expect(answer.status == 0, "\(answer.error)")
    #expect(answer.output == "a\n1\n2\n")
  }

  @Test func aScriptStopsAtTheFirstErrorUnlessToldToGoOn() throws {
    let script = "SELECT 1 AS a;\n\n  SELECT embeding;\nSELECT 2 AS a;\n"
    let stopped = try Tool.run([":memory:"], input: script)
    #expect(stopped.status == 1)
    #expect(stopped.output == "a\n1\n")
    #expect(stopped.error.contains("error[42703]"))
    #expect(stopped.error.contains("--> stdin:3:10"))
    #expect(stopped.error.contains("3 |   SELECT embeding"))
    #expect(stopped.error.contains("  |          ^^^^^^^^"))
    let went = try Tool.run([":memory:", "--keep-going"], input: script)
    #expect(went.status == 1)
    #expect(went.output == "a\n1\na\n2\n")
  }

  @Test func keepsWhatWasWritten() throws {
    let scratch = try Scratch()
    _ = try Tool.run(
      scratch.database() + ["-c", "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x')"])
    let answer = try Tool.run(scratch.database() + ["--mode", "jsonl", "-c", "SELECT b, a, a, b FROM t"])
    #expect(answer.output == "{\"b\": \"x\", \"a\": 1, \"a_2\": 1, \"b_2\": \"x\"}\n", "\(answer.error)")
  }

  @Test func modes() throws {
    let script = "SELECT 1 AS n, 'a|b, \"c\"' AS t, NULL AS z, [0.5, 1, 2, 3, 4] AS v;"
    let csv = try Tool.run([":memory:", "--mode", "csv"], input: script)
    #expect(csv.output == "n,t,z,v\n1,\"a|b, \"\"c\"\"\",,\"[0.5,1,2,3,4]\"\n")
    let jsonl = try Tool.run([":memory:", "--mode=jsonl"], input: script)
    #expect(jsonl.output == "{\"n\": 1, \"t\": \"a|b, \\\"c\\\"\", \"z\": null, \"v\": [0.5,1,2,3,4]}\n")
    let markdown = try Tool.run([":memory:", "--mode", "markdown"], input: script)
    #expect(
      markdown.output
        == "| n | t | z | v |\n| --: | --- | --- | --- |\n| 1 | a\\|b, \"c\" | NULL | [0.50, 1.00, … 5] |\n")
    let box = try Tool.run([":memory:", "--mode", "box"], input: script)
    #expect(box.output.contains("│ 1 │ a|b, \"c\" │ NULL │ [0.50, 1.00, … 5] │\n"))
    #expect(box.output.hasSuffix("(1 row)\n"))
  }

  @Test(arguments: [
    (["--wat"], "unknown option --wat"), (["a.vsql", "b.vsql"], "two databases are named"),
    ([":memory:", "--mode", "xml"], "unknown mode xml"), ([], "name a database"),
    ([":memory:", "-c"], "-c needs a value"), (["test"], "needs the golden files"),
  ])
  func wrongUsage(arguments: [String], message: String) throws {
    let answer = try Tool.run(arguments)
    #expect(answer.status == 2)
    #expect(answer.error.contains(message))
  }

  @Test func whatCannotBeOpened() throws {
    let scratch = try Scratch()
    let absent = try Tool.run(scratch.database("absent") + ["--read-only", "-c", "SELECT 1"])
    #expect(absent.status == 3)
    #expect(absent.error.contains("does not exist"))
    let file = scratch.url.appending(path: "a.sql")
    try "SELECT 1".write(to: file, atomically: true, encoding: .utf8)
    let plain = try Tool.run([file.path])
    #expect(plain.status == 3)
    #expect(plain.error.contains("-f \(file.path)"))
    let homeless = try Tool.run(
      [scratch.url.appending(path: "n.vsql").path, "-c", "SELECT 1"], environment: ["PATH": "/usr/bin"])
    #expect(homeless.status == 3)
    #expect(homeless.error.contains("--key-file"))
    _ = try Tool.run(scratch.database("one") + ["-c", "SELECT 1"])
    _ = try Tool.run(scratch.database("two") + ["-c", "SELECT 1"])
    let wrongKey = try Tool.run(
      [
        scratch.url.appending(path: "one.vsql").path, "--key-file",
        scratch.url.appending(path: "two.key").path,
      ])
    #expect(wrongKey.status == 3)
    #expect(wrongKey.error.contains("error[28P01]"))
  }

  /// Without a key nothing is begun: no directory stays that looks like a database.
  @Test func aDatabaseWithoutAKeyIsNotMade() throws {
    let scratch = try Scratch()
    let database = scratch.url.appending(path: "n.vsql").path
    #expect(try Tool.run([database, "-c", "SELECT 1"], environment: ["PATH": "/usr/bin"]).status == 3)
    #expect(!FileManager.default.fileExists(atPath: database))
    let deep = try Tool.run([scratch.url.appending(path: "a/b.vsql").path, "-c", "SELECT 1"])
    #expect(deep.status == 3)
    #expect(deep.error.contains("directory that it would lie in does not exist"))
  }

  @Test func whatCannotBeReadOrWritten() throws {
    let scratch = try Scratch()
    let script = try Tool.run([":memory:", "-f", scratch.url.path])
    #expect(script.status == 1)
    #expect(script.error.contains("is a directory"))
    #expect(try Tool.run([":memory:", "-f", "/nonexistent"]).error.contains("error[58P01]"))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "'\(Tool.path)' :memory: -c 'SELECT 1' >/dev/full"]
    let error = Pipe()
    process.standardError = error
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(
      String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).contains(
        "no space left"))
  }

  /// Bytes that are no text are named by script and line, and cannot drive the terminal.
  @Test func scriptsThatAreNoText() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "bad.sql")
    try (Data("SELECT 1;\nSELECT ".utf8) + [0xff] + Data(";\nSELECT 2".utf8)).write(to: file)
    let invalid = try Tool.run([":memory:", "-f", file.path])
    #expect(invalid.status == 1)
    #expect(invalid.error.contains("--> \(file.path):2:8"))
    let control = try Tool.run([":memory:"], input: "SELECT \u{1b}[31m")
    #expect(control.error.contains("SELECT ␛[31m"))
    #expect(!control.error.contains("\u{1b}"))
    let marked = try Tool.run([":memory:"], input: "\u{feff}SELECT 1 AS a;\r\nSELECT\r\n2 AS b")
    #expect(marked.output == "a\n1\nb\n2\n", "\(marked.error)")
  }

  @Test func anUncommittedTransactionIsTold() throws {
    let scratch = try Scratch()
    let answer = try Tool.run(
      scratch.database() + ["-c", "CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1)"])
    #expect(answer.status == 0)
    #expect(answer.error == "notice: the transaction was not committed and is rolled back\n")
    #expect(try Tool.run(scratch.database() + ["-c", "SELECT count(*) FROM t"]).output == "count\n0\n")
  }

  @Test func parametersAreBoundNeverPasted() throws {
    let answer = try Tool.run([":memory:", "--param", "who=x' OR 'a'='a", "-c", "SELECT :who AS who"])
    #expect(answer.output == "who\nx' OR 'a'='a\n", "\(answer.error)")
  }

  @Test func aReaderThatGoesAwayEndsItQuietly() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // The statements come one by one, so that the reader is gone before the last.
    process.arguments = [
      "-c",
      "{ for i in 1 2 3 4 5 6; do echo 'SELECT 1;'; sleep 0.1; done; } 2>/dev/null | { '\(Tool.path)' :memory:; echo $? >&2; } | head -n 1",
    ]
    let error = Pipe()
    process.standardError = error
    process.standardOutput = Pipe()
    try process.run()
    process.waitUntilExit()
    // Not 0: not every statement ran.
    #expect(String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "141\n")
  }

  /// Another program converses with the tool: each answer is out before the next statement is read.
  @Test func answersStatementByStatement() throws {
    let process = Process()
    process.executableURL = URL(filePath: Tool.path)
    process.arguments = [":memory:", "--mode", "jsonl"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    for number in 1...5 {
      input.fileHandleForWriting.write(Data("SELECT \(number) AS n;\n".utf8))
      let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      #expect(answer == "{\"n\": \(number)}\n")
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func helpAndVersion() throws {
    for word in ["--help", "help"] { #expect(try Tool.run([word]).output.contains("vsql test FILES")) }
    #expect(try Tool.run(["--version"]).output.hasPrefix("vsql "))
  }

  /// One process writes; a second is told so, or reads beside it.
  @Test func aSecondProcessIsToldOrReads() throws {
    let scratch = try Scratch()
    #expect(
      try Tool.run(scratch.database() + ["-c", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7)"]).status
        == 0)
    let holder = Process()
    holder.executableURL = URL(filePath: Tool.path)
    holder.arguments = scratch.database() + ["--mode", "csv"]
    let input = Pipe()
    let output = Pipe()
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    input.fileHandleForWriting.write(Data("SELECT 1 AS one;\n".utf8))
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    let second = try Tool.run(scratch.database() + ["-c", "SELECT 1"])
    #expect(second.status == 3)
    #expect(second.error.contains("error[55006]"))
    let reader = try Tool.run(scratch.database() + ["--read-only", "-c", "SELECT a FROM t"])
    #expect(reader.output == "a\n7\n", "\(reader.error)")
    let writer = try Tool.run(scratch.database() + ["--read-only", "-c", "INSERT INTO t VALUES (8)"])
    #expect(writer.error.contains("error[25006]"))
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    #expect(holder.terminationStatus == 0)
  }

  @Test func theKeyMayComeFromADescriptor() throws {
    let scratch = try Scratch()
    try Data((0..<32).map { _ in UInt8.random(in: 0...255) }).write(to: scratch.url.appending(path: "raw"))
    let made = try Self.byDescriptor(
      scratch, "cat raw", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (5)")
    #expect(made == "0\n")
    #expect(try Self.byDescriptor(scratch, "cat raw", "SELECT a FROM t") == "a\n5\n0\n")
  }

  /// A pipe gives its keys once: the new root key comes before the present one, and nothing goes back.
  @Test func theRootKeyRotatesToWhatTheDescriptorGives() throws {
    let scratch = try Scratch()
    for name in ["old", "new"] {
      let key = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined() + "\n"
      try key.write(to: scratch.url.appending(path: name), atomically: true, encoding: .utf8)
    }
    #expect(
      try Self.byDescriptor(scratch, "cat old", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (5)")
        == "0\n")
    let alone = try Self.byDescriptor(scratch, "cat old", "ROTATE KEY ROOT")
    #expect(alone.contains("the new key, then the present one") && alone.hasSuffix("\n1\n"), "\(alone)")
    #expect(try Self.byDescriptor(scratch, "cat new old", "ROTATE KEY ROOT").hasSuffix("\n0\n"))
    #expect(try Self.byDescriptor(scratch, "cat old", "SELECT a FROM t").hasSuffix("\n3\n"))
    #expect(try Self.byDescriptor(scratch, "cat new", "SELECT a FROM t") == "a\n5\n0\n")
    #expect(try Self.byDescriptor(scratch, "cat new old", "ROTATE KEY ROOT").hasSuffix("\n1\n"))
    #expect(try Self.byDescriptor(scratch, "cat new", "VERIFY AUDIT").hasSuffix("\n0\n"))
  }

  /// Runs `sql` with what `command` writes on descriptor 3.
  ///
  /// - Returns: both outputs, and the exit status on a line.
  private static func byDescriptor(_ scratch: Scratch, _ command: String, _ sql: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.currentDirectoryURL = scratch.url
    process.arguments = [
      "-c",
      "exec 2>&1; \(command) | { exec 3<&0; '\(Tool.path)' fd.vsql --key-fd 3 --mode csv -c '\(sql)' </dev/null; echo $?; }",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
