import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// An error in a row that is not asked for does not exist.
struct ExpressionNarrowingTests {
  static let environment = EvaluationEnvironment()
  static let x = Make.column(0, .bigint)

  /// 10 / x over x = 1, 0, 2, NULL, 5.
  static var quotient: Scalar { Make.call(.divide, [Make.integer(10), x], .bigint) }

  static func batch(_ selection: [UInt16]? = nil) throws -> Batch {
    let values: [Value] = [.integer(1), .integer(0), .integer(2), .null, .integer(5)]
    return Batch(columns: [try Make.column(values, .bigint)], count: 5, selection: selection)
  }

  static func texts(_ scalar: Scalar, _ batch: Batch) throws -> [String?] {
    let column = try CompiledScalar(scalar, in: environment).evaluate(batch)
    return (batch.selection?.map { Int($0) } ?? Array(0..<batch.count)).map { column.value(at: $0).text }
  }

  static var isNotZero: Scalar { Scalar(.compare(.notEqual, x, Make.integer(0)), type: .boolean) }
  static var isLarge: Scalar { Scalar(.compare(.greater, quotient, Make.integer(4)), type: .boolean) }

  @Test func selection() throws {
    #expect(try Self.texts(Self.quotient, Self.batch([0, 2, 3])) == ["10", "5", nil])
    let found = #expect(throws: Diagnostic.self) { try Self.texts(Self.quotient, Self.batch()) }
    #expect(found?.state == .divisionByZero && found?.span == Self.quotient.span)
    #expect(try Self.texts(Self.quotient, Self.batch([])) == [])
  }

  @Test func and() throws {
    let both = Scalar(.and([Self.isNotZero, Self.isLarge]), type: .boolean)
    #expect(try Self.texts(both, Self.batch()) == ["true", "false", "true", nil, "false"])
    #expect(try CompiledPredicate(both, in: Self.environment).select(Self.batch()) == [0, 2])
    let turned = Scalar(.and([Self.isLarge, Self.isNotZero]), type: .boolean)
    #expect(throws: Diagnostic.self) { try Self.texts(turned, Self.batch()) }
  }

  @Test func or() throws {
    let either = Scalar(.or([Scalar(.not(Self.isNotZero), type: .boolean), Self.isLarge]), type: .boolean)
    #expect(try Self.texts(either, Self.batch()) == ["true", "true", "true", nil, "false"])
    #expect(try CompiledPredicate(either, in: Self.environment).select(Self.batch()) == [0, 1, 2])
  }

  @Test func caseAndCoalesce() throws {
    let choice = Scalar(
      .case(branches: [.init(condition: Self.isNotZero, result: Self.quotient)], otherwise: Make.integer(-1)),
      type: .bigint)
    #expect(try Self.texts(choice, Self.batch()) == ["10", "-1", "5", "-1", "2"])
    let first = Scalar(.coalesce([Self.x, Self.quotient]), type: .bigint)
    #expect(try Self.texts(first, Self.batch()) == ["1", "0", "2", nil, "5"])
    let open = Scalar(
      .case(branches: [.init(condition: Self.isNotZero, result: Self.x)], otherwise: nil), type: .bigint)
    #expect(try Self.texts(open, Self.batch()) == ["1", nil, "2", nil, "5"])
  }

  @Test func foldingNeverRaises() throws {
    let failing = Make.call(.divide, [Make.integer(1), Make.integer(0)], .bigint)
    let compiled = try CompiledScalar(failing, in: Self.environment)
    #expect(throws: Diagnostic.self) { try compiled.evaluate(Self.batch()) }
    #expect(try compiled.evaluate(Self.batch([])).count == 5)
    let never = Scalar(
      .case(
        branches: [.init(condition: Make.constant(.boolean(false)), result: failing)],
        otherwise: Make.integer(3)),
      type: .bigint)
    #expect(try Run.folded(never) == "3")
  }

  @Test func aListIsComparedItemByItem() throws {
    let list = Scalar(.inList(Self.x, [Make.integer(0), Self.quotient], negated: false), type: .boolean)
    #expect(try Self.texts(list, Self.batch()) == ["false", "true", "false", nil, "false"])
  }

  @Test func nullLists() throws {
    let null = Make.constant(.null, .bigint)
    let inList = Scalar(.inList(Self.x, [Make.integer(1), null], negated: false), type: .boolean)
    #expect(try Self.texts(inList, Self.batch()) == ["true", nil, nil, nil, nil])
    let notIn = Scalar(.inList(Self.x, [Make.integer(1), Make.integer(5)], negated: true), type: .boolean)
    #expect(try Self.texts(notIn, Self.batch()) == ["false", "true", "true", nil, "false"])
    #expect(try CompiledPredicate(notIn, in: Self.environment).select(Self.batch()) == [1, 2])
  }

  @Test func subqueries() throws {
    let answer = SubqueryAnswer(
      columns: [try Make.column([.integer(2), .null, .integer(5)], .bigint)], rowCount: 3)
    let one = SubqueryAnswer(columns: [try Make.column([.integer(42)], .bigint)], rowCount: 1)
    let none = SubqueryAnswer(columns: [try Make.column([], .bigint)], rowCount: 0)
    let environment = EvaluationEnvironment(parameters: [.integer(9)], subqueries: [answer, one, none])
    func run(_ kind: Scalar.Kind, _ type: SQLType) throws -> [String?] {
      let batch = try Self.batch()
      let column = try CompiledScalar(Scalar(kind, type: type), in: environment).evaluate(batch)
      return (0..<5).map { column.value(at: $0).text }
    }
    #expect(
      try run(.inSubquery(Self.x, subquery: 0, negated: false), .boolean) == [nil, nil, "true", nil, "true"])
    #expect(
      try run(.inSubquery(Self.x, subquery: 2, negated: true), .boolean) == Array(repeating: "true", count: 5)
    )
    #expect(try run(.subquery(1), .bigint) == Array(repeating: "42", count: 5))
    #expect(try run(.subquery(2), .bigint) == Array(repeating: nil, count: 5))
    #expect(try run(.exists(subquery: 0), .boolean)[0] == "true")
    #expect(try run(.exists(subquery: 2), .boolean)[0] == "false")
    #expect(try run(.parameter(0), .double)[4] == "9")
    let found = #expect(throws: Diagnostic.self) { try run(.subquery(0), .bigint) }
    #expect(found?.state == .cardinalityViolation)
  }
}
