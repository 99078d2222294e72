import Testing
import VSQLSchema
import VSQLStorage

@Suite struct KeyEncoderTests {
  /// Each list ascends by PostgreSQL's order (text by code point).
  static let ascending: [[Value]] = [
    [.integer(.min), .integer(-2), .integer(-1), .integer(0), .integer(1), .integer(.max)],
    [.date(.min), .date(-1), .date(0), .date(.max)],
    [
      .double(-.infinity), .double(-1.5), .double(-.leastNonzeroMagnitude), .double(0), .double(1),
      .double(.infinity),
      .double(.nan),
    ],
    [
      .text(""), .text("\0"), .text("\0a"), .text("a"), .text("a\0"), .text("a\0b"), .text("ab"), .text("b"),
      .text("é"),
    ],
    [.uuid(0), .uuid(1), .uuid(.max)],
    [.boolean(false), .boolean(true)],
    [
      decimal(-120, 0), decimal(-12, 0), decimal(-119, 1), decimal(-1, 2), decimal(0, 5), decimal(1, 38),
      decimal(1, 2),
      decimal(11, 3), decimal(2, 2), decimal(99, 2), decimal(1, 0), decimal(10, 0), decimal(101, 1),
    ],
  ]

  static func decimal(_ unscaled: Int128, _ scale: UInt8) -> Value {
    .decimal(Decimal(unscaled: unscaled, scale: scale))
  }

  @Test(arguments: ascending) func keysOrderAsTheirValuesDo(_ values: [Value]) throws {
    let keys = try values.map { try #require(KeyEncoder.key(of: $0)) }
    for (low, high) in zip(keys, keys.dropFirst()) {
      #expect(low.lexicographicallyPrecedes(high))
      #expect(!high.starts(with: low))
    }
  }

  @Test func equalValuesHaveEqualKeys() {
    #expect(KeyEncoder.key(of: .double(0)) == KeyEncoder.key(of: .double(-0.0)))
    #expect(KeyEncoder.key(of: Self.decimal(10, 1)) == KeyEncoder.key(of: Self.decimal(100, 2)))
    #expect(KeyEncoder.key(of: .null) == nil)
  }
}
