import Testing
import VSQLDiagnostics
import VSQLSchema

@Suite struct StatementTests {
  private func database() throws -> TestDatabase {
    let database = try TestDatabase()
    try database.run(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x', n INT DEFAULT 7)")
    return database
  }

  @Test func insertsUpdatesAndDeletes() throws {
    let database = try database()
    #expect(
      try database.run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', NULL), (3, 'c', 3)").tag == "INSERT 0 3")
    #expect(try database.run("INSERT INTO t (id) VALUES (1 + 3)").tag == "INSERT 0 1")
    #expect(try database.run("UPDATE t SET n = n + 10, name = upper(name) WHERE n > 1").tag == "UPDATE 2")
    #expect(try database.lines("SELECT * FROM t ORDER BY id") == ["1|a|1", "2|b|NULL", "3|C|13", "4|X|17"])
    // Keys may change places: every row is found before the first is changed.
    #expect(try database.run("UPDATE t SET id = 5 - id").tag == "UPDATE 4")
    #expect(try database.lines("SELECT id, name FROM t ORDER BY id") == ["1|X", "2|C", "3|b", "4|a"])
    #expect(try database.run("DELETE FROM t WHERE id IN (1, 9)").tag == "DELETE 1")
    #expect(try database.run("DELETE FROM t").tag == "DELETE 3")
    #expect(try database.run("DELETE FROM t").tag == "DELETE 0")
  }

  @Test func aFailedStatementUndoesOnlyItself() throws {
    let database = try database()
    let transaction = try database.store.begin(
      tenant: database.store.mainTenant, actor: database.store.owner, readOnly: false)
    try database.run("INSERT INTO t VALUES (1, 'a', 1)", in: transaction)
    for sql in [
      "INSERT INTO t VALUES (2, 'b', 1), (1, 'again', 1)", "INSERT INTO t VALUES (3, 'c', 1), (4, NULL, 1)",
      "INSERT INTO t VALUES (5, 'e', 1), (6, 'f', 1 / (SELECT 0))", "UPDATE t SET n = 1 / (n - 1)",
      "UPDATE t SET n = 99999999999",
    ] {
      #expect(throws: (any Error).self, "\(sql)") { try database.run(sql, in: transaction) }
    }
    try database.run("INSERT INTO t VALUES (7, 'g', 1)", in: transaction)
    try transaction.commit()
    #expect(try database.lines("SELECT * FROM t ORDER BY id") == ["1|a|1", "7|g|1"])
  }

  @Test func copiesFilesOrChangesNothing() throws {
    let database = try database()
    let good = try TemporaryFile("{\"id\": 1, \"name\": \"a\"}\n{\"id\": 2, \"name\": \"b\", \"n\": null}\n")
    #expect(try database.run("COPY t FROM '\(good.path)' (FORMAT jsonl)").tag == "COPY 2")
    #expect(try database.lines("SELECT * FROM t ORDER BY id") == ["1|a|7", "2|b|NULL"])
    for (text, state) in [
      ("{\"id\": 3, \"name\": \"c\"}\n{\"id\": 3, \"name\": \"d\"}\n", SQLState.uniqueViolation),
      ("{\"id\": 3, \"name\": \"c\"}\n{\"id\": 4, \"name\": null}\n", .notNullViolation),
      ("{\"id\": 3, \"name\": \"c\"}\n{\"id\": 4,\n", .badCopyFileFormat),
    ] {
      let bad = try TemporaryFile(text)
      #expect(database.failure("COPY t FROM '\(bad.path)' (FORMAT jsonl)")?.state == state)
    }
    let csv = try TemporaryFile("name;id\n'q';5\n")
    #expect(
      try database.run("COPY t (id, name) FROM '\(csv.path)' (FORMAT csv, DELIMITER ';')").tag == "COPY 1")
    #expect(try database.lines("SELECT * FROM t ORDER BY id") == ["1|a|7", "2|b|NULL", "5|'q'|7"])
  }

