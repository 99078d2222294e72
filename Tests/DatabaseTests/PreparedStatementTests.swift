import Testing
import VSQL

@Suite struct PreparedStatementTests {
  func session() throws -> Session { try Database.open(":memory:").ownerSession() }

  @Test func runsWithOtherParameters() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, at DATE)")
    let insert = try session.prepare("INSERT INTO t VALUES ($1, $2, $3)")
    for id in 1...50 {
      #expect(try insert.execute([.integer(Int64(id)), .text("n\(id)"), "2026-01-05"]).rowCount == 1)
    }
    #expect(throws: VSQLError.self) { try insert.execute([7, "again", nil]) }
    #expect(throws: VSQLError.self) { try insert.execute([51]) }
    #expect(try insert.execute([51, nil, nil]).rowCount == 1)
    let named = try session.prepare("SELECT name FROM t WHERE id = :id AND at = :day")
    #expect(try named.query(["id": 9, "day": "2026-01-05"]).map { $0[0] } == ["n9"])
    #expect(try named.query(["day": "2026-01-05", "id": 10]).map { $0[0] } == ["n10"])
    #expect(try named.query(["day": "2026-01-06", "id": 10]).count == 0)
    #expect(throws: VSQLError.self) { try named.query(["id": 10]) }
    let count = try session.prepare("SELECT count(*) FROM t")
    #expect(try count.query().first?[0] == 51)
    try session.execute("DELETE FROM t WHERE id > 10")
    #expect(try count.query().first?[0] == 10)
  }

  @Test func parametersOfOtherTypesAreBoundAnew() throws {
    let statement = try session().prepare("SELECT $1")
    for value in [1, 2.5, "x", nil, true, 3] as [Value] {
      #expect(try statement.query([value]).first?[0] == value)
    }
  }

  @Test func aChangedTableIsSeen() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("INSERT INTO t VALUES (1)")
    let all = try session.prepare("SELECT * FROM t")
    #expect(try all.execute().columns.map(\.name) == ["a"])
    try session.execute("DROP TABLE t")
    let gone = try #require(throws: VSQLError.self) { try all.execute() }
    #expect(gone.sqlState == "42P01")
    try session.execute("CREATE TABLE t (b TEXT, c TEXT)")
    #expect(try all.execute().columns.map(\.name) == ["b", "c"])
    // In a transaction, its own view of the tables.
    try session.execute("BEGIN")
    try session.execute("DROP TABLE t")
    try session.execute("CREATE TABLE t (d DOUBLE)")
    #expect(try all.execute().columns.map(\.name) == ["d"])
    try session.execute("ROLLBACK")
    #expect(try all.execute().columns.map(\.name) == ["b", "c"])
  }

  @Test func theTenantOfTheRunCounts() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("CREATE TENANT acme")
    let (insert, all) = (
      try session.prepare("INSERT INTO t VALUES ($1)"), try session.prepare("SELECT a FROM t")
    )
    try insert.execute([1])
    try session.execute("SET SESSION TENANT acme")
    #expect(try all.query().count == 0)
    try insert.execute([2])
    #expect(try all.query().map { $0[0] } == [2])
    try session.execute("SET SESSION TENANT main")
    #expect(try all.query().map { $0[0] } == [1])
  }

  @Test func aTableThatGrewIsPlannedAnew() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER)")
    try session.execute("INSERT INTO t VALUES (1)")
    let plan = try session.prepare("EXPLAIN SELECT a FROM t")
    func lines() throws -> [String] { try plan.query().map { $0[0]?.description ?? "" } }
    let small = try lines()
    let insert = try session.prepare("INSERT INTO t VALUES ($1)")
    try session.execute("BEGIN")
    for number in 0..<20 { try insert.execute([.integer(Int64(number))]) }
    #expect(try lines() == small)
    for number in 0..<1_000 { try insert.execute([.integer(Int64(number))]) }
    #expect(try lines().joined().contains("1021"))
    try session.execute("COMMIT")
  }

  @Test func wrongSyntaxIsSaidWhenPreparing() throws {
    let session = try session()
    let error = try #require(throws: VSQLError.self) { try session.prepare("SELEC 1") }
    #expect(error.sqlState == "42601")
    #expect(throws: VSQLError.self) { try session.prepare("SELECT 1; SELECT 2") }
  }

  @Test func controlStatementsAndFailedTransactions() throws {
    let session = try session()
    try session.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    let (begin, commit) = (try session.prepare("BEGIN"), try session.prepare("COMMIT"))
    let insert = try session.prepare("INSERT INTO t VALUES ($1)")
    try begin.execute()
    try insert.execute([1])
    #expect(throws: VSQLError.self) { try insert.execute([1]) }
    let failed = try #require(throws: VSQLError.self) { try insert.execute([2]) }
    #expect(failed.sqlState == "25P02")
    #expect(try commit.execute().tag == "ROLLBACK")
    try begin.execute()
    try insert.execute([3])
    try commit.execute()
    #expect(try session.query("SELECT a FROM t").map { $0[0] } == [3])
  }
}
