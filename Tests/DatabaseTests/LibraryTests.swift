import Synchronization
import Testing
import VSQL

@Suite struct LibraryTests {
  private func session() throws -> Session { try Database.open(":memory:").ownerSession() }

  @Test func readsTypedRows() throws {
    let session = try session()
    try session.execute(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score DOUBLE, raw BLOB, v VECTOR(2))")
    let inserted = try session.execute(
      "INSERT INTO t VALUES ($1, $2, $3, $4, $5)", [1, "a", 0.5, .blob([1, 2]), .vector([1, -2])])
    #expect(inserted.tag == "INSERT 0 1")
    #expect(inserted.rowCount == 1)
    let rows = Array(try session.query("SELECT * FROM t WHERE id = :id", ["id": 1]))
    let row = try #require(rows.first)
    #expect(try row.value("id", as: Int.self) == 1)
    #expect(try row.value("name", as: String.self) == "a")
    #expect(try row.value("score", as: Double.self) == 0.5)
    #expect(try row.value("raw", as: [UInt8].self) == [1, 2])
    #expect(try row.value("v", as: [Float].self) == [1, -2])
    #expect(row["nothing"] == nil)
    #expect(throws: VSQLError.self) { try row.value("nmae", as: String.self) }
  }

  @Test func nullIsReadAsNil() throws {
    let session = try session()
    let row = try #require(try session.query("SELECT NULL::TEXT AS a, 'x' AS b").first { _ in true })
    #expect(try row.value("a", as: String?.self) == nil)
    #expect(try row.value("b", as: String?.self) == "x")
    #expect(throws: VSQLError.self) { try row.value("a", as: String.self) }
  }

