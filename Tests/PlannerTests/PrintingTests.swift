import Testing
import VSQLParser
import VSQLPlanner
import VSQLSchema

@Suite struct PrintingTests {
  private func lines(_ sql: String) throws -> [String] {
    let planned = try Planning.plan(sql)
    guard case .explain(let explain) = planned.bound.kind else { return [] }
    return PlanPrinting.lines(of: planned, explain: explain)
  }

  @Test func figuresStandAtEachNode() throws {
    let lines = try lines(
      "EXPLAIN SELECT name FROM packages WHERE section = 'x' EXACT NEAREST 2 BY DISTANCE embedding <-> [0.5, 1, 2, 3]"
    )
    let nodes = lines.filter { $0.contains("(cost=") }
    #expect(nodes.count == 3)
    for node in nodes {
      #expect(node.contains(/\(cost=\d+\.\d\d\.\.\d+\.\d\d rows=\d+ width=\d+\)$/), "\(node)")
    }
    #expect(lines.contains { $0.contains("Order: embedding <-> [0.5, …, 4]") })
    // 180 = (10,000 rows − 1,000 NULLs) / 50 sections.
    #expect(nodes.last?.contains("rows=180 ") == true)
  }

  @Test(arguments: [
    ("DELETE FROM packages", "Delete"), ("UPDATE packages SET size = 1", "Update"),
    ("INSERT INTO packages (id, name) VALUES (1, 'a'), (2, 'b')", "Insert"),
  ])
  func changesHaveAPrice(sql: String, verb: String) throws {
    let first = try #require(try lines("EXPLAIN \(sql)").first)
    #expect(first.hasPrefix("\(verb) on packages  (cost=") && first.hasSuffix(" width=0)"), "\(first)")
  }

  @Test func everyStageAndFormat() throws {
    #expect(try lines("EXPLAIN (RULES) SELECT name FROM packages WHERE 1 = 1").first == "1. fold constants")
    #expect(
      try lines("EXPLAIN (COST) SELECT name FROM packages").last?.contains("Scan on packages: own") == true)
    #expect(try lines("EXPLAIN (AST) SELECT 1 + 2").isEmpty == false)
    #expect(try lines("EXPLAIN (TOKENS) SELECT 1").count == 2)
    let json = try lines("EXPLAIN (FORMAT json) SELECT 'a\"b' FROM packages").joined(separator: "\n")
    #expect(json.hasPrefix("[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Project\","))
    #expect(json.contains("\"Output\": \"'a\\\"b'\""))
  }

  @Test func annotationsFollowTheirNodes() throws {
    let planned = try Planning.plan("SELECT name FROM packages WHERE id = (SELECT max(id) FROM queries)")
    var seen: [String] = []
    _ = PlanPrinting.lines(of: planned.bound) { subquery, node in
      seen.append("\(subquery.map(String.init) ?? "main") \(node)")
      return nil
    }
    #expect(seen.prefix(2) == ["main 0", "main 1"] && seen.contains("0 0"))
  }

  @Test func planOfTheSameStatementIsTheSame() throws {
    let sql =
      "SELECT p.section, count(*) FROM packages p JOIN sections s USING (section) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"
    let first = PlanPrinting.lines(of: try Planning.plan(sql).bound)
    for _ in 0..<5 { #expect(PlanPrinting.lines(of: try Planning.plan(sql).bound) == first) }
  }

  @Test func estimatesUseStatistics() throws {
    func rows(_ predicate: String) throws -> Double? {
      Planning.query(try Planning.plan("SELECT id FROM packages WHERE \(predicate)").bound)?.root.estimate
        .rows
    }
    #expect(try rows("id = 5") == 1)
    #expect(try rows("id = 50000") == 1)
    #expect(try rows("size < 250000") == 2_500)
    #expect(try rows("size >= 250000") == 7_500)
    #expect(try rows("section IS NULL") == 1_000)
    #expect(try rows("section IS NOT NULL") == 9_000)
    #expect(try rows("NOT (section IS NULL)") == 9_000)
  }
}
