import Testing
import VSQLDiagnostics
import VSQLLexer
import VSQLParser

/// Parses, prints, parses again: the same tree and the same text. Returns the printed text.
@discardableResult
func expectRoundTrip(_ text: String, _ comment: String = "") throws -> String {
  let statement = try Parser.parseStatement(text)
  let printed = statement.sql
  let again: ParsedStatement
  do {
    again = try Parser.parseStatement(printed)
  } catch {
    Issue.record("\(comment)\n\(text)\nis printed as\n\(printed)\nwhich is no statement: \(error.message)")
    return printed
  }
  let isSame = again.withoutSpans == statement.withoutSpans
  #expect(isSame, "\(comment)\n\(text)\n\(printed)")
  #expect(again.sql == printed, "\(comment)")
  return printed
}

@Suite struct RoundTripTests {
  @Test func everyStatementOfTheCorpusReadsBackAsTheSameTree() throws {
    let statements = try Corpus.statements()
    #expect(statements.count > 120)
    for text in statements { try expectRoundTrip(text) }
  }

  @Test func treesShowEveryNodeAndItsPlace() throws {
    for text in try Corpus.statements() {
      let statement = try Parser.parseStatement(text)
      let lines = statement.treeLines()
      #expect(lines.first?.hasSuffix("@\(statement.span.start)..\(statement.span.end)") == true)
      // The printed form differs in its places and in nothing else.
      let printed = try Parser.parseStatement(statement.sql)
      let strip = { (line: String) in line.split(separator: " @").first.map(String.init) ?? "" }
      #expect(lines.map(strip) == printed.treeLines().map(strip), "\(text)")
    }
  }

  @Test(arguments: [
    (
      "SELECT (a + b) + c, a + (b + c), (a * b) + c, a * (b + c)",
      "SELECT a + b + c, a + (b + c), a * b + c, a * (b + c)"
    ),
    ("SELECT (a AND b) AND (c AND d), (a OR b) OR c", "SELECT a AND b AND c AND d, a OR b OR c"),
    (
      "SELECT ((a)), - -a, -(-1), NOT (NOT a), (NOT a) AND b",
      "SELECT a, - -a, - -1, NOT NOT a, NOT a AND b"
    ),
    (
      "SELECT a = (b IS NULL), (a = b) IS NULL, a = (NOT b)",
      "SELECT a = (b IS NULL), a = b IS NULL, a = (NOT b)"
    ),
    ("SELECT x::int::text, -x::int", "SELECT CAST(CAST(x AS INT) AS TEXT), -CAST(x AS INT)"),
    (
      "SELECT \"a\", \"A\", \"select\", \"nearest\", \"a b\", \"1a\"",
      "SELECT a, \"A\", \"select\", nearest, \"a b\", \"1a\""
    ),
    (
      "SELECT trim(both 'x' from y), substring(a for 2), extract(YEAR from d)",
      "SELECT btrim(y, 'x'), SUBSTRING(a, 1, 2), EXTRACT(year FROM d)"
    ),
    ("SELECT \"exists\"(1), \"trim\"(a), \"left\"(a)", "SELECT \"exists\"(1), \"trim\"(a), \"left\"(a)"),
    ("SELECT [1.0, -0.5, 1e300, 0.1, 5e-324]", "SELECT [1, -0.5, 1e+300, 0.1, 5e-324]"),
    ("SELECT [1e999, 2]", "SELECT [1e999, 2]"),
    ("SELECT a FROM t FETCH FIRST 3 ROWS ONLY OFFSET 2", "SELECT a FROM t LIMIT 3 OFFSET 2"),
    (
      "SELECT * FROM a JOIN (b JOIN c USING (x)) USING (x)",
      "SELECT * FROM a JOIN (b JOIN c USING (x)) USING (x)"
    ),
    (
      "SELECT * FROM (a JOIN b USING (x)) JOIN c USING (x)",
      "SELECT * FROM a JOIN b USING (x) JOIN c USING (x)"
    ),
    ("SELECT 1 FROM t exact NEAREST k BY DISTANCE d", "SELECT 1 FROM t EXACT NEAREST (k) BY DISTANCE d"),
    ("SET x TO on", "SET x = \"on\""), ("SHOW \"keys\"", "SHOW \"keys\""),
    ("start transaction read only", "BEGIN READ ONLY"), ("end", "COMMIT"), ("abort", "ROLLBACK"),
    ("rollback work to a", "ROLLBACK TO SAVEPOINT a"), ("release a", "RELEASE SAVEPOINT a"),
    ("set session transaction read write", "SET TRANSACTION READ WRITE"),
    ("explain analyze (select 1)", "EXPLAIN (ANALYZE) SELECT 1"),
  ])
  func printedWithMinimalParentheses(text: String, printed: String) throws {
    #expect(try expectRoundTrip(text) == printed)
  }

  @Test func theTreeOfAQuery() throws {
    let lines = try Parser.parseStatement("SELECT a AS b FROM t WHERE x = -1").treeLines()
    #expect(
      lines == [
        "query @0..33",
        "  select",
        "    as b @12..13",
        "      column a @7..8",
        "  from",
        "    table t @19..20",
        "  where",
        "    binary = @27..33",
        "      column x @27..28",
        "      unary - @31..33",
        "        literal 1 @32..33",
      ])
  }

  @Test func explainOfTokensCarriesTheStatementsTokens() throws {
    let statement = try Parser.parseStatement("EXPLAIN (TOKENS) SELECT 'x', 1;").statement
    guard case .explain(let explain) = statement else { throw Diagnostic(.internalError, "no EXPLAIN") }
    #expect(explain.tokens.map(\.kind) == ["keyword", "string", "punctuation", "integer"])
    #expect(explain.tokens.map(\.text) == ["SELECT", "'x'", ",", "1"])
    #expect(explain.tokens[1].span == SourceSpan(start: 24, end: 27))
    #expect(
      try Parser.tokenLines("SELECT 1; x", in: SourceSpan(start: 0, end: 8)).map(\.text) == ["SELECT", "1"])
  }
}
