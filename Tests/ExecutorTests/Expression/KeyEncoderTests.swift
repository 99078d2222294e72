import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

struct KeyEncoderTests {
  /// Values in ascending order, all different.
  static func ascending() throws -> [(SQLType, [Value])] {
    let shape = SQLType.vector(VectorShape(dimension: 2, element: .float32))
    return [
      (.boolean, [.boolean(false), .boolean(true)]),
      (.bigint, [.min, -256, -1, 0, 1, 255, 256, .max].map { .integer($0) }),
      (.date, [-719_162, -1, 0, 1, 20_000].map { .date($0) }),
      (
        .double,
        [-Double.infinity, -1e300, -1, -5e-324, 0, 5e-324, 1, 1.5, 1e300, .infinity, .nan].map { .double($0) }
      ),
      (
        .numeric,
        try [
          "-99999999999999999999999999999999999999", "-10", "-9.99", "-0.01", "-0.001", "0",
          "0.00000000000000000000000000000000000001", "0.1", "0.11", "1", "9.9", "10", "10.01",
          "99999999999999999999999999999999999999",
        ].map { try Value(parsing: $0, type: .numeric) }
      ),
      (.string, ["", "\u{1}", "a", "a\u{1}", "aa", "ab", "b", "é", "日", "😀"].map { .text($0) }),
      (.blob, [[], [0], [0, 0], [0, 1], [0, 255], [1], [255], [255, 0]].map { .blob($0) }),
      (.uuid, [0, 1, UInt128(1) << 64, .max].map { .uuid($0) }),
      (
        shape,
        try ["[-2,5]", "[-1,-1]", "[-1,0]", "[0,0]", "[0,1]", "[3,-9]"].map {
          try Value(parsing: $0, type: shape)
        }
      ),
    ]
  }

  @Test func bytesOrderAsValuesDo() throws {
    for (type, values) in try Self.ascending() {
      for isDescending in [false, true] {
        for nullsFirst in [false, true] {
          let column = try Make.column([.null] + values, type)
          let part = KeyEncoder.Part(isDescending: isDescending, nullsFirst: nullsFirst)
          // A second part shows that the first one ends where it says.
          let second = try Make.column((0...values.count).map { .integer(Int64(values.count - $0)) }, .bigint)
          let keys = try KeyEncoder([part, KeyEncoder.Part()]).encode(
            [column, second], count: values.count + 1)
          for i in 0..<keys.count {
            for j in 0..<keys.count {
              let expected: Int
              if i == 0 || j == 0 {
                expected = i == j ? 0 : (i == 0) == nullsFirst ? -1 : 1
              } else {
                expected = (i - j).signum() * (isDescending ? -1 : 1)
              }
              #expect(keys.compare(i, keys, j).signum() == expected, "\(type) \(i) \(j)")
            }
          }
          #expect(keys.hasNull == [true] + Array(repeating: false, count: values.count))
        }
      }
    }
  }

  @Test func equalNumbersHaveEqualKeys() throws {
    let pairs: [(SQLType, Value, Value)] = [
      (.double, .double(0), .double(-0.0)), (.double, .double(.nan), .double(-.nan)),
      (.numeric, .decimal(Decimal(unscaled: 10, scale: 1)), .decimal(Decimal(unscaled: 100, scale: 2))),
      (.numeric, .decimal(Decimal(unscaled: 0, scale: 0)), .decimal(Decimal(unscaled: 0, scale: 9))),
    ]
    for (type, a, b) in pairs {
      let keys = try KeyEncoder(partCount: 1).encode([try Make.column([a, b], type)], count: 2)
      #expect(keys.equal(0, keys, 1))
      let hashes = keys.hashes(seed: 7)
      #expect(hashes[0] == hashes[1])
    }
  }

  @Test func keysFollowTheSelectionAndTheConstantForm() throws {
    let column = try Make.column([.text("b"), .null, .text("a")], .string)
    let constant = try Columns.constant(.integer(3), type: .bigint, count: 3)
    let encoder = KeyEncoder(partCount: 2)
    let all = try encoder.encode([column, constant], count: 3)
    let some = try encoder.encode([column, constant], count: 3, selection: [1, 2])
    #expect(some.count == 2)
    #expect(some.equal(0, all, 1) && some.equal(1, all, 2))
    #expect(some.hasNull == [true, false])
    #expect(all.compare(2, all, 0) < 0)
  }

  @Test func seedsMakeOtherHashes() throws {
    let column = try Make.column((0..<1_000).map { .integer($0) }, .bigint)
    let keys = try KeyEncoder(partCount: 1).encode([column], count: 1_000)
    #expect(Set(keys.hashes(seed: 1)).count == 1_000)
    #expect(keys.hashes(seed: 1) != keys.hashes(seed: 2))
  }
}
