import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Rows found by an index are the rows of the scan, in its order: in segments, in memory, among own writes.
@Suite struct IndexScanTests {
  /// Rows in two segments, in memory and in an open transaction, some of each deleted.
  private static let predicates = [
    "a = 7 AND b = 'b3'", "a = 7", "a IN (3, 1, 99, 7)", "a = 7 OR a = 2", "a BETWEEN 10 AND 12",
    "a > 37 AND n > 5", "a = 9 AND b > 'b2'", "a = 9 AND b BETWEEN 'b1' AND 'b3'",
    "a IN (4, 5) AND b <= 'b1'",
    "a IN (4, 5) AND b IN ('b0', 'b4', 'zz')", "a = NULL", "a > NULL", "a IN (1, NULL)", "a = 41", "12 = a",
    "a = (SELECT min(a) FROM t)", "a >= 8 AND a < 8", "a > 39 OR a = 1", "a = $1", "a BETWEEN $1 AND $1 + 0",
    "a = 7 AND b = 'b3' AND n < 0",
  ]

  /// Keys of the table, and an index that it gets; the other predicates that can be looked up in it.
  @Test(arguments: [
    ("PRIMARY KEY (a, b)", nil, "t_pkey"), ("UNIQUE (a, b)", nil, "t_a_b_key"),
    ("", "CREATE INDEX i ON t (a, b, n)", "i"), ("", "CREATE UNIQUE INDEX i ON t (a, b)", "i"),
  ]) func findsWhatTheScanFinds(key: String, index: String?, name: String) throws {
    let database = try TestDatabase()
    let constraint = key.isEmpty ? "" : ", \(key)"
    try database.run("CREATE TABLE t (a INTEGER, b TEXT, n INTEGER, v VECTOR(2)\(constraint))")
    let hasNulls = !key.hasPrefix("PRIMARY")
    func fill(_ remainder: Int) throws {
      for first in stride(from: 0, to: 40 * 60, by: 600) {
        let rows = (first..<first + 600).filter { $0 % 4 == remainder }.map { row in
          let b = hasNulls && row % 9 == 0 ? "NULL" : "'b\(row / 40)'"
          let a = hasNulls && row % 13 == 0 ? "NULL" : "\(row * 7 % 40)"
          return "(\(a), \(b), \(row % 11), '[\(row), 1]')"
        }
        try database.run("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
      }
    }
    try fill(0)
    try database.store.checkpoint()
    try fill(1)
    if let index { try database.run(index) }
    try database.store.checkpoint()
    try fill(2)
    try database.run("DELETE FROM t WHERE n = 4")
    let transaction = try database.store.begin(
      tenant: database.store.mainTenant, actor: database.store.owner, readOnly: false)
    try database.run("INSERT INTO t VALUES (7, 'own', 1, NULL), (11, 'own', 1, NULL)", in: transaction)
    if hasNulls { try database.run("INSERT INTO t VALUES (7, NULL, NULL, NULL)", in: transaction) }
    try database.run("DELETE FROM t WHERE n = 5", in: transaction)
    var indexed = 0
    for predicate in Self.predicates {
      for columns in ["*", "n", "b, v", "count(*)"] {
        let sql = "SELECT \(columns) FROM t WHERE \(predicate)"
        let parameters: [Value] = predicate.contains("$1") ? [.integer(7)] : []
        database.optimises = false
        let expected = try database.run(sql, parameters, in: transaction).rows
        database.optimises = true
        for prefers in [false, true] {
          database.prefersIndexes = prefers
          #expect(try database.run(sql, parameters, in: transaction).rows == expected, "\(sql)")
        }
        let plan = try database.run("EXPLAIN \(sql)", parameters, in: transaction).rows
        if plan.contains(where: { $0[0].text?.contains(" using \(name) on t") ?? false }) {
          indexed += 1
        }
      }
    }
    // All but those that no key can meet and the one that no lookup answers.
    #expect(indexed == (Self.predicates.count - 3) * 4)
    try transaction.commit()
    #expect(try database.lines("SELECT a, b FROM t WHERE a = 7 AND b = 'own'") == ["7|own"])
    #expect(try database.run("UPDATE t SET n = 100 WHERE a = 7 AND b = 'own'").tag == "UPDATE 1")
    #expect(try database.run("DELETE FROM t WHERE a = 7 AND b = 'own' AND n = 100").tag == "DELETE 1")
    #expect(try database.lines("SELECT a, b FROM t WHERE a = 7 AND b = 'own'") == [])
  }

  /// A point read opens the pages that hold the row, and no other.
  @Test func opensOnlyThePagesOfWhatItFinds() throws {
    let database = try TestDatabase()
    try database.run("CREATE TABLE t (a INTEGER PRIMARY KEY, n INTEGER)")
    for first in stride(from: 0, to: 6_000, by: 1_000) {
      let rows = (first..<first + 1_000).map { "(\($0 * 7_919 % 6_007), \($0))" }
      try database.run("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
    }
    try database.store.checkpoint()
    let plan = try database.lines("EXPLAIN ANALYZE SELECT n FROM t WHERE a = \(4_321 * 7_919 % 6_007)")
    #expect(plan.contains { $0.contains("Key Read using t_pkey on t") }, "\(plan)")
    #expect(plan.contains { $0.contains("rows=1 batches=1 pages=1 skipped=5") }, "\(plan)")
  }

  @Test func smallTablesAreScanned() throws {
    let database = try TestDatabase()
    try database.run("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    try database.run("INSERT INTO t VALUES (1), (2)")
    #expect(try database.lines("EXPLAIN SELECT a FROM t WHERE a = 1")[0].hasPrefix("Scan on t "))
  }
}
