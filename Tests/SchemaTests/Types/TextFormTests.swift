import Testing
import VSQLDiagnostics
import VSQLSchema

/// What PostgreSQL 15 answers, asked by hand; the error column is its SQLSTATE.
struct TextFormTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: SQLType
    var text: String
    /// The text form, or the SQLSTATE of the refusal.
    var expected: Result<String, Refusal>
    var testDescription: String { "\(type) \(text)" }

    init(_ type: SQLType, _ text: String, _ expected: String) {
      (self.type, self.text, self.expected) = (type, text, .success(expected))
    }

    init(_ type: SQLType, _ text: String, refused state: SQLState) {
      (self.type, self.text, self.expected) = (type, text, .failure(Refusal(state: state)))
    }
  }

  struct Refusal: Error { var state: SQLState }

  static let numbers: [Case] = [
    Case(.bigint, " 12 ", "12"), Case(.bigint, "+5", "5"),
    Case(.bigint, "-9223372036854775808", "-9223372036854775808"),
    Case(.bigint, "9223372036854775807", "9223372036854775807"), Case(.bigint, "-0", "0"),
    Case(.bigint, "9223372036854775808", refused: .numericValueOutOfRange),
    Case(.bigint, "99999999999999999999999999", refused: .numericValueOutOfRange),
    Case(.bigint, "1_0", refused: .invalidTextRepresentation),
    Case(.bigint, "", refused: .invalidTextRepresentation),
    Case(.bigint, "-", refused: .invalidTextRepresentation),
    Case(.bigint, "1.0", refused: .invalidTextRepresentation),
    Case(.integer(.bits16), "32768", refused: .numericValueOutOfRange),
    Case(.integer(.bits16), "-32768", "-32768"),
    Case(.numeric, "1e3", "1000"), Case(.numeric, ".5", "0.5"), Case(.numeric, "5.", "5"),
    Case(.numeric, "1.5e-3", "0.0015"), Case(.numeric, "-0.0", "0.0"), Case(.numeric, "-12.340", "-12.340"),
    Case(.numeric, "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
    Case(.numeric, "100000000000000000000000000000000000000", refused: .numericValueOutOfRange),
    Case(.numeric, "1e39", refused: .numericValueOutOfRange), Case(.numeric, "0e99999999", "0"),
    Case(.numeric, "1e", refused: .invalidTextRepresentation),
    Case(.numeric, ".", refused: .invalidTextRepresentation),
    Case(.decimal(DecimalShape(precision: 5, scale: 2)), "123.455", "123.46"),
    Case(.decimal(DecimalShape(precision: 5, scale: 2)), "-123.455", "-123.46"),
    Case(.decimal(DecimalShape(precision: 5, scale: 2)), "999.995", refused: .numericValueOutOfRange),
    Case(.decimal(DecimalShape(precision: 6, scale: 2)), "1e-400", "0.00"),
    Case(
      .decimal(DecimalShape(precision: 6, scale: 2)), "0.00499999999999999999999999999999999999999999999999",
      "0.00"),
    Case(
      .decimal(DecimalShape(precision: 6, scale: 2)), "1234.00500000000000000000000000000000000000000000000",
      "1234.01"),
    Case(
      .decimal(DecimalShape(precision: 38, scale: 37)), "1.00000000000000000000000000000000000004999",
      "1.0000000000000000000000000000000000000"),
    Case(
      .decimal(DecimalShape(precision: 38, scale: 37)), "1.00000000000000000000000000000000000005",
      "1.0000000000000000000000000000000000001"),
    Case(
      .decimal(DecimalShape(precision: 38, scale: 37)), "99999999999999999999999999999999999999999",
      refused: .numericValueOutOfRange),
    Case(.double, "-0", "-0"), Case(.double, "1e23", "9.999999999999999e+22"),
    Case(.double, "124925348374250592", "1.2492534837425059e+17"),
    Case(.double, "2.7e22", "2.7000000000000002e+22"),
    Case(.double, "1.8356943255767728e+16", "1.8356943255767728e+16"),
    Case(.double, "-1e23", "-9.999999999999999e+22"),
    Case(.double, "18014398509481984", "1.8014398509481984e+16"), Case(.double, "123456.789e3", "123456789"),
    Case(.double, "inf", "Infinity"),
    Case(.double, "-Infinity", "-Infinity"), Case(.double, "nan", "NaN"), Case(.double, "1e15", "1e+15"),
    Case(.double, "123456789012345", "123456789012345"), Case(.double, "0.0001", "0.0001"),
    Case(.double, "0.00001", "1e-05"), Case(.double, "1e20", "1e+20"), Case(.double, "0.1", "0.1"),
    Case(.double, "1234567890123456", "1.234567890123456e+15"), Case(.double, "5e-324", "5e-324"),
    Case(.double, "1.7976931348623157e308", "1.7976931348623157e+308"), Case(.double, "100", "100"),
    Case(.double, "9007199254740993", "9.007199254740992e+15"),
    Case(.double, "1e400", refused: .numericValueOutOfRange),
    Case(.double, "1e-400", refused: .numericValueOutOfRange),
    Case(.double, "0x10", refused: .invalidTextRepresentation),
    Case(.double, "1.2.3", refused: .invalidTextRepresentation),
    Case(.boolean, " true ", "true"), Case(.boolean, "T", "true"), Case(.boolean, "ye", "true"),
    Case(.boolean, "on", "true"), Case(.boolean, "of", "false"), Case(.boolean, "0", "false"),
    Case(.boolean, "o", refused: .invalidTextRepresentation),
    Case(.boolean, "truex", refused: .invalidTextRepresentation),
  ]

  static let others: [Case] = [
    Case(.date, "2026-1-5", "2026-01-05"), Case(.date, "2026/01/05", "2026-01-05"),
    Case(.date, "20260105", "2026-01-05"),
    Case(.date, "2026-01-05 10:00", "2026-01-05"), Case(.date, "99999-01-01", "99999-01-01"),
    Case(.date, "5874897-12-31", "5874897-12-31"), Case(.date, "0001-01-01", "0001-01-01"),
    Case(.date, "5874898-01-01", refused: .datetimeFieldOverflow),
    Case(.date, "2026-02-30", refused: .datetimeFieldOverflow),
    Case(.date, "1900-02-29", refused: .datetimeFieldOverflow), Case(.date, "2000-02-29", "2000-02-29"),
    Case(.date, "abc", refused: .invalidDatetimeFormat),
    Case(.date, "2026-01-05 25:00", refused: .datetimeFieldOverflow),
    Case(.date, "infinity", refused: .featureNotSupported), Case(.date, "", refused: .invalidDatetimeFormat),
    Case(.timestamp, "2026-01-05 24:00", "2026-01-06 00:00:00"),
    Case(.timestamp, "2026-01-05 10:11:60", "2026-01-05 10:12:00"),
    Case(.timestamp, "2026-01-05", "2026-01-05 00:00:00"),
    Case(.timestamp, "1969-12-31 23:59:59.9", "1969-12-31 23:59:59.9"),
    Case(.timestamp, "0001-01-01 00:00:00.000001", "0001-01-01 00:00:00.000001"),
    Case(.timestamp, "294246-12-31 23:59:59.999999", "294246-12-31 23:59:59.999999"),
    Case(.timestamp, "294247-01-01", refused: .datetimeFieldOverflow),
    Case(.timestamp, "10:00", refused: .invalidDatetimeFormat),
    Case(.timestamptz, "2026-01-05T10:11:12.1234567Z", "2026-01-05 10:11:12.123457+00"),
    Case(.timestamptz, "2026-01-05 10:11+05:30", "2026-01-05 04:41:00+00"),
    Case(.timestamptz, "2026-01-05 10:11:00 -0230", "2026-01-05 12:41:00+00"),
    Case(.timestamptz, "2026-01-05 10:11 Mars", refused: .invalidDatetimeFormat),
    Case(.uuid, "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    Case(.uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    Case(.uuid, "a0eebc99-9c0b", refused: .invalidTextRepresentation),
    Case(.uuid, "g0eebc999c0b4ef8bb6d6bb9bd380a11", refused: .invalidTextRepresentation),
    Case(.blob, "abc", "\\x616263"), Case(.blob, "\\x00fF", "\\x00ff"),
    Case(.blob, "a\\\\b\\001", "\\x615c6201"),
    Case(.blob, "\\x0", refused: .invalidTextRepresentation),
    Case(.blob, "\\xgg", refused: .invalidTextRepresentation),
    Case(.text(maxLength: 3), "abcdef", "abc"), Case(.string, "é😀", "é😀"),
    Case(.vector(VectorShape(dimension: 3, element: .float32)), " [1, 2.5,-3e-5] ", "[1,2.5,-3e-05]"),
    Case(.vector(VectorShape(dimension: 2, element: .float32)), "[0.1,16777217]", "[0.1,1.6777216e+07]"),
    Case(.vector(VectorShape(dimension: 2, element: .float16)), "[0.1,65504]", "[0.099975586,65504]"),
    Case(.vector(VectorShape(dimension: 1, element: .float16)), "[65520]", refused: .numericValueOutOfRange),
    Case(.vector(VectorShape(dimension: 1, element: .float32)), "[nan]", refused: .dataException),
    Case(.vector(VectorShape(dimension: 2, element: .float32)), "[1]", refused: .dataException),
    Case(.vector(VectorShape(dimension: 1, element: .float32)), "[]", refused: .dataException),
    Case(.vector(VectorShape(dimension: 2, element: .float32)), "[1,]", refused: .invalidTextRepresentation),
    Case(.vector(VectorShape(dimension: 1, element: .float32)), "1", refused: .invalidTextRepresentation),
    Case(.vector(VectorShape(dimension: 10, element: .bit)), "0110000001", "0110000001"),
    Case(.vector(VectorShape(dimension: 2, element: .bit)), "02", refused: .invalidTextRepresentation),
    Case(.vector(VectorShape(dimension: 2, element: .bit)), "011", refused: .dataException),
  ]

  @Test(arguments: numbers + others)
  func readsAndPrints(_ example: Case) throws {
    switch example.expected {
    case .success(let expected):
      let value = try Value(parsing: example.text, type: example.type)
      #expect(value.text == expected)
      #expect(try Value(parsing: expected, type: example.type).text == expected)
    case .failure(let refusal):
      let found = #expect(throws: Diagnostic.self) { try Value(parsing: example.text, type: example.type) }
      #expect(found?.state == refusal.state)
    }
  }

  @Test func nullHasNoText() { #expect(Value.null.text == nil) }

  @Test func everyRandomDoubleReadsBack() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      if value.isNaN { continue }
      let text = try #require(Value.double(value).text)
      #expect(try Value(parsing: text, type: .double) == .double(value), "bits \(value.bitPattern)")
    }
  }
}
