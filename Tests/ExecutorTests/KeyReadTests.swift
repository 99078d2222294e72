import Testing
import VSQLSchema
import VSQLStorage

/// Reads by a whole key of a unique index: the same rows as a scan gives.
@Suite struct KeyReadTests {
  private static let types = [
    ("INTEGER", ["-5", "0", "7"]), ("TEXT", ["''", "'a'", "'ab'"]), ("DOUBLE", ["-0.0", "1.5", "'NaN'"]),
    ("DECIMAL(10, 2)", ["0.00", "1.50", "-2.25"]), ("DATE", ["'1969-12-31'", "'2026-01-01'"]),
    ("BOOLEAN", ["true", "false"]), ("TIMESTAMPTZ", ["'2026-01-01 00:00:00+00'"]),
    ("UUID", ["'00000000-0000-0000-0000-000000000001'"]),
  ]

  @Test(arguments: [false, true]) func findsEveryTypeOfKey(stored: Bool) throws {
    for (type, values) in Self.types {
      let database = try TestDatabase()
      try database.run("CREATE TABLE t (n INTEGER, k \(type) PRIMARY KEY, s TEXT)")
      for (n, value) in values.enumerated() {
        try database.run("INSERT INTO t VALUES (\(n), \(value), 'row \(n)')")
      }
      if stored { try database.store.checkpoint() }
      database.prefersIndexes = true
      for (n, value) in values.enumerated() {
        let condition = "k = CAST(\(value) AS \(type))"
        let plan = try database.lines("EXPLAIN SELECT n FROM t WHERE \(condition)")
        #expect(plan.contains { $0.contains("Key Read using t_pkey on t ") }, "\(plan)")
        #expect(try database.lines("SELECT s, n FROM t WHERE \(condition)") == ["row \(n)|\(n)"], "\(type)")
        #expect(try database.lines("SELECT n FROM t WHERE \(condition) AND n > 1000") == [])
        #expect(try database.lines("SELECT n FROM t WHERE s = 'row \(n)' AND \(condition)") == ["\(n)"])
      }
      #expect(try database.lines("SELECT n FROM t WHERE k = CAST(NULL AS \(type))") == [])
    }
  }

  @Test func seesWhatItsTransactionDid() throws {
    let database = try TestDatabase()
    database.prefersIndexes = true
    try database.run("CREATE TABLE t (k INTEGER PRIMARY KEY, u TEXT UNIQUE, n INTEGER)")
    for first in [0, 200, 400] {
      let rows = (first..<first + 200).map { "(\($0), 'u\($0)', \($0))" }
      try database.run("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
      if first < 400 { try database.store.checkpoint() }
    }
    let store = database.store
    let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    func n(_ condition: String) throws -> [String] {
      try database.run("SELECT n FROM t WHERE \(condition)", in: transaction).rows.map { $0[0].text ?? "" }
    }
    for key in [0, 199, 200, 399, 400, 599] {
      #expect(try n("k = \(key)") == ["\(key)"])
      #expect(try n("u = 'u\(key)'") == ["\(key)"])
    }
    #expect(try n("k = 600") == [])
    try database.run("DELETE FROM t WHERE k = 7", in: transaction)
    #expect(try n("k = 7") == [])
    try database.run("INSERT INTO t VALUES (7, 'u7', 77)", in: transaction)
    #expect(try n("k = 7") == ["77"])
    #expect(try n("u = 'u7'") == ["77"])
    try database.run("UPDATE t SET n = 78 WHERE k = 7", in: transaction)
    #expect(try n("k = 7") == ["78"])
    try database.run("UPDATE t SET k = 700 WHERE k = 450", in: transaction)
    #expect(try n("k = 450") == [])
    #expect(try n("k = 700") == ["450"])
    #expect(try n("u = 'u450'") == ["450"])
    try transaction.commit()
    for _ in 0..<2 {
      #expect(try database.lines("SELECT n FROM t WHERE k = 7") == ["78"])
      #expect(try database.lines("SELECT n FROM t WHERE k = 450") == [])
      #expect(try database.lines("SELECT n FROM t WHERE u = 'u450'") == ["450"])
      try database.store.checkpoint()
    }
  }
}