  @Test func iteratesAsynchronously() async throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("INSERT INTO t VALUES (1), (2), (3)")
    var seen: [Int] = []
    for try await row in try session.query("SELECT a FROM t ORDER BY a") { seen.append(try row.value("a")) }
    #expect(seen == [1, 2, 3])
  }

  @Test func aValueThatNoColumnCanHoldIsRefused() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (v VECTOR(2), n DECIMAL)")
    for (value, state) in [
      (Value.vector([.nan, 1]), "22000"), (.vector([1, -.infinity]), "22000"), (.vector([]), "22000"),
      (.decimal(DecimalValue(unscaled: 1, scale: 39)), "22003"),
      (.decimal(DecimalValue(unscaled: .max, scale: 0)), "22003"),
    ] {
      for sql in ["SELECT :p AS p", "SELECT * FROM t WHERE v <-> :p < 1", "INSERT INTO t VALUES (:p, :p)"] {
        let error = #expect(throws: VSQLError.self) { try session.execute(sql, ["p": value]) }
        #expect(error?.sqlState == state, "\(sql), \(value)")
      }
      #expect(throws: VSQLError.self) { try session.execute("SELECT $1", [value]) }
    }
    #expect(
      try session.query("SELECT :p AS p", ["p": .decimal(DecimalValue(unscaled: -7, scale: 38))]).count == 1)
  }

  /// Rows are sequences of both kinds: in an asynchronous function the calls are those of `Sequence`.
  @Test func callsOnRowsAreNotAmbiguous() async throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("INSERT INTO t VALUES (1), (2), (NULL)")
    let rows = try session.query("SELECT a FROM t ORDER BY a NULLS LAST")
    #expect(try rows.first?.value("a", as: Int.self) == 1)
    #expect(rows.map { $0["a"] } == [.integer(1), .integer(2), .null])
    #expect(try rows.compactMap { try $0.value("a", as: Int?.self) } == [1, 2])
    #expect(rows.filter { $0["a"] == .null }.count == 1)
    #expect(rows.first { $0["a"] == .integer(2) } != nil)
    #expect(rows.contains { $0["a"] == .null })
    #expect(rows.reduce(0) { sum, _ in sum + 1 } == 3)
    #expect(try session.query("SELECT 1 AS a WHERE false").first == nil)
  }

  @Test func errorsCarryCodePlaceAndHint() throws {
    let session = try session()
    try session.execute("CREATE TABLE packages (name TEXT, embedding VECTOR(2))")
    let source = "SELECT embeding FROM packages"
    let error = #expect(throws: VSQLError.self) { try session.execute(source) }
    #expect(error?.sqlState == "42703")
    #expect(error?.position == 7..<15)
    #expect(
      error?.rendered(source: source, name: "demo.sql") == """
        error[42703]: column "embeding" does not exist in table "packages"
         --> demo.sql:1:8
          |
        1 | SELECT embeding FROM packages
          |        ^^^^^^^^ did you mean "embedding"?
        """)
  }

  @Test func parametersAreCountedAndNamed() throws {
    let session = try session()
    #expect(throws: VSQLError.self) { try session.execute("SELECT $1 + 1", []) }
    #expect(throws: VSQLError.self) { try session.execute("SELECT $1 + 1", [1, 2]) }
    #expect(throws: VSQLError.self) { try session.execute("SELECT :a + 1", ["b": 1]) }
    #expect(throws: VSQLError.self) { try session.execute("SELECT :a + 1", [1]) }
    #expect(
      try session.query("SELECT :a + :b AS c", ["a": 1, "b": 2]).first { _ in true }?["c"] == .integer(3))
  }

  @Test func aFailedStatementUndoesItself() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    #expect(throws: VSQLError.self) { try session.execute("INSERT INTO t VALUES (1), (2), (1)") }
    #expect(try session.query("SELECT a FROM t").count == 0)
  }

  @Test func transactionsArePostgreSQLs() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("BEGIN")
    try session.execute("INSERT INTO t VALUES (1)")
    #expect(throws: VSQLError.self) { try session.execute("SELECT 1/0") }
    #expect(session.isInFailedTransaction)
    let error = #expect(throws: VSQLError.self) { try session.execute("SELECT 1") }
    #expect(error?.sqlState == "25P02")
    #expect(try session.execute("COMMIT").tag == "ROLLBACK")
    #expect(!session.isInTransaction)
    #expect(try session.query("SELECT a FROM t").count == 0)
  }

  @Test func sessionsSeeSnapshots() throws {
    let database = try Database.open(":memory:")
    let writer = try database.ownerSession()
    let reader = try database.ownerSession()
    try writer.execute("CREATE TABLE t (a INTEGER)")
    try reader.execute("BEGIN")
    #expect(try reader.query("SELECT a FROM t").count == 0)
    try writer.execute("INSERT INTO t VALUES (1)")
    #expect(try reader.query("SELECT a FROM t").count == 0)
    try reader.execute("COMMIT")
    #expect(try reader.query("SELECT a FROM t").count == 1)
  }

  /// A request that comes just before its statement is not lost, and none outlives a statement.
  @Test func cancellingStopsOneStatement() throws {
    let session = try session()
    session.canceller.cancel()
    let error = #expect(throws: VSQLError.self) { try session.execute("SELECT 1") }
    #expect(error?.sqlState == "57014")
    #expect(try session.query("SELECT 1").count == 1)
    session.canceller.cancel()
    session.canceller.reset()
    #expect(try session.query("SELECT 1").count == 1)
  }

  /// A large commit holds the writer's place for a while; who waits for it gives up when told to, and nothing of it stays.
  @Test func waitsForAWriterAreBounded() throws {
    let database = try Database.open(":memory:")
    let session = try database.ownerSession()
    try session.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    try session.execute("SET lock_timeout = '1ms'")
    let text = String(
      decoding: (0..<6_000_000).map { UInt8(97 + $0 * $0 % 23) }, as: UTF8.self)
    let isOver = Atomic<Bool>(false)
    let other = OwnThread {
      let session = try database.ownerSession()
      while !isOver.load(ordering: .relaxed) {
        try session.execute("INSERT INTO t VALUES (0, $1)", [.text(text)])
        try session.execute("DELETE FROM t WHERE a = 0")
      }
    }
    var next = 1
    while true {
      do throws(VSQLError) {
        try session.execute("INSERT INTO t VALUES ($1, 'x')", [.integer(Int64(next))])
        next += 1
      } catch {
        #expect(error.sqlState == "55P03")
        break
      }
    }
    isOver.store(true, ordering: .relaxed)
    try other.wait()
    try session.execute("RESET lock_timeout")
    #expect(try session.query("SELECT a FROM t").count == next - 1)
    let events = try session.query("SELECT 1 FROM audit.events WHERE action = 'failure' AND detail = '55P03'")
    #expect(events.count == 1)
  }

  @Test func firstCommitterWins() throws {
    let database = try Database.open(":memory:")
    let one = try database.ownerSession()
    let two = try database.ownerSession()
    try one.execute("CREATE TABLE t (a INTEGER)")
    try one.execute("INSERT INTO t VALUES (1)")
    try one.execute("BEGIN")
    try two.execute("BEGIN")
    try one.execute("UPDATE t SET a = 2")
    try one.execute("COMMIT")
    let error = #expect(throws: VSQLError.self) {
      try two.execute("UPDATE t SET a = 3")
      try two.execute("COMMIT")
    }
    #expect(error?.sqlState == "40001")
  }

  @Test func manySessionsAtOnce() async throws {
    let database = try Database.open(":memory:")
    try database.ownerSession().execute("CREATE TABLE t (a INTEGER)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          let session = try database.ownerSession()
          for index in 0..<25 {
            try session.execute("INSERT INTO t VALUES ($1)", [.integer(Int64(task * 100 + index))])
          }
        }
      }
      try await group.waitForAll()
    }
    let session = try database.ownerSession()
    #expect(try session.query("SELECT count(*) AS n FROM t").first { _ in true }?["n"] == .integer(200))
    #expect(try session.execute("VERIFY AUDIT").verification == true)
  }

  @Test func aTenantSeesItsOwnRows() throws {
    let database = try Database.open(":memory:")
    let main = try database.ownerSession()
    try main.execute("CREATE TENANT acme")
    try main.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    try main.execute("INSERT INTO t VALUES (1)")
    let acme = try database.ownerSession(tenant: "acme")
    #expect(try acme.query("SELECT a FROM t").count == 0)
    try acme.execute("INSERT INTO t VALUES (1), (2)")
    #expect(try main.query("SELECT a FROM t").count == 1)
    #expect(throws: VSQLError.self) { try database.ownerSession(tenant: "acne") }
  }

  @Test func noStatementTextReachesTheChain() throws {
    let session = try session()
    try session.execute("CREATE TABLE secrets (who TEXT ENTITY person)")
    try session.execute("INSERT INTO secrets VALUES ('Grace Hopper')")
    _ = try session.query("SELECT * FROM secrets WHERE who = 'Grace Hopper'")
    try session.execute("ERASE ENTITY 'Grace Hopper' TYPE person")
    for row in try session.query("SELECT * FROM audit.events") {
      #expect(!row.values.contains { "\($0)".contains("Grace") || "\($0)".contains("secrets") })
    }
  }
}
