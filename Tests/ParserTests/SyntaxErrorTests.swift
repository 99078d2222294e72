import Testing
import VSQLDiagnostics
import VSQLParser

/// The error of a text that is none.
func syntaxError(_ text: String) throws -> Diagnostic {
  let error = #expect(throws: Diagnostic.self, "\(text)") { try Parser.parse(text) }
  return try #require(error)
}

/// The stretch of the text that the error's carets mark.
func marked(_ error: Diagnostic, in text: String) throws -> String {
  let span = try #require(error.span)
  return String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self)
}

@Suite struct SyntaxErrorTests {
  @Test(arguments: [
    ("SELCT 1", "SELCT", "did you mean SELECT?"), ("SELECT a FORM t", "FORM", "did you mean FROM?"),
    ("SELECT a FROM t WHER b = 1", "WHER", "did you mean WHERE?"),
    ("SELECT a FROM t ORDR BY a", "ORDR", "did you mean ORDER?"),
    ("SELECT a FROM t AS u GRUOP BY a", "GRUOP", "did you mean GROUP?"),
    ("SELECT a FROM t LIMT 5", "LIMT", "did you mean LIMIT?"),
    ("UPDAET t SET a = 1", "UPDAET", "did you mean UPDATE?"),
    ("INSERT INTO t VALEUS (1)", "VALEUS", "did you mean VALUES?"),
    ("INSERT INOT t VALUES (1)", "INOT", "did you mean INTO?"),
    ("CREATE TABEL t (a INT)", "TABEL", "did you mean TABLE?"),
    ("ERASE ENTTY 'x'", "ENTTY", "did you mean ENTITY?"),
    ("SELECT a FROM t NEAREST 5 BY DISTNCE a", "DISTNCE", "did you mean DISTANCE?"),
    ("DELETE FROM t WHERE a IS NUL", "NUL", "did you mean NULL?"),
    ("EXPLAIN (TOKNES) SELECT 1", "TOKNES", "did you mean TOKENS?"),
    ("UPDATE t SETT a = 1", "SETT", "did you mean SET?"),
  ])
  func nearMisses(text: String, place: String, label: String) throws {
    let error = try syntaxError(text)
    #expect(error.state == .syntaxError)
    #expect(try marked(error, in: text) == place)
    #expect(error.label == label)
  }

  @Test(arguments: [
    ("SELECT a FROM t LIMIT 10, 5", ",", "LIMIT 5 OFFSET 10"), ("SELECT a WHERE a == 1", "==", "one ="),
    ("SELECT a FROM t WHERE a = ‘x’", "‘", "straight"), ("INSERT INTO t VALUES (1 2)", "2", "comma"),
    ("SELECT [1 2]", "2", "comma"), ("SELECT a b c FROM t", "c", "comma"),
    ("INSERT INTO t VALUES (1,)", ")", "comma"), ("SELECT a, FROM t", "FROM", "comma"),
    ("SELECT a,, b", ",", "commas"), ("SELECT a < b < c", "<", "a < b AND b < c"),
    ("COPY t FROM \"x.csv\"", "\"x.csv\"", "single quotes|'text'"),
    ("SELECT * FROM SELECT 1", "SELECT", "parentheses"),
    ("SELECT * FROM (SELECT 1)", "", "AS name"), ("SELECT * FROM a JOIN b", "", "CROSS JOIN"),
    ("CREATE TABLE order (a INT)", "order", "\"order\""),
    ("COPY t FROM 'x' (FORMAT = csv)", "=", "without ="),
    ("ERASE ENTITY p17", "p17", "single quotes"), ("SELECT a IS 1", "1", "="),
    ("SELECT a FROM t WHERE a IN ()", ")", "at least one"),
    ("SELECT a FROM t GROUP BY a NEAREST 1 BY DISTANCE a", "NEAREST", "follows WHERE"),
    ("EXPLAIN EXPLAIN SELECT 1", "EXPLAIN", "itself"), ("UPDATE t SET t.a = 1", ".", "without its table"),
  ])
  func hints(text: String, place: String, hint: String) throws {
    let error = try syntaxError(text)
    #expect(error.state == .syntaxError, "\(text)")
    #expect(try marked(error, in: text) == place, "\(text)")
    let found = try #require(error.hint, "\(text): \(error.message)")
    #expect(hint.split(separator: "|").contains { found.contains($0) }, "\(text): \(found)")
  }

