import Foundation
import Testing

/// `vsql check`, as a user runs it.
@Suite struct CareTests {
  @Test func checkSaysWhatItReadAndWhereTheFaultsAre() throws {
    let scratch = try Scratch()
    let database = scratch.database()
    _ = try Tool.run(
      database + [
        "-c", "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT)", "-c",
        "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
      ])
    let whole = try Tool.run(["check"] + database)
    #expect(whole.status == 0, "\(whole.error)")
    #expect(whole.output.hasPrefix("no fault in ") && whole.output.contains(" 2 records, "))
    #expect(whole.error.isEmpty)
    let sql = try Tool.run(database + ["-c", "CHECK DATABASE"])
    #expect(sql.status == 0)
    #expect(sql.output.hasPrefix("file,offset,finding\n,,\"no fault in "))

    let logs = try FileManager.default.contentsOfDirectory(atPath: database[0] + "/wal").sorted()
    let log = URL(filePath: database[0] + "/wal/" + (try #require(logs.last)))
    var bytes = try Data(contentsOf: log)
    bytes[130] ^= 1
    try bytes.write(to: log)
    let damaged = try Tool.run(["check"] + database)
    #expect(damaged.status == 4)
    #expect(damaged.output.contains("wal/\(logs.last ?? ""), offset 96: "))
    #expect(damaged.error.contains("1 fault\n"))
  }

  @Test func whatCannotBeChecked() throws {
    let scratch = try Scratch()
    let database = scratch.database()
    let absent = try Tool.run(["check"] + database)
    #expect(absent.status == 3 && absent.error.contains("error[58P01]"))
    #expect(try Tool.run(["check"]).status == 2)
    #expect(try Tool.run(["check", "a", "b"]).status == 2)
    #expect(try Tool.run(["check", "a", "--mode", "csv"]).error.contains("knows no option --mode"))
    _ = try Tool.run(database + ["-c", "SELECT 1"])
    _ = try Tool.run(scratch.database("two") + ["-c", "SELECT 1"])
    let other = try Tool.run(["check", database[0]] + scratch.database("two").dropFirst())
    #expect(other.status == 3 && other.error.contains("error[28P01]"))
  }

  /// A process that writes does not stand in the way.
  @Test func checksBesideAWriter() throws {
    let scratch = try Scratch()
    let database = scratch.database()
    let process = Process()
    process.executableURL = URL(filePath: Tool.path)
    process.arguments = database
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(
      Data("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1); SELECT a FROM t;\n".utf8))
    var answer = ""
    while !answer.contains("a\n1\n") {
      let part = output.fileHandleForReading.availableData
      if part.isEmpty { break }
      answer += String(decoding: part, as: UTF8.self)
    }
    let beside = try Tool.run(["check"] + database)
    #expect(beside.status == 0, "\(beside.output)\(beside.error)")
    #expect(beside.output.contains(" 1 records, "))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
