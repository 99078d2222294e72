import Testing
import VSQLSchema
import VSQLStorage

/// Which encoding a column gets, what it then takes, and that every value comes back from it.
@Suite struct SegmentEncodingTests {
  static let wide = VectorShape(dimension: 128, element: .float32)
  static let cases:
    [(name: String, type: SQLType, encoding: String, bytes: Int, value: @Sendable (Int) -> Value)] = [
      ("sequence", .bigint, "offset, 12 bits", 2, { .integer(Int64($0)) }),
      ("constant", .bigint, "offset, 0 bits", 1, { _ in .integer(-7) }),
      ("negative", .bigint, "offset, 4 bits", 1, { .integer(-1_000_000_000_000 - Int64($0 % 5)) }),
      (
        "steps", .timestamp, "offset, 6 bits", 1,
        { .timestamp(1_700_000_000_000_000 + Int64($0 % 20) * 3_600_000_000) }
      ),
      ("day", .date, "offset, 7 bits", 1, { .date(Int32(-3 + $0 % 60)) }),
      ("extremes", .bigint, "varint", 11, { .integer($0 % 3 == 0 ? .min : .max - Int64($0)) }),
      ("rare", .bigint, "offset from a base", 2, { $0 % 100 == 0 ? .integer(Int64($0 * 7)) : .null }),
      ("nothing", .bigint, "offset, 0 bits", 1, { _ in .null }),
      (
        "price", .numeric, "scaled integer, 12 bits", 2,
        { .decimal(Decimal(unscaled: Int128($0 * 37), scale: 2)) }
      ),
      (
        "scales", .numeric, "scale and varint", 4,
        { .decimal(Decimal(unscaled: Int128($0), scale: UInt8($0 % 2))) }
      ),
      (
        "huge", .numeric, "scale and varint", 13,
        { .decimal(Decimal(unscaled: Int128($0 + 1) << 64, scale: 2)) }
      ),
      ("ratio", .double, "scaled integer, 12 bits", 2, { .double(Double($0) / 1_000) }),
      ("single", .double, "offset of the bits", 8, { .double(Double(Float($0 + 1) / 7)) }),
      ("double", .double, "plain", 9, { .double(Double($0 + 1) / 7 * ($0 % 2 == 0 ? 1 : -1)) }),
      ("zeros", .double, "plain", 9, { .double($0 % 2 == 0 ? 0 : -0.0) }),
      ("not", .double, "plain", 9, { .double($0 % 2 == 0 ? .nan : -.infinity) }),
      ("kinds", .string, "value table, 3 bits", 1, { .text("kind \($0 % 5)") }),
      ("some", .string, "value table, 1 bits", 8, { .text($0 % 2 == 0 ? "again and again" : "only \($0)") }),
      ("unique", .string, "plain", 13, { .text("unique \($0)") }),
      ("planes", .vector(wide), "byte planes, zstd", 100, { vector { Float(($0 * 31 + $1) % 50) }($0) }),
      ("random", .vector(wide), "plain", 512, { vector { Float(bitPattern: noise($0, $1) >> 2) }($0) }),
    ]

  static func noise(_ row: Int, _ element: Int) -> UInt32 {
    var bits = UInt64(row * 1_000 + element) &* 0x9e37_79b9_7f4a_7c15
    bits = (bits ^ (bits >> 29)) &* 0xbf58_476d_1ce4_e5b9
    return UInt32(truncatingIfNeeded: bits >> 32)
  }

  static func vector(_ element: @escaping (Int, Int) -> Float) -> (Int) -> Value {
    { row in
      if row % 50 == 7 { return .null }
      let bytes = (0..<wide.dimension).flatMap { index in
        let bits = element(row, index).bitPattern
        return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
      }
      return .vector(VectorValue(shape: wide, bytes: bytes))
    }
  }

  static func table(_ columns: [Int]) -> TableDefinition {
    TableDefinition(
      id: TableID(3), name: "t",
      columns: columns.map { ColumnDefinition(name: cases[$0].name, type: cases[$0].type) })
  }

  @Test(arguments: cases.indices)
  func columnsAreEncodedByMeasure(number: Int) throws {
    let (fixture, column, count) = (try SegmentFixture(), Self.cases[number], 3_000)
    let rows = (0..<count).map { [column.value($0)] }
    let table = Self.table([number])
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    let found = try reader.columns([0])[0]
    for row in 0..<count { #expect(same(found.value(at: row), rows[row][0]), "row \(row)") }
    let some = try SegmentReader(fixture.site, manifest: manifest, table: table).rows(
      [2_999, 0, 57], columns: [0])
    for (index, row) in [2_999, 0, 57].enumerated() { #expect(same(some[0].value(at: index), rows[row][0])) }
    let part = try reader.storage().columns[0]
    #expect(part.encoding.hasPrefix(column.encoding), "\(column.name): \(part.encoding)")
    #expect(part.storedBytes <= column.bytes * count, "\(column.name): \(part.storedBytes)")
    try reader.check()
  }

  /// Together in one record, beside NULLs and BOOLEANs: no field lies in another.
  @Test func fieldsLieSideBySide() throws {
    let fixture = try SegmentFixture()
    let table = Self.table(Array(Self.cases.indices))
    let rows = (0..<1_100).map { row in
      Self.cases.map { (row + $0.name.count) % 9 == 0 ? Value.null : $0.value(row) }
    }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    let columns = try reader.columns(Array(Self.cases.indices))
    for row in rows.indices {
      for column in Self.cases.indices {
        #expect(same(columns[column].value(at: row), rows[row][column]), "\(row) \(Self.cases[column].name)")
      }
    }
    try reader.check()
  }

  /// A base goes with the last row that has a value, though rows without one stay.
  @Test func basesGoWithTheLastValue() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(3), name: "t", columns: [ColumnDefinition(name: "n", type: .bigint)])
    let rows: [[Value]] = [[.integer(0x1122_3344_5566)], [.null], [.integer(0x1122_3344_5566)], [.null]]
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    func holdsBase() throws -> Bool {
      var base = ByteWriter()
      base.signedVarint(0x1122_3344_5566)
      var found = false
      try reader.units { _, what, content in
        if what == "segment directory", content.ranges(of: base.bytes).count > 0 { found = true }
      }
      return found
    }
    func erase(_ row: Int) throws {
      let result = try #require(try reader.erase([row]))
      try fixture.ring.commitRing()
      reader.adopt(result.manifest)
      try reader.punchErased()
    }
    #expect(try holdsBase())
    try erase(0)
    #expect(try holdsBase())
    #expect(try reader.columns([0])[0].value(at: 2) == rows[2][0])
    try erase(2)
    #expect(try !holdsBase())
    try reader.check()
  }
}
