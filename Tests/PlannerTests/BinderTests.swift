import Testing
import VSQLDiagnostics
import VSQLParser
import VSQLPlanner
import VSQLSchema

/// What the stories cannot show: types of parameters, labels and places, privileges, what is bound to what.
@Suite struct BinderTests {
  private func columns(_ sql: String) throws -> [String] {
    Planning.query(try Planning.bind(sql))?.columns.map { "\($0.name) \($0.type)" } ?? []
  }

  @Test func outputNamesAndTypes() throws {
    #expect(
      try columns("SELECT id, size + 1, count(*) OVER_ FROM packages GROUP BY id, size") == [
        "id INTEGER", "?column? INTEGER", "over_ INTEGER",
      ])
    #expect(
      try columns(
        "SELECT CAST(size AS TEXT), lower(name), TRUE, 'x', NULL, 1.5, CASE WHEN TRUE THEN 1 END FROM packages"
      )
        == [
          "size TEXT", "lower TEXT", "bool BOOLEAN", "?column? TEXT", "?column? TEXT", "?column? DECIMAL",
          "case INTEGER",
        ])
    #expect(
      try columns("SELECT sum(size), avg(size), avg(score), min(section), max(added) FROM packages")
        == ["sum DECIMAL", "avg DECIMAL", "avg DOUBLE", "min TEXT", "max DATE"])
    #expect(
      try columns("SELECT * FROM sections JOIN packages USING (section)").prefix(4)
        == ["section TEXT", "title TEXT", "open BOOLEAN", "id INTEGER"])
    #expect(
      try columns(
        "SELECT size + score, price + size, coalesce(size, price), added + 1, added - added FROM packages"
      )
      .map { $0.split(separator: " ").last.map(String.init) ?? "" } == [
        "DOUBLE", "DECIMAL", "DECIMAL", "DATE", "INTEGER",
      ])
    #expect(try columns("SELECT p.* FROM packages p, queries").count == 9)
    #expect(
      try columns(
        "SELECT embedding + [1,2,3,4], l2_normalize(embedding), binary_quantize(embedding), subvector(embedding, 2, 2) FROM packages"
      )
      .map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "VECTOR(4)", "VECTOR(4, FLOAT16)", "VECTOR(4, BIT)", "VECTOR(2, FLOAT16)",
      ])
  }

  @Test func parametersTakeTheTypeOfTheirUse() throws {
    let bound = try Planning.bind(
      "SELECT $1, name FROM packages WHERE size > $2 AND score = $3 AND added < $4 AND name LIKE $5 AND price IN (1, $6) LIMIT $7"
    )
    #expect(bound.parameterTypes == [.string, .bigint, .double, .date, .string, .numeric, .bigint])
    #expect(
      try Planning.bind("INSERT INTO packages (id, section, added) VALUES ($1, $2, $3)").parameterTypes == [
        .bigint, .string, .date,
      ])
    #expect(try Planning.bind("SELECT :b WHERE :a = 1 AND :b = 'x'").parameterNames == ["b", "a"])
  }

  @Test func aTestedParameterWaitsForItsType() throws {
    let bound = try Planning.bind("SELECT name FROM packages WHERE $1 IS NULL OR size = $1")
    #expect(bound.parameterTypes == [.bigint])
    if let plan = Planning.query(bound) { PlanCheck.check(plan) }
    #expect(try Planning.bind("SELECT 1 WHERE $1 IS NULL").parameterTypes == [.string])
  }

  @Test func vectorsWithoutASize() throws {
    let bound = try Planning.bind(
      "SELECT embedding <-> $1::vector, embedding <-> '[1,2,3,4]'::vector, '[1,2]'::halfvec FROM packages")
    #expect(bound.parameterTypes == [.vector(VectorShape(dimension: 4, element: .float32))])
    #expect(
      Planning.query(bound)?.columns.last?.type == .vector(VectorShape(dimension: 2, element: .float16)))
    #expect(Planning.failure("CREATE TABLE t (v vector)")?.state == .syntaxError)
  }

  @Test func whatIsDrawnIsDrawnOnce() throws {
    let tree = try Planning.tree("SELECT name, gen_random_uuid() AS u FROM packages ORDER BY u LIMIT 2")
    #expect(tree.contains("Top K"))
    let lines = tree.split(separator: "\n")
    let draw = lines.firstIndex { $0.contains("Output: name, gen_random_uuid()") }
    let sort = lines.firstIndex { $0.contains("Top K") }
    #expect(draw ?? 0 > sort ?? 99)
  }

  @Test func typedLiteralsAreNoPlaces() throws {
    #expect(
      try columns(
        "SELECT DATE '2026-01-01', count(*) FROM packages GROUP BY DATE '2026-01-01' ORDER BY DATE '2026-01-01'"
      ).count == 2)
    #expect(Planning.failure("SELECT 1 FROM packages ORDER BY 'x'")?.state == .syntaxError)
    #expect(Planning.failure("SELECT date_trunc('day', '2026-01-01')")?.state == .ambiguousFunction)
  }

  @Test func aSubqueryWrittenTwiceIsOne() throws {
    let sql =
      "SELECT id = (SELECT max(id) FROM queries), count(*) FROM packages GROUP BY id = (SELECT max(id) FROM queries)"
    #expect(Planning.query(try Planning.bind(sql))?.subqueries.count == 1)
    let drawn = "SELECT (SELECT gen_random_uuid()), (SELECT gen_random_uuid())"
    #expect(Planning.query(try Planning.bind(drawn))?.subqueries.count == 2)
  }

  @Test func aCastToTextIsStillTheGroupKey() throws {
    #expect(try columns("SELECT section::TEXT, count(*) FROM packages GROUP BY section").count == 2)
  }

  @Test func valuesOfParametersHaveTheirTypes() throws {
    let bound = try Planning.bind(
      "SELECT name FROM packages WHERE id = $1", values: .positional([.double(2.5)]))
    #expect(bound.parameterTypes == [.double])
    let text = try Planning.bind("SELECT name FROM packages WHERE id = $1", values: .positional([.text("7")]))
    #expect(text.parameterTypes == [.bigint])
    #expect(Planning.failure("SELECT $2", values: .positional([.null]))?.state == .undefinedParameter)
    #expect(Planning.failure("SELECT 1", values: .positional([.null]))?.state == .undefinedParameter)
    #expect(
      Planning.failure("SELECT :nam", values: .named(["name": .null]))?.label == "did you mean \"name\"?")
    #expect(Planning.failure("SELECT $1, :a")?.state == .syntaxError)
  }

  @Test func nearMissesAreNamed() {
    let cases: [(String, String)] = [
      ("SELECT nam FROM packages", "name"), ("SELECT p.nam FROM packages p", "name"),
      ("SELECT 1 FROM package", "packages"),
      ("SELECT lowr(name) FROM packages", "lower"), ("SELECT cout(*) FROM packages", "count"),
      ("SELECT pp.id FROM packages p", "p"),
      ("CREATE TABLE t (a intger)", "integer"), ("SET statement_timout = 1", "statement_timeout"),
      ("SET SESSION TENANT acm", "acme"),
      ("ERASE ENTITY 'x' TYPE pakage", "package"), ("SELECT * FROM audit.event", "audit.events"),
      ("UPDATE packages SET siz = 1", "size"),
      ("SELECT l2_distanc(embedding, '[1,2,3,4]') FROM packages", "l2_distance"),
    ]
    for (sql, word) in cases {
      let failure = Planning.failure(sql)
      #expect(
        failure?.label?.contains("\"\(word)\"") == true && failure?.span != nil,
        "\(sql): \(String(describing: failure))")
    }
  }

  @Test func correlatedReferencesSayWhatTheyAre() {
    for sql in [
      "SELECT name FROM packages p WHERE size > (SELECT avg(id) FROM queries WHERE queries.id = p.id)",
      "SELECT name FROM packages WHERE EXISTS (SELECT 1 FROM queries WHERE note = name)",
    ] {
      let failure = Planning.failure(sql)
      #expect(failure?.state == .featureNotSupported && failure?.message.contains("outer query") == true)
    }
  }

  @Test func groupingRules() throws {
    #expect(
      Planning.failure("SELECT name, count(*) FROM packages GROUP BY section")?.message
        == "column \"packages.name\" must appear in the GROUP BY clause or be used in an aggregate function")
    // The primary key determines the rest of its own row.
    #expect(
      try columns(
        "SELECT p.id, p.name, s.section, count(*) FROM packages p JOIN sections s ON s.section = p.section GROUP BY p.id, s.section"
      ).count == 4)
    #expect(
      Planning.failure("SELECT p.name, s.title FROM packages p JOIN sections s ON TRUE GROUP BY p.id")?.state
        == .groupingError)
    #expect(try columns("SELECT size / 10 AS d, count(*) FROM packages GROUP BY d ORDER BY d").count == 2)
    #expect(try columns("SELECT (size / 10) + 1 FROM packages GROUP BY size / 10").count == 1)
    // A column of FROM goes before an output name in GROUP BY, an output name first in ORDER BY.
    #expect(
      Planning.failure("SELECT size AS section FROM packages GROUP BY section")?.state == .groupingError)
    #expect(
      Planning.failure("SELECT count(*) FROM packages WHERE count(*) > 1")?.message
        == "aggregate functions are not allowed in WHERE")
    #expect(
      Planning.failure("SELECT sum(count(*)) FROM packages")?.message
        == "aggregate function calls cannot be nested")
    #expect(
      Planning.failure("SELECT DISTINCT name FROM packages ORDER BY size")?.state == .invalidColumnReference)
    #expect(Planning.failure("SELECT name FROM packages ORDER BY 3")?.state == .invalidColumnReference)
  }

  @Test func literalsThatAreNoSuchValueHaveTheirPlace() {
    let sql = "SELECT name FROM packages WHERE size = 'many'"
    let failure = Planning.failure(sql)
    #expect(failure?.state == .invalidTextRepresentation)
    #expect(failure?.span.map { $0.start..<$0.end } == 39..<45)
  }

  @Test func accessesGoThroughSubqueriesAndExplain() throws {
    let bound = try Planning.bind(
      "EXPLAIN SELECT name FROM packages WHERE section IN (SELECT section FROM sections WHERE open)")
    #expect(bound.accesses.map(\.name) == ["packages", "sections"])
    #expect(
      bound.accesses.map(\.securable) == [
        .table(TableID(10), columns: [1, 2]), .table(TableID(12), columns: [0, 2]),
      ])
    #expect(try Planning.bind("COPY queries FROM 'q.csv'").accesses.map(\.privilege) == [.insert, .file])
    #expect(
      try Planning.bind("UPDATE packages SET size = id WHERE score > 1").accesses.map(\.privilege) == [
        .update, .select,
      ])
    #expect(try Planning.bind("SELECT seq FROM audit.events").accesses.map(\.privilege) == [.readAudit])
    #expect(
      try Planning.bind("ROTATE KEY ALL TENANTS").accesses.map(\.privilege) == [.rotateKey, .rotateKey])
    #expect(
      try Planning.bind("EXPLAIN (TOKENS) DELETE FROM packages").accesses.map(\.privilege) == [
        .delete
      ])
  }

  @Test func definitions() throws {
    guard
      case .createTable(let table, isThereAlready: false) = try Planning.bind(
        "CREATE TABLE n (id INT PRIMARY KEY, patient TEXT ENTITY patient, at TIMESTAMP DEFAULT '2026-01-01', v halfvec(3))"
      ).kind
    else {
      Issue.record("no table")
      return
    }
    #expect(table.primaryKey == [0] && table.entity == EntityColumn(ordinal: 1, type: "patient"))
    #expect(table.columns.map(\.isNotNull) == [true, true, false, false])
    #expect(table.columns.map(\.type.description) == ["INT", "TEXT", "TIMESTAMP", "VECTOR(3, FLOAT16)"])
    #expect(table.columns[2].defaultSQL == "'2026-01-01'")
    let refused: [(String, SQLState)] = [
      ("CREATE TABLE t (a INTEGER, a TEXT)", .duplicateColumn),
      ("CREATE TABLE t (v VECTOR(2) PRIMARY KEY)", .invalidTableDefinition),
      ("CREATE TABLE t (v VECTOR(65537))", .invalidParameterValue),
      ("CREATE TABLE t (v VECTOR(0))", .invalidParameterValue),
      ("CREATE TABLE t (a TEXT ENTITY x, b TEXT ENTITY y)", .invalidTableDefinition),
      ("CREATE TABLE t (d DECIMAL(39))", .invalidParameterValue),
      ("CREATE TABLE t (d DECIMAL(5, 6))", .invalidParameterValue),
      ("CREATE TABLE audit.x (a TEXT)", .reservedName),
      ("CREATE TABLE t (a INTEGER DEFAULT TRUE)", .datatypeMismatch),
      ("CREATE TABLE t (a INTEGER DEFAULT (SELECT 1))", .featureNotSupported),
      ("CREATE TABLE t (a INTEGER) WITH (fill = 'page')", .invalidParameterValue),
      ("CREATE TABLE t (a TEXT ENTITY x) WITH (seal = 'page')", .featureNotSupported),
      ("CREATE TABLE packages (a INTEGER)", .duplicateTable),
      ("CREATE TABLE t (a JSON)", .featureNotSupported), ("DROP TABLE audit.events", .wrongObjectType),
      ("INSERT INTO audit.events VALUES (1)", .wrongObjectType),
    ]
    for (sql, state) in refused { #expect(Planning.failure(sql)?.state == state, "\(sql)") }
  }

  @Test func defaultsFillRows() throws {
    var catalog = FixedCatalog.shop
    catalog.tables[2].columns[1].defaultSQL = "upper('none')"
    guard
      case .insert(let insert) = try Planning.bind(
        "INSERT INTO sections (section, open) VALUES ('x', TRUE), ('y', DEFAULT)", catalog: catalog
      ).kind
    else { return }
    #expect(insert.rows.count == 2)
    guard case .call(.upper, _) = insert.rows[0][1].kind else {
      Issue.record("no default")
      return
    }
    #expect(insert.rows[1][2].isNullConstant)
  }

  @Test func copyOptions() throws {
    guard
      case .copy(let copy) = try Planning.bind(
        "COPY packages (id, name) FROM 'p.jsonl' (FORMAT jsonl, VECTORS 'v.npy' INTO embedding)"
      ).kind
    else { return }
    #expect(copy.columns == [0, 1] && copy.vectors?.column == 7 && copy.format == .jsonl)
    let refused: [(String, SQLState)] = [
      ("COPY packages FROM 'x' (FORMAT xml)", .invalidParameterValue),
      ("COPY packages FROM 'x.bin'", .syntaxError),
      ("COPY packages FROM 'x.jsonl' (DELIMITER ';')", .syntaxError),
      ("COPY packages FROM 'x.csv' (DELIMITR ';')", .syntaxError),
      ("COPY packages FROM 'x.csv' (DELIMITER ';;')", .invalidParameterValue),
      ("COPY packages FROM 'x.csv' (VECTORS 'v.npy' INTO name)", .datatypeMismatch),
      ("COPY sections FROM 'v.npy' (FORMAT npy)", .invalidParameterValue),
    ]
    for (sql, state) in refused { #expect(Planning.failure(sql)?.state == state, "\(sql)") }
  }

  @Test func settings() throws {
    guard case .set(let name, let value) = try Planning.bind("SET statement_timeout = '2s'").kind else {
      return
    }
    #expect(name == "statement_timeout" && value == .integer(2_000))
    #expect(Planning.failure("SET statement_timeout = -1")?.state == .invalidParameterValue)
    #expect(Planning.failure("SET nearest_default = fast")?.state == .invalidParameterValue)
    #expect(Planning.failure("SET timezone = 'Europe/Berlin'")?.state == .invalidParameterValue)
    var settings = SessionSettings()
    settings["statement_timeout"] = value
    #expect(settings.statementTimeoutMilliseconds == 2_000 && settings.maxResultRows == nil)
    settings.reset(nil)
    #expect(settings.statementTimeoutMilliseconds == nil)
  }

  @Test func constantsThatCannotBeCastWaitForTheirRow() throws {
    #expect(
      try Planning.tree("SELECT CASE WHEN size > 0 THEN 1 ELSE CAST(99999999 AS SMALLINT) END FROM packages")
        .contains("CAST(99999999 AS SMALLINT)"))
  }
}
