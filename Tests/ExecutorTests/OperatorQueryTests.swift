import Testing
import VSQLDiagnostics
import VSQLSchema

@Suite struct OperatorQueryTests {
  private func birds() throws -> TestDatabase {
    let database = try TestDatabase()
    try database.run(
      "CREATE TABLE birds (id INTEGER PRIMARY KEY, kind TEXT, wing DOUBLE, price DECIMAL(8, 2))")
    try database.run(
      """
      INSERT INTO birds VALUES (1, 'owl', 1.5, 10.00), (2, 'gull', 0.5, 2.50), (3, 'owl', 2.5, NULL),
        (4, NULL, 0.25, 7.25), (5, 'gull', NULL, 2.50)
      """)
    return database
  }

  @Test func filtersProjectsSortsAndLimits() throws {
    let database = try birds()
    #expect(
      try database.lines("SELECT id, wing * 2 FROM birds WHERE wing > 0.3 ORDER BY wing DESC") == [
        "3|5", "1|3", "2|1",
      ])
    #expect(try database.lines("SELECT id FROM birds ORDER BY kind, id DESC") == ["5", "2", "3", "1", "4"])
    #expect(
      try database.lines("SELECT id FROM birds ORDER BY kind NULLS FIRST, price DESC LIMIT 3") == [
        "4", "2", "5",
      ])
    #expect(try database.lines("SELECT id FROM birds ORDER BY id OFFSET 3") == ["4", "5"])
    #expect(try database.lines("SELECT id FROM birds LIMIT 2 OFFSET 1") == ["2", "3"])
    #expect(try database.lines("SELECT id FROM birds LIMIT 0") == [])
    #expect(try database.lines("SELECT 1 + 1, 'a' || 'b'") == ["2|ab"])
    #expect(database.failure("SELECT id FROM birds LIMIT -1")?.state == .invalidRowCountInLimit)
    #expect(database.failure("SELECT id FROM birds OFFSET -1")?.state == .invalidRowCountInOffset)
  }

  @Test func aggregates() throws {
    let database = try birds()
    #expect(
      try database.lines(
        "SELECT kind, count(*), count(wing), sum(wing), avg(price), min(id), max(price) FROM birds GROUP BY kind"
      )
        == [
          "owl|2|2|4|10.0000000000000000|1|10.00", "gull|2|1|0.5|2.5000000000000000|2|2.50",
          "NULL|1|1|0.25|7.2500000000000000|4|7.25",
        ])
    #expect(
      try database.lines("SELECT count(*), sum(id), avg(id), max(kind), min(kind) FROM birds WHERE id > 100")
        == ["0|NULL|NULL|NULL|NULL"])
    #expect(try database.lines("SELECT count(DISTINCT kind), sum(DISTINCT price) FROM birds") == ["2|19.75"])
    #expect(
      try database.lines(
        "SELECT count(*) FILTER (WHERE wing > 1), string_agg(kind, ',') FILTER (WHERE id < 4) FROM birds")
        == ["2|owl,gull,owl"])
    #expect(
      try database.lines("SELECT bool_and(id > 0), bool_or(id > 4), bool_and(wing > 1) FROM birds") == [
        "true|true|false"
      ])
    #expect(
      try database.lines("SELECT kind FROM birds GROUP BY kind HAVING count(*) > 1 ORDER BY kind") == [
        "gull", "owl",
      ])
    #expect(
      try database.lines("SELECT DISTINCT kind, price FROM birds") == [
        "owl|10.00", "gull|2.50", "owl|NULL", "NULL|7.25",
      ])
    #expect(
      try database.lines("SELECT var_pop(id), stddev_pop(id), var_samp(id) FROM birds") == [
        "2|1.4142135623730951|2.5"
      ])
  }

  @Test func joins() throws {
    let database = try birds()
    try database.run("CREATE TABLE food (kind TEXT, what TEXT, least DOUBLE)")
    try database.run(
      "INSERT INTO food VALUES ('owl', 'mouse', 2), ('owl', 'vole', 0), ('duck', 'bread', 0), (NULL, 'air', 0)"
    )
    #expect(
      try database.lines(
        "SELECT b.id, f.what FROM birds b JOIN food f ON b.kind = f.kind ORDER BY b.id, f.what")
        == ["1|mouse", "1|vole", "3|mouse", "3|vole"])
    #expect(
      try database.lines(
        "SELECT b.id, f.what FROM birds b LEFT JOIN food f ON b.kind = f.kind AND b.wing > f.least + 1")
        == ["1|vole", "2|NULL", "3|vole", "4|NULL", "5|NULL"])
    #expect(
      try database.lines(
        "SELECT b.id, f.what FROM birds b LEFT JOIN food f ON b.wing < f.least ORDER BY b.id")
        == ["1|mouse", "2|mouse", "3|NULL", "4|mouse", "5|NULL"])
    #expect(try database.lines("SELECT count(*) FROM birds, food") == ["20"])
    #expect(
      try database.lines("SELECT b.id FROM birds b LEFT JOIN food f ON FALSE") == ["1", "2", "3", "4", "5"])
  }

  @Test func subqueries() throws {
    let database = try birds()
    #expect(try database.lines("SELECT id FROM birds WHERE wing = (SELECT max(wing) FROM birds)") == ["3"])
    #expect(
      try database.lines("SELECT id FROM birds WHERE kind IN (SELECT kind FROM birds WHERE price > 9)") == [
        "1", "3",
      ])
    #expect(try database.lines("SELECT id FROM birds WHERE EXISTS (SELECT 1 FROM birds WHERE id = 9)") == [])
    #expect(try database.lines("SELECT (SELECT kind FROM birds WHERE id = 99)") == ["NULL"])
    #expect(database.failure("SELECT (SELECT kind FROM birds)")?.state == .cardinalityViolation)
    #expect(
      try database.lines(
        "SELECT id FROM birds WHERE id = (SELECT min(id) FROM birds WHERE id > (SELECT min(id) FROM birds))")
        == ["2"])
  }

  /// Joins, groups and sorts of more rows than a batch holds, against what plain loops say.
  @Test(arguments: [true, false])
  func agreesWithLoopsOnManyRows(optimises: Bool) throws {
    let database = try TestDatabase()
    database.optimises = optimises
    try database.run("CREATE TABLE a (i INTEGER, k INTEGER, s TEXT)")
    try database.run("CREATE TABLE b (k INTEGER, x INTEGER)")
    let rows = (0..<5_000).map { (Int64($0), Int64($0 * 7_919 % 613), "s\($0 * 31 % 97)") }
    for start in stride(from: 0, to: rows.count, by: 1_000) {
      let values = rows[start..<start + 1_000].map {
        "(\($0.0), \($0.1 == 5 ? "NULL" : "\($0.1)"), '\($0.2)')"
      }
      try database.run("INSERT INTO a VALUES \(values.joined(separator: ", "))")
    }
    let others = (0..<900).map { (Int64($0 % 450), Int64($0)) }
    try database.run("INSERT INTO b VALUES \(others.map { "(\($0.0), \($0.1))" }.joined(separator: ", "))")
    if optimises { try database.store.checkpoint() }
    var joined: [String] = []
    var outer: [String] = []
    for row in rows {
      let matches = row.1 == 5 ? [] : others.filter { $0.0 == row.1 }
      for match in matches { joined.append("\(row.0)|\(match.1)") }
      let kept = matches.filter { $0.1 % 3 == 0 }
      for match in kept { outer.append("\(row.0)|\(match.1)") }
      if kept.isEmpty { outer.append("\(row.0)|NULL") }
    }
    #expect(try database.lines("SELECT a.i, b.x FROM a JOIN b ON a.k = b.k ORDER BY a.i, b.x") == joined)
    #expect(
      try database.lines("SELECT a.i, b.x FROM a LEFT JOIN b ON a.k = b.k AND b.x % 3 = 0 ORDER BY a.i, b.x")
        == outer)
    var groups: [String: (Int, Int64)] = [:]
    for row in rows {
      groups[row.2, default: (0, 0)] = ((groups[row.2]?.0 ?? 0) + 1, (groups[row.2]?.1 ?? 0) + row.0)
    }
    #expect(
      try database.lines("SELECT s, count(*), sum(i) FROM a GROUP BY s ORDER BY s")
        == groups.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }.map {
          "\($0.key)|\($0.value.0)|\($0.value.1)"
        })
    let sorted = rows.sorted {
      $0.2 != $1.2 ? Array($0.2.utf8).lexicographicallyPrecedes(Array($1.2.utf8)) : $0.0 > $1.0
    }.map { "\($0.0)" }
    #expect(try database.lines("SELECT i FROM a ORDER BY s, i DESC") == sorted)
    #expect(try database.lines("SELECT i FROM a ORDER BY s, i DESC LIMIT 7 OFFSET 2") == Array(sorted[2..<9]))
    #expect(
      try database.lines("SELECT i FROM a ORDER BY s LIMIT 3")
        == Array(
          rows.filter { $0.2 == "s0" }.map { "\($0.0)" }.prefix(3)))
    #expect(
      try database.lines("SELECT count(*) FROM (SELECT DISTINCT k, s FROM a) d") == [
        "\(Set(rows.map { "\($0.1 == 5 ? -1 : $0.1)|\($0.2)" }).count)"
      ])
    #expect(
      try database.lines(
        "SELECT count(*), count(x.i) FROM a LEFT JOIN (SELECT i FROM a WHERE i < 10) x ON a.i < x.i") == [
          "\(5_000 - 9 + 45)|45"
        ])
  }

  @Test func sumsOfDoublesDoNotDependOnOrder() throws {
    let database = try TestDatabase()
    try database.run("CREATE TABLE d (i INTEGER, x DOUBLE)")
    try database.run(
      "INSERT INTO d VALUES (1, 1e300), (2, 1), (3, -1e300), (4, 1e-300), (5, 0.1), (6, 0.2), (7, -0.3)")
    let up = try database.run(
      "SELECT sum(x), avg(x), var_samp(x) FROM (SELECT x FROM d WHERE i > 1 AND i <> 3 ORDER BY i LIMIT 9) s"
    ).rows
    let down = try database.run(
      "SELECT sum(x), avg(x), var_samp(x) FROM (SELECT x FROM d WHERE i > 1 AND i <> 3 ORDER BY i DESC LIMIT 9) s"
    ).rows
    #expect(up == down)
    #expect(try database.lines("SELECT sum(x) FROM d WHERE i <= 4") == ["1"])
    try database.run("INSERT INTO d VALUES (8, 1.7e308), (9, 1.7e308), (10, -1.7e308)")
    #expect(try database.lines("SELECT sum(x) FROM d WHERE i > 7") == ["1.7e+308"])
    #expect(database.failure("SELECT sum(x) FROM d WHERE i IN (8, 9)")?.state == .numericValueOutOfRange)
  }

  @Test func stopsWhenCancelledOrOutOfTime() throws {
    let database = try birds()
    database.isCancelled = { true }
    #expect(database.failure("SELECT * FROM birds")?.state == .queryCanceled)
    database.isCancelled = { false }
    #expect(database.failure("SELECT * FROM birds") == nil)
    database.settings["max_result_rows"] = .integer(3)
    #expect(database.failure("SELECT * FROM birds")?.state == .programLimitExceeded)
    #expect(database.failure("SELECT * FROM birds LIMIT 3") == nil)
  }
}
