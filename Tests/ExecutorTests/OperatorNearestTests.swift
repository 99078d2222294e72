import Testing
import VSQLDiagnostics
import VSQLSchema

@Suite struct OperatorNearestTests {
  /// A generator that gives the same numbers each time.
  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    /// Few different values, so that there are ties.
    mutating func vector() -> [Double] { (0..<3).map { _ in Double(Int64(next() % 5)) - 2 } }
  }

  private static let rowCount = 4_500

  private func filled(_ type: String, isSealed: Bool = false) throws -> (TestDatabase, [[Double]?]) {
    let database = try TestDatabase()
    try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, g INTEGER, v \(type))")
    var numbers = Numbers(state: 42)
    let vectors: [[Double]?] = (0..<Self.rowCount).map { $0 % 11 == 3 ? nil : numbers.vector() }
    for start in stride(from: 0, to: Self.rowCount, by: 900) {
      let rows = (start..<start + 900).map { row in
        "(\(row), \(row % 7), \(vectors[row].map { "'\($0)'" } ?? "NULL"))"
      }
      try database.run("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
    }
    if isSealed { try database.store.checkpoint() }
    return (database, vectors)
  }

  private func distance(_ name: String, _ a: [Double], _ b: [Double]) -> Double? {
    let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    switch name {
    case "l2_distance": return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    case "l1_distance": return zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) }
    case "negative_inner_product": return -dot
    default:
      let lengths = (a.reduce(0) { $0 + $1 * $1 }) * (b.reduce(0) { $0 + $1 * $1 })
      return lengths == 0 ? nil : 1 - max(-1, min(1, dot / lengths.squareRoot()))
    }
  }

  private func expected(
    _ name: String, _ query: [Double], _ vectors: [[Double]?], k: Int,
    where passes: (Int) -> Bool = { _ in true }
  ) -> [Int] {
    let ranked = vectors.indices.filter(passes).compactMap { row in
      vectors[row].flatMap { distance(name, $0, query) }.map { (row, $0) }
    }
    return Array(ranked.sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0 }.prefix(k).map(\.0))
  }

  @Test(arguments: ["VECTOR(3)", "VECTOR(3, FLOAT16)"], [false, true])
  func findsTheNearestWithTiesByRow(type: String, isSealed: Bool) throws {
    let (database, vectors) = try filled(type, isSealed: isSealed)
    let query = [1.0, -2, 0.5]
    for name in ["l2_distance", "l1_distance", "negative_inner_product", "cosine_distance"] {
      for k in [1, 10, 3_000, 9_000] {
        let sql = "SELECT id FROM t EXACT NEAREST \(k) BY DISTANCE \(name)(v, [1, -2, 0.5])"
        #expect(try database.lines(sql) == expected(name, query, vectors, k: k).map(String.init), "\(sql)")
      }
      // A filter binds before the top k; a selective one leaves runs of single rows.
      let filtered = "SELECT id FROM t WHERE g = 2 EXACT NEAREST 20 BY DISTANCE \(name)(v, [1, -2, 0.5])"
      #expect(
        try database.lines(filtered)
          == expected(name, query, vectors, k: 20) { $0 % 7 == 2 }.map(String.init))
    }
    // pgvector's form is the same plan.
    #expect(
      try database.lines("SELECT id FROM t ORDER BY v <-> '[1,-2,0.5]' LIMIT 5")
        == expected("l2_distance", query, vectors, k: 5).map(String.init))
  }

  @Test func showsTheDistanceThatTheExpressionGives() throws {
    let (database, _) = try filled("VECTOR(3)")
    for name in ["l2_distance", "cosine_distance", "negative_inner_product", "l1_distance"] {
      let rows = try database.run(
        "SELECT distance, \(name)(v, [1, -2, 0.5]) FROM t EXACT NEAREST 50 BY DISTANCE \(name)(v, [1, -2, 0.5])"
      ).rows
      #expect(rows.count == 50 && rows.allSatisfy { "\($0[0])" == "\($0[1])" }, "\(name)")
    }
    for name in ["cosine_similarity", "inner_product"] {
      let rows = try database.run(
        "SELECT similarity, \(name)(v, [1, -2, 0.5]) FROM t EXACT NEAREST 50 BY SIMILARITY \(name)(v, [1, -2, 0.5])"
      ).rows
      #expect(rows.count == 50 && rows.allSatisfy { "\($0[0])" == "\($0[1])" }, "\(name)")
    }
  }

  @Test func joinsEachRowWithItsNearest() throws {
    let (database, vectors) = try filled("VECTOR(3)")
    try database.run("CREATE TABLE q (name TEXT, v VECTOR(3))")
    try database.run("INSERT INTO q VALUES ('a', '[1,2,0]'), ('none', NULL), ('b', '[-2,0,1]')")
    let found = try database.lines(
      "SELECT q.name, t.id FROM q JOIN t EXACT NEAREST 3 BY DISTANCE l2_distance(q.v, t.v)")
    let wanted =
      expected("l2_distance", [1, 2, 0], vectors, k: 3).map { "a|\($0)" }
      + expected("l2_distance", [-2, 0, 1], vectors, k: 3).map { "b|\($0)" }
    #expect(found == wanted)
  }

  /// Columns beside the predicate's are opened late, and cell by cell where few rows are left.
  @Test(arguments: [false, true])
  func opensTheRightCellsLate(isSealed: Bool) throws {
    let (database, vectors) = try filled("VECTOR(3)", isSealed: isSealed)
    for condition in [
      "id = 4000", "id > 4400", "id % 100 = 7", "id % 2 = 0", "g = 1 AND id < 2500", "id < 0",
    ] {
      let rows = try database.run("SELECT v, id, g FROM t WHERE \(condition)").rows
      let all = try database.run("SELECT id FROM t WHERE \(condition)").rows
      #expect(rows.map { $0[1] } == all.map { $0[0] }, "\(condition)")
      for row in rows {
        guard case .integer(let id) = row[1] else { continue }
        #expect(row[2] == .integer(id % 7))
        #expect(row[0].text == vectors[Int(id)].map { "[\($0.map { "\(Int($0))" }.joined(separator: ","))]" })
      }
    }
    try database.run("DELETE FROM t WHERE id % 3 = 0")
    #expect(
      try database.lines("SELECT v IS NULL, id FROM t WHERE id IN (3, 4, 14)") == ["false|4", "true|14"])
    #expect(try database.run("UPDATE t SET g = 100 WHERE id > 4490").tag == "UPDATE 6")
    #expect(try database.lines("SELECT count(*), count(v) FROM t WHERE g = 100") == ["6|6"])
  }

  @Test func knowsWhatHasNoDistance() throws {
    let database = try TestDatabase()
    try database.run("CREATE TABLE t (id INTEGER, v VECTOR(2), b VECTOR(9, BIT))")
    try database.run(
      "INSERT INTO t VALUES (1, '[0,0]', '101010101'), (2, NULL, '000000000'), (3, '[1,1]', NULL)")
    #expect(
      try database.lines("SELECT id FROM t EXACT NEAREST 5 BY DISTANCE cosine_distance(v, [1, 0])") == ["3"])
    #expect(
      try database.lines("SELECT id, distance FROM t EXACT NEAREST 5 BY DISTANCE l2_distance(v, [1, 0])") == [
        "1|1", "3|1",
      ])
    #expect(try database.lines("SELECT id FROM t EXACT NEAREST 5 BY DISTANCE l2_distance(v, NULL)") == [])
    #expect(
      try database.lines(
        "SELECT id, distance FROM t EXACT NEAREST 5 BY DISTANCE hamming_distance(b, '100000000')") == [
          "2|1", "1|4",
        ])
    #expect(
      database.failure("SELECT id FROM t EXACT NEAREST 5 BY DISTANCE cosine_distance(v, [0, 0])")?.state
        == .invalidParameterValue)
    #expect(
      database.failure("SELECT id FROM t EXACT NEAREST 5 BY DISTANCE l2_distance(v, [1, 0, 0])")?.state
        == .dataException)
    #expect(
      database.failure("SELECT id FROM t EXACT NEAREST $1 BY DISTANCE l2_distance(v, [1, 0])", [.integer(-1)])
        != nil)
    #expect(
      try database.lines(
        "SELECT id FROM t EXACT NEAREST $1 BY DISTANCE l2_distance(v, [1, 0])", [.integer(1)]) == ["1"])
  }
}
