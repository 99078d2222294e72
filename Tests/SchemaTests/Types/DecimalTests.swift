import Testing
import VSQLDiagnostics
import VSQLSchema

struct DecimalTests {
  static func decimal(_ text: String) throws -> Decimal {
    try Decimal.parse(Array(text.utf8).span)
  }

  static func text(_ value: Decimal) -> String {
    Value.decimal(value).text ?? ""
  }

  typealias Operation = @Sendable (Decimal, Decimal) throws(Diagnostic) -> Decimal

  /// Left, operator, right, and what PostgreSQL 15 answers.
  @Test(arguments: [
    ("1.10", "+", "2.005", "3.105"), ("1", "-", "2.50", "-1.50"), ("0.1", "+", "-0.10", "0.00"),
    ("1.5", "*", "-2.25", "-3.375"), ("1", "/", "3", "0.33333333333333333333"),
    ("100", "/", "3", "33.3333333333333333"), ("2", "/", "3", "0.66666666666666666667"),
    ("-7", "/", "2", "-3.5000000000000000"), ("10000", "/", "7", "1428.5714285714285714"),
    ("0.0001", "/", "3", "0.000033333333333333333333"), ("0", "/", "5", "0.00000000000000000000"),
    ("12345678901234567890", "/", "1.25", "9876543120987654312.00"),
    ("7.5", "%", "2", "1.5"), ("-7.5", "%", "2", "-1.5"), ("7", "%", "-2.0", "1.0"),
    ("99999999999999999999", "/", "10000", "9999999999999999.9999"),
  ])
  func arithmetic(_ left: String, _ name: String, _ right: String, _ expected: String) throws {
    let operations: [String: Operation] = [
      "+": Decimal.sum, "-": Decimal.difference, "*": Decimal.product, "/": Decimal.quotient,
      "%": Decimal.remainder,
    ]
    let operation = try #require(operations[name])
    #expect(Self.text(try operation(try Self.decimal(left), try Self.decimal(right))) == expected)
  }

  @Test func refusals() throws {
    let big = try Self.decimal("99999999999999999999999999999999999999")
    let one = Decimal(1)
    #expect(throws: Diagnostic.self) { try Decimal.sum(big, one) }
    #expect(throws: Diagnostic.self) { try Decimal.product(big, big) }
    #expect(try Decimal.sum(big, one.negated).unscaled == big.unscaled - 1)
    let byZero = #expect(throws: Diagnostic.self) {
      try Decimal.quotient(one, Decimal(unscaled: 0, scale: 3))
    }
    #expect(byZero?.state == .divisionByZero)
  }

  @Test(arguments: [
    ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("2.567", 2, "2.57"), ("1234.5", -2, "1200"), ("1250", -2, "1300"),
    ("1.5", 3, "1.500"), ("0.5", -1, "0"), ("55", -2, "100"), ("0.04", 1, "0.0"),
  ])
  func rounding(_ text: String, _ scale: Int, _ expected: String) throws {
    #expect(Self.text(try Self.decimal(text).rounded(to: scale)) == expected)
  }

  @Test(arguments: [
    (0.1, "0.1"), (123_456_789_012_345_678, "123456789012346000"), (1e20, "100000000000000000000"),
    (1.5e-10, "0.00000000015"), (-2.5, "-2.5"), (0, "0"), (1e37, "10000000000000000000000000000000000000"),
  ])
  func fromDouble(_ value: Double, _ expected: String) throws {
    #expect(Self.text(try NumberConversion.decimal(value)) == expected)
  }

  @Test func orderIsOfTheNumber() throws {
    let ascending = [
      "-10000000000000000000000000000000000000", "-1.5", "-1.49999999999999999999999", "-0.001", "0",
      "0.00000000000000000000000000000000000001", "0.1", "0.11", "1", "1.0000000001", "2", "10.5",
      "99999999999999999999999999999999999999",
    ]
    let values = try ascending.map { try Self.decimal($0) }
    for (i, a) in values.enumerated() {
      for (j, b) in values.enumerated() {
        #expect((a < b) == (i < j), "\(ascending[i]) < \(ascending[j])")
      }
    }
    #expect(try Self.decimal("1.0") == Self.decimal("1.00"))
    #expect(try !(Self.decimal("1.0") < Self.decimal("1.00")))
  }

  @Test func sumsAgreeWithLongWayRound() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let a = Decimal(
        unscaled: Int128(Int64.random(in: .min ... .max, using: &random)), scale: .random(in: 0...9))
      let b = Decimal(
        unscaled: Int128(Int64.random(in: .min ... .max, using: &random)), scale: .random(in: 0...9))
      let sum = try Decimal.sum(a, b)
      #expect(try Decimal.difference(sum, b) == a, "\(a) + \(b)")
      let product = try Decimal.product(a, b)
      if b.unscaled != 0 { #expect(try Decimal.quotient(product, b) == a, "\(a) · \(b)") }
      #expect((a < b) == (try Decimal.difference(a, b).unscaled < 0), "\(a) < \(b)")
    }
  }
}
