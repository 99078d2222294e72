import Testing
import VSQLDiagnostics
import VSQLSchema

struct ValueCastTests {
  @Test(arguments: [
    (Value.double(2.5), SQLType.bigint, "2"), (.double(3.5), .bigint, "4"), (.double(-2.5), .bigint, "-2"),
    (.decimal(Decimal(unscaled: 25, scale: 1)), .bigint, "3"),
    (.decimal(Decimal(unscaled: -25, scale: 1)), .bigint, "-3"),
    (.integer(7), .decimal(DecimalShape(precision: 5, scale: 2)), "7.00"), (.integer(7), .double, "7"),
    (.boolean(true), .bigint, "1"), (.integer(2), .boolean, "true"), (.boolean(false), .string, "false"),
    (.date(0), .timestamp, "1970-01-01 00:00:00"), (.timestamp(-1), .date, "1969-12-31"),
    (.decimal(Decimal(unscaled: 123_456, scale: 3)), .double, "123.456"), (.text("12"), .bigint, "12"),
    (.double(1e-50), .decimal(DecimalShape(precision: 5, scale: 2)), "0.00"),
  ])
  func casts(_ value: Value, _ type: SQLType, _ expected: String) throws {
    #expect(try ValueCast.cast(value, to: type, isAssignment: false).text == expected)
  }

  @Test(arguments: [
    (Value.double(1e300), SQLType.bigint, SQLState.numericValueOutOfRange),
    (.double(.nan), .bigint, .numericValueOutOfRange),
    (.double(.infinity), .numeric, .numericValueOutOfRange),
    (.double(9_223_372_036_854_775_808), .bigint, .numericValueOutOfRange),
    (.integer(40_000), .integer(.bits16), .numericValueOutOfRange), (.date(0), .bigint, .cannotCoerce),
    (.date(2_000_000_000), .timestamp, .datetimeFieldOverflow),
    (.text("x"), .bigint, .invalidTextRepresentation),
    (
      .vector(VectorValue(shape: VectorShape(dimension: 1, element: .bit), bytes: [0])),
      .vector(VectorShape(dimension: 1, element: .float32)), .cannotCoerce
    ),
  ])
  func refusals(_ value: Value, _ type: SQLType, _ state: SQLState) {
    let found = #expect(throws: Diagnostic.self) { try ValueCast.cast(value, to: type, isAssignment: false) }
    #expect(found?.state == state)
  }

  @Test func lengthsAreCutOrChecked() throws {
    let type = SQLType.text(maxLength: 3)
    #expect(try ValueCast.cast(.text("abcd"), to: type, isAssignment: false) == .text("abc"))
    #expect(try ValueCast.cast(.text("abc  "), to: type, isAssignment: true) == .text("abc"))
    #expect(try ValueCast.cast(.text("äöü"), to: type, isAssignment: true) == .text("äöü"))
    let found = #expect(throws: Diagnostic.self) {
      try ValueCast.cast(.text("abcd"), to: type, isAssignment: true)
    }
    #expect(found?.state == .stringDataRightTruncation)
  }

  @Test func vectorsChangeTheirElement() throws {
    let wide = try Value(
      parsing: "[0.5,-2,1000]", type: .vector(VectorShape(dimension: 3, element: .float32)))
    let half = SQLType.vector(VectorShape(dimension: 3, element: .float16))
    let narrow = try ValueCast.cast(wide, to: half, isAssignment: false)
    #expect(narrow.text == "[0.5,-2,1000]")
    #expect(
      try ValueCast.cast(
        narrow, to: .vector(VectorShape(dimension: 3, element: .float32)), isAssignment: true) == wide)
    let big = try Value(parsing: "[70000]", type: .vector(VectorShape(dimension: 1, element: .float32)))
    #expect(throws: Diagnostic.self) {
      try ValueCast.cast(big, to: .vector(VectorShape(dimension: 1, element: .float16)), isAssignment: false)
    }
  }
}