  @Test(arguments: [
    ("SELECT", "end of input: expected an expression"),
    ("SELECT 1 +", "end of input: expected an expression"),
    ("DROP TABLE", "end of input: expected a table"), ("SELECT (1", "end of input: expected )"),
    ("SELECT a FROM t t2 t3", "\"t3\": expected the end of the statement"),
    ("foo", "\"foo\": expected a statement"),
    ("SELECT CASE END", "\"END\": expected"), ("CREATE TABLE t (a)", "\")\": expected a type"),
    ("SELECT 1 'x' FROM t", "near a string: expected the end"),
    ("ROTATE KEY acme", "\"acme\": expected TENANT"),
    ("SELECT CAST(a, INT)", "\",\": expected AS"), ("BEGIN READ", "expected ONLY or WRITE"),
  ])
  func whatWasExpected(text: String, message: String) throws {
    let error = try syntaxError(text)
    #expect(error.state == .syntaxError)
    #expect(error.message.contains(message), "\(text): \(error.message)")
  }

  @Test func theFirstErrorOfATextIsTold() throws {
    let error = try syntaxError("SELECT FROM t WHERE 'open")
    #expect(try marked(error, in: "SELECT FROM t WHERE 'open") == "FROM")
    #expect(try syntaxError("SELECT a FROM t WHERE 'open").message.contains("unterminated"))
  }

  @Test func oneStatementMeansOne() throws {
    #expect(throws: Diagnostic.self) { try Parser.parseStatement("SELECT 1; SELECT 2") }
    #expect(throws: Diagnostic.self) { try Parser.parseStatement(" -- nothing") }
    #expect(throws: Diagnostic.self) { try Parser.parseExpression("a, b") }
    #expect(throws: Diagnostic.self) { try Parser.parseExpression("") }
    #expect(try Parser.parseStatement("; SELECT 1;;").span == SourceSpan(start: 2, end: 10))
    #expect(try Parser.parse("; -- nothing\n;").isEmpty)
    #expect(try Parser.parse("SELECT 1;; SELECT 2").map(\.span.start) == [0, 11])
    #expect(try Parser.parseExpression("a + 1").sql == "a + 1")
  }

  @Test func stringsAreNotShownInMessages() throws {
    #expect(!(try syntaxError("SELECT 1 'secret'")).message.contains("secret"))
  }

  @Test(arguments: [
    ("CREATE TABLE t (a INT, PRIMARY KEY (a), PRIMARY KEY (a))", "42P16"),
    ("CREATE TABLE t (PRIMARY KEY (a))", "42P16"),
    ("CREATE TABLE t (a INT NOT NULL NULL)", "42601"),
    ("CREATE TABLE t (a INT DEFAULT 1 DEFAULT 2)", "42601"),
    ("SELECT 1 LIMIT 1 LIMIT 2", "42601"), ("SELECT 1 LIMIT 1 FETCH FIRST ROW ONLY", "42601"),
    ("SELECT 1 OFFSET 1 OFFSET 2", "42601"), ("ERASE ENTITY 'x' DRY RUN DRY RUN", "42601"),
    ("COPY t FROM 'a' (VECTORS 'v' INTO a, VECTORS 'w' INTO b)", "42601"),
    ("EXPLAIN (AST, PLAN) SELECT 1", "42601"),
    ("SELECT a.b.c.d", "42601"), ("DROP TABLE a.b.c", "42601"), ("SELECT t.* + 1", "42601"),
  ])
  func contradictions(text: String, state: String) throws {
    #expect(try syntaxError(text).state.code == state)
  }
}
