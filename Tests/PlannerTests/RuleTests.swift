import Testing
import VSQLParser
import VSQLPlanner
import VSQLSchema

/// What each rule does to a plan, seen through EXPLAIN's tree.
@Suite struct RuleTests {
  @Test func filtersReachScans() throws {
    #expect(
      try Planning.tree("SELECT name FROM packages WHERE section = 'fonts' AND size > 10") == """
        Project
          Output: name
          ->  Scan on packages
                Filter: ((section = 'fonts') AND (size > 10))
                Page Filter: section = 'fonts', size > 10
        """)
  }

  @Test func naivePlansFilterAboveTheScan() throws {
    let tree = try Planning.tree("SELECT name FROM packages WHERE size > 10", optimising: false)
    #expect(tree.contains("->  Filter\n") && !tree.contains("Page Filter"))
  }

  @Test func filtersGoThroughDerivedTablesAndGroups() throws {
    let tree = try Planning.tree(
      "SELECT * FROM (SELECT section AS s, count(*) AS n FROM packages GROUP BY section) g WHERE s = 'x' AND n > 2"
    )
    #expect(tree.contains("Filter: (count(*) > 2)"))
    #expect(tree.contains("->  Scan on packages\n              Filter: (section = 'x')"), "\(tree)")
  }

  /// A term that doubles with each projection stops before it is large.
  @Test func filtersThatGrowStayWhereTheyAre() throws {
    var query = "SELECT size AS a FROM packages"
    for level in 1...12 { query = "SELECT a + a AS a FROM (\(query)) AS s\(level) WHERE a > 1" }
    let tree = try Planning.tree(query)
    #expect(tree.contains("->  Filter\n"))
  }

  @Test func onOfALeftJoinDoesNotFilterTheLeft() throws {
    let tree = try Planning.tree(
      "SELECT p.name, s.title FROM packages p LEFT JOIN sections s ON p.section = s.section AND p.size > 5 AND s.open"
    )
    #expect(tree.contains("Hash Left Join"))
    #expect(tree.contains("Join Filter: (p.size > 5)"))
    #expect(tree.contains("->  Scan on sections s\n              Filter: s.open"), "\(tree)")
  }

  @Test func whereAboveALeftJoinStaysUnlessItRejectsNulls() throws {
    let stays = try Planning.tree(
      "SELECT p.name FROM packages p LEFT JOIN sections s ON p.section = s.section WHERE s.title IS NULL AND p.size = 1"
    )
    #expect(stays.contains("Hash Left Join") && stays.contains("Filter: (s.title IS NULL)"))
    #expect(stays.contains("Filter: (p.size = 1)"))
    for predicate in [
      "s.title = 'x'", "s.title LIKE 'x%'", "s.open", "NOT s.open", "s.title IS NOT NULL",
    ] {
      let inner = try Planning.tree(
        "SELECT p.name FROM packages p LEFT JOIN sections s ON p.section = s.section WHERE \(predicate)")
      #expect(!inner.contains("Left"), "\(predicate)")
    }
    for predicate in [
      "coalesce(s.title, '') = ''", "s.open IS NOT TRUE", "s.title = 'x' OR p.size = 1",
      "(s.title = 'x') IS FALSE OR p.size = 2",
    ] {
      let outer = try Planning.tree(
        "SELECT p.name FROM packages p LEFT JOIN sections s ON p.section = s.section WHERE \(predicate)")
      #expect(outer.contains("Left"), "\(predicate)")
    }
  }

  @Test func constantsFold() throws {
    let tree = try Planning.tree("SELECT name FROM packages WHERE 1 = 1 AND NOT (size <= 5) AND NULL IS NULL")
    #expect(tree.contains("Filter: (size > 5)") && !tree.contains("AND"))
    #expect(try Planning.tree("SELECT name FROM packages WHERE 1 = 2").contains("Limit\n"))
    #expect(try Planning.tree("SELECT CASE WHEN FALSE THEN 1 / 0 ELSE 2 END").contains("Output: 2"))
    // What could raise is left to its row.
    #expect(try Planning.tree("SELECT CASE WHEN size > 1 THEN 1 / 0 END FROM packages").contains("(1 / 0)"))
  }

  @Test func sortAndLimitAreTopK() throws {
    #expect(try Planning.tree("SELECT name FROM packages ORDER BY size LIMIT 3").contains("Top K"))
    #expect(try Planning.tree("SELECT name FROM packages ORDER BY size LIMIT 10001").contains("Sort\n"))
    #expect(
      try Planning.tree("SELECT name FROM packages ORDER BY size LIMIT 9999 OFFSET 2").contains("Sort\n"))
  }

  @Test func unusedColumnsAndAggregatesGo() throws {
    let planned = try Planning.plan(
      "SELECT s FROM (SELECT section AS s, sum(size) AS t, max(price) FROM packages GROUP BY section) x")
    let tree = PlanPrinting.lines(of: planned.bound).joined()
    #expect(!tree.contains("sum") && !tree.contains("max"))
    var scans: [Scan] = []
    func find(_ node: PlanNode) {
      if case .scan(let scan) = node.kind { scans.append(scan) }
      node.children.forEach(find)
    }
    if let plan = Planning.query(planned.bound) { find(plan.root) }
    #expect(scans.map(\.columns) == [[2]])
  }

  @Test func zonesOfListsRangesAndPrefixes() throws {
    let tree = try Planning.tree(
      "SELECT id FROM packages WHERE id IN (7, 3, 9) AND name LIKE 'lib%' AND 5 < size AND size BETWEEN $1 AND 100"
    )
    #expect(tree.contains("id >= 3, id <= 9"))
    #expect(tree.contains("name >= 'lib', name < 'lic'"))
    #expect(tree.contains("size > 5") && tree.contains("size >= $1") && tree.contains("size <= 100"))
    #expect(!(try Planning.tree("SELECT id FROM packages WHERE id <> 3 OR size = 1")).contains("Page Filter"))
    #expect(!(try Planning.tree("SELECT seq FROM audit.events WHERE seq > 3")).contains("Page Filter"))
  }

  @Test func aLargeRightSideIsProbedInstead() throws {
    let tree = try Planning.tree(
      "SELECT s.title, p.name FROM sections s JOIN packages p ON s.section = p.section")
    let lines = tree.split(separator: "\n").map { $0.drop(while: { $0 == " " }) }
    #expect(
      lines.firstIndex(of: "->  Scan on packages p") ?? 99 < lines.firstIndex(of: "->  Scan on sections s")
        ?? 0, "\(tree)")
    // The columns come in their old order.
    #expect(tree.contains("Output: s.title, p.name"))
  }

  @Test func termsThatRaiseKeepTheirPlace() throws {
    let tree = try Planning.tree("SELECT id FROM packages WHERE size <> 0 AND 100 / size > 3 AND name = 'a'")
    #expect(tree.contains("Filter: ((size <> 0) AND ((100 / size) > 3) AND (name = 'a'))"))
    let free = try Planning.tree("SELECT id FROM packages WHERE size > 0 AND name = 'a'")
    #expect(free.contains("Filter: ((name = 'a') AND (size > 0))"))
  }

  @Test func aWholeKeyIsReadByItself() throws {
    let tree = try Planning.tree("SELECT id FROM packages WHERE size <> 0 AND 100 / size > 3 AND id = 5")
    #expect(tree.contains("Key Read using packages_pkey on packages"))
    #expect(tree.contains("Index Cond: id = 5"))
    #expect(tree.contains("Filter: ((size <> 0) AND ((100 / size) > 3))"))
    #expect(!(try Planning.tree("SELECT id FROM packages WHERE id = $1")).contains("Filter"))
    #expect(!(try Planning.tree("SELECT id FROM packages WHERE id IN (5, 6)")).contains("Key Read"))
    #expect(!(try Planning.tree("SELECT id FROM packages WHERE id > 5")).contains("Key Read"))
  }

  @Test func theLogNamesWhatRan() throws {
    let log = try Planning.plan("SELECT name FROM packages WHERE 1 = 1 ORDER BY size LIMIT 1").ruleLog
    #expect(log == ["fold constants", "top k", "prune columns"])
    #expect(try Planning.plan("SELECT name FROM packages", optimising: false).ruleLog.isEmpty)
  }
}