  @Test func joinsAMatrixByPosition() throws {
    let database = try TestDatabase()
    try database.run(
      "CREATE TABLE v (id INTEGER PRIMARY KEY, e VECTOR(2, FLOAT16), u UUID DEFAULT gen_random_uuid())")
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    func matrix(_ numbers: [Float]) throws -> TemporaryFile {
      try TemporaryFile(
        [0x93] + Array("NUMPY".utf8) + [1, 0] + bytes(of: UInt16(header.utf8.count)) + Array(header.utf8)
          + numbers.flatMap { bytes(of: $0.bitPattern) })
    }
    let vectors = try matrix([1, 2, 3, 4])
    let rows = try TemporaryFile("{\"id\": 10}\n{\"id\": 20}\n")
    let one = try TemporaryFile("{\"id\": 10}\n")
    let three = try TemporaryFile("{\"id\": 10}\n{\"id\": 20}\n{\"id\": 20}\n")
    func copy(_ file: TemporaryFile) -> String {
      "COPY v FROM '\(file.path)' (FORMAT jsonl, VECTORS '\(vectors.path)' INTO e)"
    }
    #expect(try database.run(copy(rows)).tag == "COPY 2")
    #expect(try database.lines("SELECT id, e FROM v ORDER BY id") == ["10|[1,2]", "20|[3,4]"])
    #expect(try database.lines("SELECT count(DISTINCT u) FROM v") == ["2"])
    try database.run("DELETE FROM v")
    for file in [one, three] {
      let refused = database.failure(copy(file))
      #expect(refused?.state == .badCopyFileFormat)
      #expect(refused?.message.contains("expected as many") == true)
    }
    let infinite = try matrix([1, 2, .infinity, 4])
    let refused = database.failure(
      "COPY v FROM '\(rows.path)' (FORMAT jsonl, VECTORS '\(infinite.path)' INTO e)")
    #expect(refused?.message.contains("row 1 ") == true)
    #expect(try database.lines("SELECT count(*) FROM v") == ["0"])
    try database.run("CREATE TABLE w (k INTEGER DEFAULT 3, e VECTOR(2))")
    #expect(try database.run("COPY w (e) FROM '\(vectors.path)' (FORMAT npy)").tag == "COPY 2")
    #expect(try database.lines("SELECT * FROM w") == ["3|[1,2]", "3|[3,4]"])
  }

  @Test func showsAndDescribes() throws {
    let database = try database()
    try database.run("CREATE TABLE notes (who TEXT ENTITY patient, at TIMESTAMPTZ)")
    try database.run("INSERT INTO t (id) VALUES (1), (2)")
    let tables = try database.run("SHOW TABLES")
    #expect(tables.names == ["name", "columns", "rows", "entity"])
    #expect(try database.lines("SHOW TABLES") == ["notes|2|0|patient", "t|3|2|NULL"])
    #expect(
      try database.lines("DESCRIBE t")
        == [
          "id|INTEGER|false|NULL|primary key|record", "name|TEXT|false|'x'|NULL|record",
          "n|INT|true|7|NULL|record",
        ])
    #expect(try database.lines("DESCRIBE notes")[0] == "who|TEXT|false|NULL|entity patient|record")
    #expect(try database.lines("SHOW TENANTS").count == 1)
    #expect(try database.run("SHOW STORAGE").rows.contains { $0[0] == .text("t") && $0[3] == .integer(2) })
  }

  @Test func explainsWhatItDid() throws {
    let database = try database()
    try database.run("INSERT INTO t (id) VALUES (1), (2), (3)")
    let plain = try database.lines("EXPLAIN SELECT name FROM t WHERE id > 1")
    #expect(plain.contains { $0.contains("Scan on t") && $0.contains("cost=") && !$0.contains("actual") })
    let analyzed = try database.lines(
      "EXPLAIN (ANALYZE) SELECT count(*) FROM t WHERE id > (SELECT min(id) FROM t)")
    #expect(
      analyzed.contains {
        $0.contains("Aggregate") && $0.contains("actual") && $0.contains("rows=1 batches=1")
      })
    #expect(analyzed.contains { $0.contains("Scan on t") && $0.contains("rows=2 ") && $0.contains("actual") })
    #expect(analyzed.last?.hasPrefix("Execution Time") == true)
    try database.run("EXPLAIN DELETE FROM t")
    #expect(try database.lines("SELECT count(*) FROM t") == ["3"])
    try database.run("EXPLAIN (ANALYZE) DELETE FROM t WHERE id = 1")
    #expect(try database.lines("SELECT count(*) FROM t") == ["2"])
  }
}
