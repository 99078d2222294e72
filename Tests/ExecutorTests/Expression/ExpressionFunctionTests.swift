import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// Functions one by one. Answers are PostgreSQL 15's, asked by hand; those of vectors are worked out from their definitions.
struct ExpressionFunctionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var function: ScalarFunction
    var arguments: [Value]
    var type: SQLType
    var expected: String?
    var refusal: SQLState?
    var testDescription: String {
      "\(function.rawValue)(\(arguments.map { $0.text ?? "NULL" }.joined(separator: ", ")))"
    }

    init(_ function: ScalarFunction, _ arguments: [Value], _ type: SQLType, _ expected: String) {
      (self.function, self.arguments, self.type, self.expected) = (function, arguments, type, expected)
    }

    init(_ function: ScalarFunction, _ arguments: [Value], _ type: SQLType, refused state: SQLState) {
      (self.function, self.arguments, self.type, refusal) = (function, arguments, type, state)
    }
  }

  static func t(_ text: String) -> Value { .text(text) }
  static func i(_ value: Int64) -> Value { .integer(value) }
  static func d(_ value: Double) -> Value { .double(value) }
  static func n(_ text: String) -> Value { (try? Value(parsing: text, type: .numeric)) ?? .null }
  static func ts(_ text: String) -> Value { (try? Value(parsing: text, type: .timestamp)) ?? .null }
  static func date(_ text: String) -> Value { (try? Value(parsing: text, type: .date)) ?? .null }
  static func f32(_ text: String, _ dimension: Int) -> Value {
    (try? Value(parsing: text, type: .vector(VectorShape(dimension: dimension, element: .float32)))) ?? .null
  }
  static func f16(_ text: String, _ dimension: Int) -> Value {
    (try? Value(parsing: text, type: .vector(VectorShape(dimension: dimension, element: .float16)))) ?? .null
  }
  static func bits(_ text: String) -> Value {
    (try? Value(parsing: text, type: .vector(VectorShape(dimension: text.utf8.count, element: .bit))))
      ?? .null
  }

  static let numbers: [Case] = [
    Case(.add, [i(2), i(3)], .bigint, "5"),
    Case(.add, [i(.max), i(1)], .bigint, refused: .numericValueOutOfRange),
    Case(.subtract, [i(.min), i(1)], .bigint, refused: .numericValueOutOfRange),
    Case(.multiply, [i(1 << 40), i(1 << 40)], .bigint, refused: .numericValueOutOfRange),
    Case(.divide, [i(-7), i(2)], .bigint, "-3"),
    Case(.divide, [i(1), i(0)], .bigint, refused: .divisionByZero),
    Case(.divide, [i(.min), i(-1)], .bigint, refused: .numericValueOutOfRange),
    Case(.modulo, [i(-7), i(3)], .bigint, "-1"), Case(.modulo, [i(.min), i(-1)], .bigint, "0"),
    Case(.mod, [i(7), i(0)], .bigint, refused: .divisionByZero), Case(.negate, [i(5)], .bigint, "-5"),
    Case(.negate, [i(.min)], .bigint, refused: .numericValueOutOfRange),
    Case(.add, [d(0.1), d(0.2)], .double, "0.30000000000000004"),
    Case(.divide, [d(1), d(0)], .double, refused: .divisionByZero),
    Case(.multiply, [d(1e308), d(10)], .double, refused: .numericValueOutOfRange),
    Case(.multiply, [d(1e-300), d(1e-300)], .double, refused: .numericValueOutOfRange),
    Case(.divide, [d(.nan), d(0)], .double, "NaN"), Case(.multiply, [d(0), d(5)], .double, "0"),
    Case(.add, [d(.infinity), d(1)], .double, "Infinity"), Case(.negate, [d(1.5)], .double, "-1.5"),
    Case(.add, [n("1.10"), n("2.005")], .numeric, "3.105"),
    Case(.subtract, [n("1"), n("2.50")], .numeric, "-1.50"),
    Case(.multiply, [n("1.5"), n("-2.25")], .numeric, "-3.375"),
    Case(.divide, [n("1"), n("3")], .numeric, "0.33333333333333333333"),
    Case(.divide, [n("1"), n("0")], .numeric, refused: .divisionByZero),
    Case(.mod, [n("7.5"), n("2")], .numeric, "1.5"),
    Case(.negate, [n("1.50")], .numeric, "-1.50"), Case(.abs, [i(-5)], .bigint, "5"),
    Case(.abs, [i(.min)], .bigint, refused: .numericValueOutOfRange), Case(.abs, [d(-0.0)], .double, "0"),
    Case(.abs, [n("-1.50")], .numeric, "1.50"), Case(.sign, [n("-2.5")], .numeric, "-1"),
    Case(.sign, [d(-3)], .double, "-1"),
    Case(.sign, [i(9)], .bigint, "1"), Case(.ceil, [d(-0.5)], .double, "-0"),
    Case(.floor, [d(-0.5)], .double, "-1"),
    Case(.round, [d(2.5)], .double, "2"), Case(.round, [d(-2.5)], .double, "-2"),
    Case(.trunc, [d(-2.7)], .double, "-2"),
    Case(.ceil, [n("2.1")], .numeric, "3"), Case(.floor, [n("-2.1")], .numeric, "-3"),
    Case(.ceil, [n("-0.5")], .numeric, "0"),
    Case(.round, [n("2.5")], .numeric, "3"), Case(.trunc, [n("-2.7")], .numeric, "-2"),
    Case(.roundTo, [n("2.567"), i(2)], .numeric, "2.57"),
    Case(.roundTo, [n("-1250"), i(-2)], .numeric, "-1300"),
    Case(.roundTo, [n("1234.5"), i(-2)], .numeric, "1200"),
    Case(.roundTo, [d(2.675), i(2)], .double, "2.68"),
    Case(.sqrt, [d(2)], .double, "1.4142135623730951"),
    Case(.sqrt, [d(-1)], .double, refused: .invalidArgumentForPower),
    Case(.power, [d(2), d(0.5)], .double, "1.4142135623730951"),
    Case(.power, [d(0), d(-1)], .double, refused: .invalidArgumentForPower),
    Case(.power, [d(-2), d(0.5)], .double, refused: .invalidArgumentForPower),
    Case(.exp, [d(0)], .double, "1"),
    Case(.exp, [d(1000)], .double, refused: .numericValueOutOfRange),
    Case(.exp, [d(-1000)], .double, refused: .numericValueOutOfRange),
    Case(.ln, [d(1)], .double, "0"), Case(.ln, [d(0)], .double, refused: .invalidArgumentForLogarithm),
    Case(.log10, [d(100)], .double, "2"),
  ]

  static let texts: [Case] = [
    Case(.concatenate, [t("a"), t("é")], .string, "aé"), Case(.length, [t("aé😀")], .bigint, "3"),
    Case(.octetLength, [t("aé😀")], .bigint, "7"), Case(.length, [.blob([1, 2])], .bigint, "2"),
    Case(.lower, [t("ÀİΣx")], .string, "àİσx"), Case(.upper, [t("ßéǆ")], .string, "ßÉǄ"),
    Case(.trimBoth, [t("  x  ")], .string, "x"), Case(.trimBoth, [t("xyaxy"), t("xy")], .string, "a"),
    Case(.trimLeft, [t("xxa"), t("x")], .string, "a"), Case(.trimRight, [t("axx"), t("x")], .string, "a"),
    Case(.trimBoth, [t("éaé"), t("é")], .string, "a"), Case(.trimBoth, [t("a "), t("")], .string, "a "),
    Case(.substring, [t("hello"), i(2), i(3)], .string, "ell"),
    Case(.substring, [t("hello"), i(-1), i(4)], .string, "he"),
    Case(.substring, [t("hello"), i(0)], .string, "hello"),
    Case(.substring, [t("hello"), i(10)], .string, ""),
    Case(.substring, [t("héllo"), i(2), i(1)], .string, "é"),
    Case(.substring, [t("hello"), i(2), i(0)], .string, ""),
    Case(.substring, [t("hello"), i(.max), i(.max)], .string, ""),
    Case(.substring, [t("hello"), i(2), i(-1)], .string, refused: .substringError),
    Case(.position, [t("lo"), t("hello")], .bigint, "4"), Case(.strpos, [t("héllo"), t("l")], .bigint, "3"),
    Case(.strpos, [t("hello"), t("")], .bigint, "1"), Case(.strpos, [t(""), t("a")], .bigint, "0"),
    Case(.startsWith, [t("hello"), t("he")], .boolean, "true"),
    Case(.startsWith, [t("h"), t("he")], .boolean, "false"),
    Case(.replace, [t("aaa"), t("a"), t("bb")], .string, "bbbbbb"),
    Case(.replace, [t("abc"), t(""), t("x")], .string, "abc"),
    Case(.left, [t("hello"), i(-2)], .string, "hel"), Case(.right, [t("hello"), i(-2)], .string, "llo"),
    Case(.left, [t("hello"), i(10)], .string, "hello"), Case(.left, [t("hello"), i(.min)], .string, ""),
    Case(.right, [t("hello"), i(2)], .string, "lo"),
    Case(.leftPad, [t("hi"), i(5), t("xy")], .string, "xyxhi"),
    Case(.rightPad, [t("hi"), i(5), t("xy")], .string, "hixyx"),
    Case(.leftPad, [t("hello"), i(2)], .string, "he"),
    Case(.leftPad, [t("hi"), i(5), t("")], .string, "hi"), Case(.leftPad, [t("hi"), i(-1)], .string, ""),
    Case(.leftPad, [t("hi"), i(5)], .string, "   hi"), Case(.repeatText, [t("ab"), i(3)], .string, "ababab"),
    Case(.repeatText, [t("ab"), i(-1)], .string, ""),
    Case(.repeatText, [t("ab"), i(2_000_000_000)], .string, refused: .programLimitExceeded),
    Case(.reverse, [t("aé😀")], .string, "😀éa"), Case(.splitPart, [t("a,b,c"), t(","), i(2)], .string, "b"),
    Case(.splitPart, [t("a,b,c"), t(","), i(-1)], .string, "c"),
    Case(.splitPart, [t("a,b,c"), t(","), i(5)], .string, ""),
    Case(.splitPart, [t("abc"), t(""), i(1)], .string, "abc"),
    Case(.splitPart, [t("abc"), t(""), i(2)], .string, ""),
    Case(.splitPart, [t("a"), t(","), i(0)], .string, refused: .invalidParameterValue),
    Case(.splitPart, [t("a"), t(","), i(.min)], .string, ""),
    Case(
      .initcap, [t("hello WORLD foo-bar 3abc é1x o'neil")], .string, "Hello World Foo-Bar 3abc É1x O'Neil"),
    Case(.ascii, [t("é")], .bigint, "233"), Case(.ascii, [t("")], .bigint, "0"),
    Case(.chr, [i(233)], .string, "é"),
    Case(.chr, [i(0)], .string, refused: .programLimitExceeded),
    Case(.chr, [i(55_296)], .string, refused: .programLimitExceeded),
    Case(.chr, [i(-1)], .string, refused: .programLimitExceeded),
  ]

  static let dates: [Case] = [
    Case(.dateAddDays, [date("2026-02-28"), i(1)], .date, "2026-03-01"),
    Case(.dateSubtractDays, [date("2026-03-01"), i(1)], .date, "2026-02-28"),
    Case(.dateAddDays, [date("2026-02-28"), i(.max)], .date, refused: .datetimeFieldOverflow),
    Case(.dateSubtractDays, [date("0001-01-01"), i(1)], .date, refused: .datetimeFieldOverflow),
    Case(.dateDifference, [date("2026-03-01"), date("2025-03-01")], .bigint, "365"),
    Case(.extract, [t("year"), ts("2026-03-04 05:06:07.5")], .numeric, "2026"),
    Case(.extract, [t("SECOND"), ts("2026-03-04 05:06:07.5")], .numeric, "7.500000"),
    Case(.extract, [t("epoch"), ts("2026-03-04 05:06:07.5")], .numeric, "1772600767.500000"),
    Case(.extract, [t("dow"), date("2026-03-04")], .numeric, "3"),
    Case(.extract, [t("epoch"), date("2026-03-04")], .numeric, "1772582400"),
    Case(.extract, [t("milliseconds"), ts("2026-03-04 05:06:07.5")], .numeric, "7500.000"),
    Case(.extract, [t("microseconds"), ts("2026-03-04 05:06:07.5")], .numeric, "7500000"),
    Case(.extract, [t("isoyear"), ts("2027-01-01")], .numeric, "2026"),
    Case(.extract, [t("century"), ts("2000-01-01")], .numeric, "20"),
    Case(.extract, [t("julian"), ts("2026-01-01 12:00")], .numeric, "2461042.50000000000000000000"),
    Case(.extract, [t("quarter"), date("2026-05-05")], .numeric, "2"),
    Case(.extract, [t("doy"), date("2026-05-05")], .numeric, "125"),
    Case(.extract, [t("isodow"), date("2026-05-03")], .numeric, "7"),
    Case(.extract, [t("YEARS"), date("2026-01-01")], .numeric, "2026"),
    Case(.extract, [t("foo"), ts("2026-01-01")], .numeric, refused: .invalidParameterValue),
    Case(.extract, [t("hour"), date("2026-01-01")], .numeric, refused: .featureNotSupported),
    Case(.dateTrunc, [t("week"), ts("2026-03-04 05:06:07")], .timestamp, "2026-03-02 00:00:00"),
    Case(.dateTrunc, [t("quarter"), ts("2026-05-05")], .timestamp, "2026-04-01 00:00:00"),
    Case(.dateTrunc, [t("decade"), ts("2026-05-05")], .timestamp, "2020-01-01 00:00:00"),
    Case(.dateTrunc, [t("century"), ts("2026-05-05")], .timestamp, "2001-01-01 00:00:00"),
    Case(
      .dateTrunc, [t("milliseconds"), ts("2026-05-05 01:02:03.123456")], .timestamp, "2026-05-05 01:02:03.123"
    ),
    Case(.dateTrunc, [t("decade"), ts("0005-05-05")], .timestamp, refused: .datetimeFieldOverflow),
    Case(.dateTrunc, [t("dow"), ts("2026-05-05")], .timestamp, refused: .featureNotSupported),
  ]

  static let vectors: [Case] = [
    Case(.l2Distance, [f32("[0,0]", 2), f32("[3,4]", 2)], .double, "5"),
    Case(.innerProduct, [f32("[1,2]", 2), f32("[3,4]", 2)], .double, "11"),
    Case(.negativeInnerProduct, [f32("[1,2]", 2), f32("[3,4]", 2)], .double, "-11"),
    Case(.l1Distance, [f32("[0,0]", 2), f32("[3,-4]", 2)], .double, "7"),
    Case(.cosineDistance, [f32("[1,0]", 2), f32("[0,2]", 2)], .double, "1"),
    Case(.cosineSimilarity, [f32("[1,1]", 2), f32("[2,2]", 2)], .double, "1"),
    Case(.l2Distance, [f16("[0,0]", 2), f32("[3,4]", 2)], .double, "5"),
    Case(.l2Distance, [f32("[0,0]", 2), f16("[3,4]", 2)], .double, "5"),
    Case(.l2Distance, [f16("[0,0]", 2), f16("[3,4]", 2)], .double, "5"),
    Case(.hammingDistance, [bits("0110"), bits("0011")], .double, "2"),
    Case(.jaccardDistance, [bits("0110"), bits("0011")], .double, "0.6666666666666667"),
    Case(.vectorDims, [f32("[1,2,3]", 3)], .bigint, "3"), Case(.vectorNorm, [f32("[3,4]", 2)], .double, "5"),
    Case(.l2Normalize, [f32("[3,4]", 2)], .vector(VectorShape(dimension: 2, element: .float32)), "[0.6,0.8]"),
    Case(.l2Normalize, [f32("[0,0]", 2)], .vector(VectorShape(dimension: 2, element: .float32)), "[0,0]"),
    Case(
      .subvector, [f32("[1,2,3]", 3), i(2), i(2)], .vector(VectorShape(dimension: 2, element: .float32)),
      "[2,3]"),
    Case(
      .subvector, [f16("[1,2,3]", 3), i(1), i(2)], .vector(VectorShape(dimension: 2, element: .float16)),
      "[1,2]"),
    Case(
      .subvector, [f32("[1,2,3]", 3), i(3), i(2)], .vector(VectorShape(dimension: 2, element: .float32)),
      refused: .invalidParameterValue),
    Case(.binaryQuantize, [f32("[1,-2,3]", 3)], .vector(VectorShape(dimension: 3, element: .bit)), "101"),
    Case(.makeVector, [d(0.5), d(2)], .vector(VectorShape(dimension: 2, element: .float32)), "[0.5,2]"),
    Case(
      .makeVector, [d(.nan)], .vector(VectorShape(dimension: 1, element: .float32)), refused: .dataException),
    Case(
      .makeVector, [d(1e39)], .vector(VectorShape(dimension: 1, element: .float32)),
      refused: .numericValueOutOfRange),
    Case(
      .add, [f32("[1,2]", 2), f32("[3,4]", 2)], .vector(VectorShape(dimension: 2, element: .float32)), "[4,6]"
    ),
    Case(
      .subtract, [f16("[1,2]", 2), f16("[3,4]", 2)], .vector(VectorShape(dimension: 2, element: .float16)),
      "[-2,-2]"),
    Case(
      .multiply, [f32("[1e30]", 1), f32("[1e30]", 1)], .vector(VectorShape(dimension: 1, element: .float32)),
      refused: .numericValueOutOfRange),
    Case(.negate, [f32("[1,-2]", 2)], .vector(VectorShape(dimension: 2, element: .float32)), "[-1,2]"),
  ]

  /// Folded as a constant, and over columns with a NULL row between two equal ones.
  @Test(arguments: numbers + texts + dates + vectors)
  func functions(_ example: Case) throws {
    let call = Make.call(example.function, example.arguments.map { Make.constant($0) }, example.type)
    if let expected = example.expected {
      #expect(try Run.folded(call) == expected)
      #expect(try Run.flat(call) == [expected, nil, expected])
    } else {
      let folded = #expect(throws: Diagnostic.self) { try Run.folded(call) }
      let flat = #expect(throws: Diagnostic.self) { try Run.flat(call) }
      #expect(folded?.state == example.refusal && flat?.state == example.refusal)
      #expect(flat?.span == call.span)
    }
  }

  @Test func theCosineOfAVectorOfLengthZeroIsNull() throws {
    let query = Make.constant(Self.f32("[1,1]", 2))
    let shape = SQLType.vector(VectorShape(dimension: 2, element: .float32))
    let column = try Make.column([Self.f32("[0,0]", 2), Self.f32("[1,1]", 2), .null], shape)
    for function in [ScalarFunction.cosineDistance, .cosineSimilarity] {
      let scalar = Make.call(function, [Make.column(0, shape), query], .double)
      let result = try CompiledScalar(scalar, in: EvaluationEnvironment()).evaluate(
        Batch(columns: [column], count: 3))
      #expect((0..<3).map { result.isNull($0) } == [true, false, true])
    }
  }

  @Test func functionsThatLookAtNullThemselves() throws {
    let null = Make.constant(.null, .bigint)
    #expect(try Run.folded(Make.call(.greatest, [Make.integer(1), null, Make.integer(3)], .bigint)) == "3")
    #expect(try Run.folded(Make.call(.least, [null, Make.integer(4), Make.integer(3)], .bigint)) == "3")
    #expect(try Run.folded(Make.call(.least, [null, null], .bigint)) == nil)
    #expect(try Run.folded(Make.call(.nullIf, [Make.integer(1), Make.integer(1)], .bigint)) == nil)
    #expect(try Run.folded(Make.call(.nullIf, [Make.integer(1), null], .bigint)) == "1")
    #expect(
      try Run.folded(
        Make.call(.concat, [Make.text("a"), Make.constant(.null, .string), Make.text("b")], .string)) == "ab")
    #expect(
      try Run.folded(Make.call(.concatenate, [Make.text("a"), Make.constant(.null, .string)], .string)) == nil
    )
  }

  @Test func functionsOfTheSurroundings() throws {
    let environment = EvaluationEnvironment(
      nowMicroseconds: 86_400_000_000, user: "ana", version: "vsql 1", randomBits: { UInt128.max })
    #expect(try Run.folded(Make.call(.now, [], .timestamptz), environment) == "1970-01-02 00:00:00+00")
    #expect(try Run.folded(Make.call(.currentDate, [], .date), environment) == "1970-01-02")
    #expect(try Run.folded(Make.call(.currentUser, [], .string), environment) == "ana")
    #expect(try Run.folded(Make.call(.version, [], .string), environment) == "vsql 1")
    #expect(try Run.folded(Make.call(.typeOf, [Make.integer(1)], .string), environment) == "INTEGER")
    #expect(
      try Run.folded(Make.call(.genRandomUUID, [], .uuid), environment)
        == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    let uuids = try CompiledScalar(Make.call(.genRandomUUID, [], .uuid), in: EvaluationEnvironment())
      .evaluate(Batch(columns: [], count: 50))
    #expect(Set((0..<50).map { uuids.value(at: $0) }).count == 50)
  }

  @Test func everyFunctionHasAKernel() {
    let tested = Set((Self.numbers + Self.texts + Self.dates + Self.vectors).map(\.function))
    let others: Set<ScalarFunction> = [
      .greatest, .least, .nullIf, .concat, .now, .currentDate, .currentUser, .version, .typeOf,
      .genRandomUUID,
    ]
    #expect(Set(ScalarFunction.allCases).subtracting(tested.union(others)).isEmpty)
  }
}
