import Testing
import VSQLDiagnostics
import VSQLParser
import VSQLPlanner
import VSQLSchema

@Suite struct NearestBindingTests {
  private func nearest(_ sql: String) throws -> Nearest? {
    func find(_ node: PlanNode) -> Nearest? {
      if case .nearest(let nearest) = node.kind { return nearest }
      return node.children.lazy.compactMap(find).first
    }
    return Planning.query(try Planning.bind(sql)).flatMap { find($0.root) }
  }

  @Test func aQueryBesideAFloat16ColumnStaysFloat32() throws {
    let found = try nearest(
      "SELECT name FROM packages EXACT NEAREST 3 BY DISTANCE embedding <-> '[0.1,2,3,4]'")
    guard case .metric(.l2, 7, let query, isSimilarity: false)? = found?.ranking else {
      Issue.record("no metric")
      return
    }
    #expect(query.type == .vector(VectorShape(dimension: 4, element: .float32)))
    guard case .vector(let vector) = query.constantValue else { return }
    #expect(Array(vector.bytes.prefix(4)) == [0xcd, 0xcc, 0xcc, 0x3d])
  }

  @Test func theThreeFormsRankAlike() throws {
    let clause = try nearest(
      "SELECT name FROM packages NEAREST 10 BY DISTANCE cosine_distance(embedding, [1, 2, 3, 4])")
    let swapped = try nearest("SELECT name FROM packages NEAREST 10 BY DISTANCE [1, 2, 3, 4] <=> embedding")
    let ordered = try nearest("SELECT name FROM packages ORDER BY embedding <=> '[1,2,3,4]' LIMIT 10")
    let alias = try nearest("SELECT name, embedding <=> '[1,2,3,4]' AS d FROM packages ORDER BY d LIMIT 10")
    let clear = { (nearest: Nearest?) -> [Scalar]? in
      guard let nearest, case .metric(.cosine, 7, let query, false) = nearest.ranking else { return nil }
      return [query.unplaced, nearest.count.unplaced]
    }
    #expect(clear(clause) != nil)
    #expect(
      clear(clause) == clear(swapped) && clear(clause) == clear(ordered) && clear(clause) == clear(alias))
  }

  @Test func otherOrdersAreSorts() throws {
    for sql in [
      "SELECT name FROM packages ORDER BY embedding <-> '[1,2,3,4]' DESC LIMIT 10",
      "SELECT name FROM packages ORDER BY embedding <-> '[1,2,3,4]' NULLS FIRST LIMIT 10",
      "SELECT name FROM packages ORDER BY embedding <-> '[1,2,3,4]', id LIMIT 10",
      "SELECT name FROM packages ORDER BY embedding <-> '[1,2,3,4]'",
      "SELECT name FROM packages ORDER BY embedding <-> embedding LIMIT 2",
    ] { #expect(try nearest(sql) == nil, "\(sql)") }
  }

  @Test func similarityRanksDownwards() throws {
    let found = try nearest(
      "SELECT name, similarity FROM packages NEAREST BY SIMILARITY inner_product(embedding, $1)")
    guard case .metric(.negativeInnerProduct, 7, _, isSimilarity: true)? = found?.ranking else {
      Issue.record("no metric")
      return
    }
    #expect(found?.count.constantValue == .integer(1))
    let other = try nearest("SELECT name FROM packages NEAREST 2 BY SIMILARITY score")
    guard case .expression(_, isDescending: true)? = other?.ranking else {
      Issue.record("no expression")
      return
    }
  }

  @Test func parametersTakeTheVectorsDimension() throws {
    let bound = try Planning.bind("SELECT name FROM packages NEAREST $2 BY DISTANCE embedding <-> $1")
    #expect(bound.parameterTypes == [.vector(VectorShape(dimension: 4, element: .float32)), .bigint])
    let bits = try Planning.bind("SELECT name FROM packages NEAREST 1 BY DISTANCE hamming_distance(code, :q)")
    #expect(bits.parameterTypes == [.vector(VectorShape(dimension: 8, element: .bit))])
    #expect(bits.parameterNames == ["q"])
  }

  @Test func whatIsWrongHasItsPlace() {
    let cases: [(String, SQLState, String)] = [
      (
        "SELECT name FROM packages NEAREST 1 BY DISTANCE embedding <-> [1, 2, 3]", .dataException,
        "expected 4 dimensions, not 3"
      ),
      (
        "SELECT name FROM packages NEAREST 1 BY DISTANCE embedding <-> '[1,2,3]'", .dataException,
        "expected 4 dimensions, not 3"
      ),
      ("SELECT name FROM packages NEAREST 1 BY DISTANCE embedding <-> '[1,2,nan,4]'", .dataException, "NaN"),
      (
        "SELECT name FROM packages NEAREST 1 BY DISTANCE embedding <~> '[1,2,3,4]'", .undefinedFunction,
        "bits"
      ),
      ("SELECT name FROM packages NEAREST 1 BY DISTANCE code <-> '10101010'", .undefinedFunction, "FLOAT"),
      (
        "SELECT name FROM packages NEAREST 1 BY SIMILARITY embedding <-> '[1,2,3,4]'", .wrongObjectType,
        "BY DISTANCE"
      ),
      ("SELECT name FROM packages NEAREST -1 BY DISTANCE score", .invalidRowCountInLimit, "negative"),
      ("SELECT name FROM packages NEAREST (size) BY DISTANCE score", .invalidColumnReference, "columns"),
      (
        "SELECT name FROM packages WHERE distance < 1 NEAREST 2 BY DISTANCE score", .undefinedColumn,
        "distance"
      ),
      ("SELECT name, similarity FROM packages NEAREST 2 BY DISTANCE score", .undefinedColumn, "similarity"),
      ("SELECT count(*) FROM packages NEAREST 2 BY DISTANCE score", .featureNotSupported, "NEAREST"),
      (
        "SELECT name FROM packages APPROX NEAREST 2 BY DISTANCE score WITH (target_recal = 0.9)",
        .invalidParameterValue, "target_recal"
      ),
      (
        "SELECT name FROM packages APPROX NEAREST 2 BY DISTANCE score WITH (target_recall = 1.5)",
        .invalidParameterValue, "target_recall"
      ),
      (
        "SELECT 1 FROM queries q JOIN packages d NEAREST 2 BY DISTANCE q.q <-> d.embedding WHERE q.id = d.id",
        .featureNotSupported, "both sides"
      ),
    ]
    for (sql, state, word) in cases {
      let failure = Planning.failure(sql)
      #expect(
        failure?.state == state && failure?.message.contains(word) == true && failure?.span != nil,
        "\(sql): \(String(describing: failure))")
    }
  }

  @Test func approxSaysThatItIsExact() throws {
    let bound = try Planning.bind("SELECT name FROM packages APPROX NEAREST 3 BY DISTANCE score")
    #expect(bound.notices.count == 1)
    #expect(try Planning.bind("SELECT name FROM packages NEAREST 3 BY DISTANCE score").notices.isEmpty)
    var session = Planning.session
    session.settings["nearest_default"] = .text("approx")
    #expect(
      try Planning.bind("SELECT name FROM packages NEAREST 3 BY DISTANCE score", session: session).notices
        .count == 1)
  }

  @Test func rankingNeedsItsPrivilege() throws {
    let bound = try Planning.bind("SELECT name FROM packages NEAREST 3 BY DISTANCE embedding <-> '[1,2,3,4]'")
    #expect(bound.accesses.map(\.privilege) == [.select, .nearest])
    guard case .table(_, let columns) = bound.accesses[0].securable else { return }
    #expect(columns == [1, 7])
  }

  @Test func aColumnCalledDistanceIsReachedByItsTable() throws {
    var catalog = FixedCatalog.shop
    catalog.tables[1].columns[2].name = "distance"
    let bound = try Planning.bind(
      "SELECT queries.distance, distance FROM queries NEAREST 1 BY DISTANCE q <-> [1, 2, 3, 4]",
      catalog: catalog)
    #expect(Planning.query(bound)?.columns.map(\.type) == [.string, .double])
  }
}
