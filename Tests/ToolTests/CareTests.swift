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

/// `vsql backup` and `vsql restore`, as a user runs them.
@Suite struct BackupToolTests {
  private func make(_ scratch: Scratch) throws -> [String] {
    let database = scratch.database()
    _ = try Tool.run(
      database + [
        "-c", "CREATE TABLE t (id INTEGER PRIMARY KEY, p TEXT ENTITY patient)", "-c",
        "INSERT INTO t VALUES (1, 'p-1'), (2, 'p-2')",
      ])
    return database
  }

  @Test func aBackupIsTakenCheckedAndRestored() throws {
    let scratch = try Scratch()
    let database = try make(scratch)
    let key = Array(database.dropFirst())
    let (backup, copy) = (
      scratch.url.appending(path: "b").path, scratch.url.appending(path: "copy.vsql").path
    )
    let taken = try Tool.run(["backup", database[0], backup] + key)
    #expect(taken.status == 0 && taken.output.contains(" files, "), "\(taken.error)")
    #expect(try Tool.run(["check", backup] + key).output.contains(" 2 records, "))
    // No database: it is not opened as one, nor made one.
    let opened = try Tool.run([backup] + key + ["-c", "SELECT 1"])
    #expect(opened.status == 3)
    _ = try Tool.run(database + ["-c", "INSERT INTO t VALUES (3, 'p-3')", "-c", "ERASE ENTITY 'p-1'"])

    let refused = try Tool.run(["restore", backup, copy] + key)
    #expect(
      refused.status == 1 && refused.error.contains("error[55000]") && refused.error.contains("erased since"))
    #expect(!FileManager.default.fileExists(atPath: copy))
    let restored = try Tool.run(["restore", backup, copy, "--erasures-from", database[0]] + key)
    #expect(
      restored.status == 0 && restored.output.contains("1 entities erased since, 1 records"),
      "\(restored.error)")
    #expect(try Tool.run([copy] + key + ["-c", "SELECT id FROM t"]).output == "id\n2\n")
    #expect(try Tool.run(["check", copy] + key).status == 0)
    let again = try Tool.run(["restore", backup, copy, "--accept-loss"] + key)
    #expect(again.status == 1 && again.error.contains("error[58P02]"))
    let lost = try Tool.run(["restore", backup, copy + "2", "--accept-loss"] + key)
    #expect(lost.status == 0)
    #expect(try Tool.run([copy + "2"] + key + ["-c", "SELECT id FROM t"]).output == "id\n1\n2\n")
  }

  @Test func theStatementDoesTheSame() throws {
    let scratch = try Scratch()
    let database = try make(scratch)
    let backup = scratch.url.appending(path: "it's").path
    let statement = "BACKUP TO '\(backup.replacingOccurrences(of: "'", with: "''"))'"
    let first = try Tool.run(database + ["-c", statement])
    #expect(
      first.output.hasPrefix("files,size_bytes,files_copied,bytes_copied,commit,taken_at\n"), "\(first.error)"
    )
    let second = try Tool.run(database + ["-c", "BACKUP TO :d", "--param", "d=\(backup)"])
    #expect(second.status == 0, "\(second.error)")
    #expect(try Tool.run(["check", backup] + database.dropFirst()).status == 0)
    let inside = try Tool.run(database + ["-c", "BEGIN", "-c", statement])
    #expect(inside.error.contains("error[25001]"))
    let readOnly = try Tool.run(database + ["--read-only", "-c", statement])
    #expect(readOnly.error.contains("error[25006]"))
    let events = try Tool.run(
      database + [
        "-c",
        "SELECT outcome, count(*) FROM audit.events WHERE action = 'backup' GROUP BY outcome ORDER BY 1",
      ])
    #expect(events.output == "outcome,count\ndone,2\nintent,2\n")
  }

  @Test(arguments: [
    (["backup"], "needs the database"), (["backup", "a"], "needs the directory"),
    (["restore", "a"], "needs"),
    (["backup", "a", "b", "--accept-loss"], "knows no option"),
    (["restore", "a", "b", "c"], "takes no more than"),
  ])
  func wrongUsage(arguments: [String], message: String) throws {
    let answer = try Tool.run(arguments)
    #expect(answer.status == 2 && answer.error.contains(message))
  }
}
