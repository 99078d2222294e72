import Foundation
import Testing

/// Databases of released versions open, and a stranger's reader reads what the tool writes.
@Suite struct FormatTests {
  static let folder = Tool.root.appending(path: "Tests/Format")

  /// One folder for each version of the format that was released: `Tests/Format/vN`.
  static let versions: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix("v") }.sorted()
  }()

  /// A copy with the modes that git does not keep.
  private func copy(_ version: String, in scratch: Scratch) throws -> [String] {
    let manager = FileManager.default
    for name in ["db.vsql", "db.key"] {
      try manager.copyItem(
        at: Self.folder.appending(path: "\(version)/\(name)"), to: scratch.url.appending(path: name))
    }
    let key = scratch.url.appending(path: "db.key").path
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    return [scratch.url.appending(path: "db.vsql").path, "--key-file", key]
  }

  private func stated(_ version: String, _ table: String) throws -> String {
    try String(contentsOf: Self.folder.appending(path: "\(version)/\(table).jsonl"), encoding: .utf8)
  }

  @Test func thereIsAFixture() { #expect(!Self.versions.isEmpty) }

  @Test(arguments: versions) func aReleasedVersionOpens(version: String) throws {
    let scratch = try Scratch()
    let database = try copy(version, in: scratch)
    let tables = [
      ("everything", "main", "everything"), ("few", "main", "few"), ("acme", "acme", "everything"),
    ]
    func expectRows() throws {
      for (name, tenant, table) in tables {
        let answer = try Tool.run(
          database + ["--tenant", tenant, "--mode", "jsonl", "-c", "SELECT * FROM \(table)"])
        #expect(try answer.output == stated(version, name), "\(answer.error)")
      }
    }
    let untouched = try Tool.run(["check"] + database)
    #expect(untouched.status == 0, "\(untouched.output)\(untouched.error)")
    try expectRows()
    // It is written to, key rotation and erasure included, and checked again.
    let statements = [
      "INSERT INTO few VALUES (3, 'three')", "VERIFY AUDIT", "ROTATE KEY", "DELETE FROM few WHERE a = 3",
      "ERASE ENTITY 'nobody'", "CHECK DATABASE",
    ]
    let written = try Tool.run(database + statements.flatMap { ["-c", $0] })
    #expect(written.status == 0, "\(written.error)")
    try expectRows()
    let backup = scratch.url.appending(path: "backup").path
    #expect(try Tool.run(["backup", database[0], backup] + database.dropFirst()).status == 0)
    #expect(try Tool.run(["check", backup] + database.dropFirst()).status == 0)
  }

  /// The Python reader, written by `docs/format*.md`, prints the rows that the tool prints.
  @Test(.enabled(if: python != nil), arguments: versions) func thePythonReaderAgrees(version: String) throws {
    let scratch = try Scratch()
    let database = try copy(version, in: scratch)
    for table in ["everything", "few"] {
      #expect(try objects(read(database, table)) == objects(stated(version, table)))
    }
    // And of a database that today's tool has written to.
    _ = try Tool.run(
      database + [
        "-c", "ERASE ENTITY 'person 5'", "-c", "INSERT INTO few VALUES (4, 'four')", "-c",
        "UPDATE everything SET number = 7 WHERE id < 30",
        // Of all forms of today's segments, and rows of the log.
        "-c", "CREATE TABLE few2 (a INTEGER UNIQUE, half DOUBLE, odd DOUBLE, v VECTOR(64))", "-c",
        "INSERT INTO few2 VALUES (1, 0.5, 0.1, NULL), (NULL, 7.25, 1e300, \(Self.zeros)), (9, NULL, 2e-7, NULL)",
        "-c",
        "CREATE TABLE pages (a INTEGER PRIMARY KEY, b TEXT, c DECIMAL(10, 2), d DOUBLE, e DATE, f TIMESTAMP, g BOOLEAN, h UUID, i VECTOR(2), j BLOB) WITH (seal = 'page')",
        "-c", "INSERT INTO pages VALUES \(Self.pages(0..<550))",
        "-c", "INSERT INTO pages VALUES \(Self.pages(550..<1_100))",
        "-c", "CREATE TABLE notes (a INTEGER UNIQUE, b TEXT, c VARCHAR(40), d TEXT ENTITY patient)",
        "-c", "INSERT INTO notes VALUES \(Self.notes(0..<200))",
        "-c", "CREATE INDEX half ON few2 (half, a)", "-c", "VACUUM", "-c", "ERASE ENTITY 'p-7'",
        "-c", "CREATE INDEX remarks ON notes (c)",
        "-c", "INSERT INTO few VALUES (5, 'five')", "-c", "CREATE UNIQUE INDEX odd ON few2 (odd)",
        "-c", "DROP INDEX half",
      ])
    // Its dictionary among them.
    #expect(
      try Tool.run(database + ["-c", "SHOW STORAGE notes"]).output.contains("plain, shared dictionary"))
    for table in ["everything", "few", "few2", "pages", "notes"] {
      let answer = try Tool.run(database + ["--mode", "jsonl", "-c", "SELECT * FROM \(table)"])
      let rows = try objects(answer.output)
      #expect(!rows.isEmpty)
      #expect(try objects(read(database, table)) == rows)
    }
  }

  private static func pages(_ rows: Range<Int>) -> String {
    rows.map { row in
      func unlessNull(_ value: String) -> String { row % 13 == 5 ? "NULL" : value }
      return
        "(\(row * row), \(unlessNull("'kind \(row % 5)'")), \(unlessNull("\(row).25")), \(row % 2 == 0 ? "1e300" : "\(row) / 7.0e0"), "
        + unlessNull("DATE '2026-01-\(10 + row % 20)'") + ", TIMESTAMP '2026-01-01 00:\(10 + row % 50):00', "
        + unlessNull(row % 3 == 0 ? "TRUE" : "FALSE")
        + ", '00112233-4455-6677-8899-\(100_000_000_000 + row)'::UUID, "
        + unlessNull("'[\(row), 0.5]'") + ", \(row % 90 == 0 ? "NULL" : "x'\(100_000 + row)'"))"
    }.joined(separator: ", ")
  }

  private static func notes(_ rows: Range<Int>) -> String {
    rows.map { row in
      let long = row % 50 == 9 ? String(repeating: " and once more", count: 20) : ""
      let note =
        row % 11 == 3 ? "NULL" : "'\(row * 77 % 1_000): seen again and went home in good health\(long)'"
      return
        "(\(row), \(note), '\(row % 3 == 0 ? "a remark that many make" : "remark \(row * 31) of a few")', 'p-\(row % 90)')"
    }.joined(separator: ", ")
  }

  private static let zeros = "'[" + Array(repeating: "1.5", count: 64).joined(separator: ",") + "]'"

  private static let python: String? = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private func read(_ database: [String], _ table: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [Self.folder.appending(path: "read.py").path, database[0], database[2], table]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Each line's object, as numbers may be written in several ways.
  private func objects(_ lines: String) throws -> [NSDictionary] {
    try lines.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary)
    }
  }
}
