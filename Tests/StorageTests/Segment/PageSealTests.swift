import Testing
import VSQLSchema
import VSQLStorage

/// Segments whose pages are sealed whole, each column of one by itself.
@Suite struct PageSealTests {
  typealias Cases = SegmentEncodingTests

  /// The fixture's table without its entity.
  static let table = TableDefinition(
    id: TableID(3), name: "t", columns: SegmentFixture.table.columns, primaryKey: [0], seal: .page)
  let all = Array(table.columns.indices)

  static func write(_ fixture: SegmentFixture, _ count: Int) throws -> SegmentManifest {
    let rows = (0..<count).map { SegmentFixture.row($0) }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(0xabc))
    try fixture.ring.commitRing()
    return manifest
  }

  static func reader(_ fixture: SegmentFixture, _ manifest: SegmentManifest) -> SegmentReader {
    SegmentReader(fixture.site, manifest: manifest, table: table)
  }

  @Test(arguments: [1, 1_023, 1_024, 1_025, 3_500, 9_300])
  func everyValueComesBack(count: Int) throws {
    let fixture = try SegmentFixture()
    let manifest = try Self.write(fixture, count)
    #expect(manifest.seal == .page && manifest.slots.count == 2)
    let reader = Self.reader(fixture, manifest)
    let columns = try reader.columns(all)
    for row in 0..<count {
      for (column, value) in SegmentFixture.row(row).enumerated() {
        #expect(same(columns[column].value(at: row), value), "row \(row), column \(column)")
      }
    }
    let ordinals = [count - 1, 0, count / 2, count / 2]
    let some = try Self.reader(fixture, manifest).rows(ordinals, columns: all)
    for (index, row) in ordinals.enumerated() {
      for (column, value) in SegmentFixture.row(row).enumerated() {
        #expect(same(some[column].value(at: index), value))
      }
    }
    try reader.check()
    // One wrapped key for each page, and the segment's own.
    #expect(manifest.keyBytes == 28 + 16 + 68 + 36 + 32 * ((count + 1_023) / 1_024))
  }

  /// Each page of a column has the form that is shortest for its values.
  @Test(arguments: [
    ("sequence", "difference in bits", 60), ("constant", "offset in bits", 40),
    ("negative", "difference in bits|offset in bits", 1_400),
    ("steps", "offset in bits|difference in bits", 2_400),
    ("extremes", "plain|byte planes|difference in bits", 25_000),
    ("rare", "offset in bits|difference in bits", 1_500),
    ("nothing", "offset in bits", 500),
    ("price", "difference in bits", 100), ("scales", "scale and number", 12_000),
    ("ratio", "difference in bits", 100), ("double", "plain|byte planes|difference in bits", 24_200),
    ("not", "byte planes", 3_000),
    ("kinds", "value table", 1_400), ("unique", "plain", 12_000), ("planes", "byte planes", 400_000),
    ("random", "plain", 3_000 * 512 + 400),
  ])
  func pagesAreEncodedByMeasure(name: String, encodings: String, bytes: Int) throws {
    let column = try #require(Cases.cases.first { $0.name == name })
    let (fixture, count) = (try SegmentFixture(), 3_000)
    let table = TableDefinition(
      id: TableID(3), name: "t", columns: [ColumnDefinition(name: name, type: column.type)], seal: .page)
    let rows = (0..<count).map { [column.value($0)] }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    let found = try reader.columns([0])[0]
    for row in 0..<count { #expect(same(found.value(at: row), rows[row][0]), "row \(row)") }
    let part = try reader.storage().columns[0]
    #expect(encodings.split(separator: "|").contains { part.encoding.hasPrefix($0) }, "\(part.encoding)")
    #expect(part.storedBytes <= bytes, "\(name): \(part.storedBytes)")
    try reader.check()
  }

  @Test func everyFlippedByteIsFound() throws {
    let fixture = try SegmentFixture()
    let manifest = try Self.write(fixture, 9)
    for path in manifest.paths {
      let bytes = try #require(fixture.device.snapshotFiles()[path])
      let file = try fixture.device.open(path, .write)
      for index in bytes.indices {
        try file.write([bytes[index] ^ (1 << UInt8(index % 8))], at: index)
        let error = #expect(throws: StorageError.self) { try Self.reader(fixture, manifest).check() }
        #expect("\(String(describing: error))".contains(path))
        try file.write([bytes[index]], at: index)
      }
    }
    try Self.reader(fixture, manifest).check()
  }

  /// A page moved to the place of another does not open.
  @Test func movedPagesDoNotOpen() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(3), name: "t",
      columns: [ColumnDefinition(name: "v", type: .vector(SegmentFixture.shape), isNotNull: true)],
      seal: .page)
    let rows = (0..<2_048).map { [SegmentFixture.row($0, nulls: false)[11]] }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let bytes = try #require(fixture.device.snapshotFiles()[manifest.cellPath])
    let size = (bytes.count - 16) / 2
    try fixture.device.open(manifest.cellPath, .write).write(
      Array(bytes[(16 + size)...] + bytes[16..<16 + size]), at: 16)
    #expect(throws: StorageError.self) {
      try SegmentReader(fixture.site, manifest: manifest, table: table).columns([0])
    }
  }

  @Test func keysAreWrappedAnew() throws {
    let fixture = try SegmentFixture()
    let reader = Self.reader(fixture, try Self.write(fixture, 1_500))
    let version = try fixture.ring.beginRotation(SegmentFixture.tenant)
    let next = try reader.rewrap(to: version)
    try fixture.ring.commitRing()
    let again = Self.reader(fixture, next.manifest)
    #expect(try same(again.columns([7])[0].value(at: 1_400), SegmentFixture.row(1_400)[7]))
    try again.check()
    #expect(throws: StorageError.self) { try reader.erase([1]) }
  }
}
