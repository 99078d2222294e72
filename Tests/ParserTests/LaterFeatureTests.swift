import Testing
import VSQLDiagnostics
import VSQLParser

/// What the language has and this release has not is told by name, at its word.
@Suite struct LaterFeatureTests {
  @Test(arguments: [
    ("WITH a AS (SELECT 1) SELECT 1", "WITH", "WITH"), ("SELECT 1 UNION SELECT 2", "UNION", "UNION"),
    ("SELECT 1 FROM t INTERSECT SELECT 2", "INTERSECT", "INTERSECT"),
    ("SELECT 1 FROM t x EXCEPT SELECT 2", "EXCEPT", "EXCEPT"),
    ("VALUES (1)", "VALUES", "VALUES as a statement"), ("GRANT SELECT ON t TO u", "GRANT", "GRANT"),
    ("REVOKE CONSENT ENTITY 'x'", "REVOKE", "REVOKE"), ("ALTER TABLE t ADD a INT", "ALTER", "ALTER"),
    ("CHECKPOINT AUDIT", "CHECKPOINT", "CHECKPOINT AUDIT"),
    ("CREATE VECTOR INDEX i ON t (a)", "CREATE VECTOR", "CREATE VECTOR INDEX"),
    ("CREATE VIEW v AS SELECT 1", "CREATE VIEW", "CREATE VIEW"), ("DROP VIEW v", "DROP VIEW", "DROP VIEW"),
    ("DROP TENANT a", "DROP TENANT", "DROP TENANT"), ("CREATE ROLE a", "CREATE ROLE", "CREATE ROLE"),
    ("CREATE TABLE t AS SELECT 1", "AS", "CREATE TABLE AS"),
    ("CREATE TEMP TABLE t (a INT)", "CREATE TEMP", "CREATE TEMPORARY TABLE"),
    ("CREATE TABLE t (a INT CHECK (a > 1))", "CHECK", "CHECK"),
    ("DROP INDEX a, b", ",", "DROP INDEX of several indexes"),
    ("CREATE TABLE t (a INT CONSTRAINT c UNIQUE)", "CONSTRAINT", "a named constraint of a column"),
    ("CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 1))", "CHECK", "CHECK"),
    ("CREATE TABLE t (a INT[])", "[", "an array type"),
    ("CREATE TABLE t (a INT REFERENCES u)", "REFERENCES", "REFERENCES"),
    ("INSERT INTO t SELECT 1", "SELECT", "INSERT … SELECT"),
    ("INSERT INTO t (a) SELECT 1", "SELECT", "INSERT … SELECT"),
    ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT", "ON CONFLICT"),
    ("INSERT INTO t VALUES (1) RETURNING a", "RETURNING", "RETURNING"),
    ("SELECT * FROM (VALUES (1)) AS v", "VALUES", "VALUES in FROM"),
    ("INSERT INTO t DEFAULT VALUES", "DEFAULT", "DEFAULT VALUES"),
    ("UPDATE t SET a = 1 FROM u", "FROM", "UPDATE … FROM"),
    ("DELETE FROM t USING u", "USING", "DELETE … USING"),
    ("COPY t TO 'x'", "TO", "COPY … TO"), ("COPY (SELECT 1) TO 'x'", "(", "COPY of a query"),
    ("SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON", "DISTINCT ON"),
    ("SELECT * FROM a NATURAL JOIN b", "NATURAL", "NATURAL JOIN"),
    ("SELECT * FROM a FULL JOIN b ON TRUE", "FULL", "FULL JOIN"),
    ("SELECT * FROM a RIGHT JOIN b ON TRUE", "RIGHT", "RIGHT JOIN"),
    ("SELECT * FROM a, LATERAL (SELECT 1) b", "LATERAL", "LATERAL"),
    ("SELECT * FROM generate_series(1, 2)", "generate_series", "a function in FROM"),
    ("SELECT a FROM t GROUP BY ROLLUP (a)", "ROLLUP", "ROLLUP"),
    ("SELECT a FROM t GROUP BY GROUPING SETS ((a))", "GROUPING SETS", "GROUPING SETS"),
    ("SELECT sum(a) OVER (ORDER BY b) FROM t", "OVER", "OVER (…)"),
    ("SELECT a FROM t WINDOW w AS ()", "WINDOW", "WINDOW"),
    ("SELECT a FROM t FOR UPDATE", "FOR", "FOR UPDATE"), ("SELECT a = ANY (b)", "ANY", "ANY (…)"),
    ("SELECT ARRAY[1]", "ARRAY", "ARRAY […]"), ("SELECT a[1]", "[", "a subscript"),
    ("SELECT (1, 2)", ",", "a row value"),
    ("SELECT a SIMILAR TO 'x'", "SIMILAR", "SIMILAR TO"),
    ("SELECT a AT TIME ZONE 'UTC'", "AT", "AT TIME ZONE"),
    ("SELECT s.f(1)", "s.f", "a function of a schema"),
    ("SELECT string_agg(a, 'x' ORDER BY a)", "ORDER", "ORDER BY in an aggregate"),
    ("SELECT a FROM t NEAREST 1 BY DISTANCE b WITH PRIVACY (epsilon = 1)", "WITH PRIVACY", "WITH PRIVACY"),
    (
      "SELECT a FROM t NEAREST 1 BY DISTANCE b GROUP BY a", "NEAREST 1 BY DISTANCE b GROUP",
      "GROUP BY beside NEAREST"
    ),
    ("SELECT a FROM t FETCH FIRST 1 ROWS WITH TIES", "WITH", "WITH TIES"),
    ("SHOW USERS", "USERS", "SHOW USERS"),
    ("SET LOCAL a = 1", "LOCAL", "SET LOCAL"), ("SET QUORUM 2 OF (a)", "QUORUM", "SET QUORUM"),
    ("BEGIN ISOLATION LEVEL SERIALIZABLE", "ISOLATION", "ISOLATION LEVEL"),
    ("COMMIT AND CHAIN", "AND", "AND CHAIN"),
    ("ROTATE KEY TENANT a REENCRYPT", "REENCRYPT", "ROTATE KEY … REENCRYPT"),
    ("ROTATE KEY REWRAP", "REWRAP", "ROTATE KEY … REWRAP"),
    ("VERIFY ERASURE 'e'", "VERIFY ERASURE", "VERIFY ERASURE"),
    ("VERIFY AUDIT FROM CHECKPOINT 'f'", "FROM", "VERIFY AUDIT FROM CHECKPOINT"),
    ("EXPLAIN (FORMAT html) SELECT 1", "html", "FORMAT html"),
    ("SELECT b'101'", "b'", "a bit string literal"),
    ("DROP TABLE a, b", ",", "DROP TABLE of several tables"),
  ])
  func toldAtItsWord(text: String, place: String, feature: String) throws {
    let error = try syntaxError(text)
    #expect(error.state == .featureNotSupported, "\(text): \(error.message)")
    #expect(error.message == "\(feature) is not supported yet")
    #expect(try marked(error, in: text) == place)
  }

  @Test(arguments: [
    "SELECT over, rollup, cube, lateral_, local, quorum FROM users", "SELECT count(*) over FROM t",
    "SET quorum = 1",
    "SET local = 1", "SELECT at, time FROM t", "SELECT filter, count(*) AS filter FROM t",
    "SELECT grouping FROM t GROUP BY grouping, cube",
  ])
  func itsWordsAreStillNames(text: String) throws {
    try expectRoundTrip(text)
  }
}
