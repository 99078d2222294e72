import Testing
import VSQLSchema
import VSQLStorage

/// Reads a segment's files byte by byte, as docs/format/segments.md draws them.
@Suite struct SegmentFormatTests {
  let table = TableDefinition(
    id: TableID(3), name: "t",
    columns: [
      ColumnDefinition(name: "n", type: .bigint), ColumnDefinition(name: "b", type: .boolean),
      ColumnDefinition(name: "t", type: .string),
      ColumnDefinition(name: "v", type: .vector(VectorShape(dimension: 2, element: .float16))),
    ])

  func place(_ kind: UnitPlace.Kind, group: UInt32 = 0, ordinal: UInt64 = 0) -> UnitPlace {
    UnitPlace(
      database: testDatabase, tenant: SegmentFixture.tenant, table: TableID(3), file: 0xabc, kind: kind,
      group: group,
      ordinal: ordinal)
  }

  func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  @Test func filesAreAsDrawn() throws {
    let fixture = try SegmentFixture()
    let vector = VectorValue(shape: VectorShape(dimension: 2, element: .float16), bytes: [1, 2, 3, 4])
    let rows: [[Value]] =
      [
        [.integer(1_000), .boolean(true), .text("long enough"), .vector(vector)],
        [.integer(1_005), .null, .text("long enough"), .null],
        [.null, .boolean(false), .text("only once"), .vector(vector)],
      ]
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(0xabc))
    let files = fixture.device.snapshotFiles()
    let cells = try #require(files["segments/0000000000000abc.seg"])
    let keys = try #require(files["segments/0000000000000abc.0.dek"])
    let directory = try #require(files["segments/0000000000000abc.0.dir"])

    #expect(Array(cells[..<8]) == Array("VSQLSEG1".utf8) && number(cells[8..<16]) == 0xabc)
    #expect(Array(keys[..<8]) == Array("VSQLDEK1".utf8) && number(keys[8..<16]) == 0xabc)
    #expect(number(keys[16..<20]) == 0 && number(keys[20..<24]) == 1 && number(keys[24..<28]) == 2)
    #expect([number(keys[28..<36]), number(keys[36..<44])] == manifest.slots.map(\.raw))
    #expect(keys.count == 44 + 68 + 36 + 3 * 32)
    let own = try fixture.ring.unwrap(
      keys[44..<112], tenant: SegmentFixture.tenant, kekVersion: 1, slot: manifest.slots[0],
      place: place(.dekBlock),
      path: "", offset: 0)
    let deks = try fixture.ring.unwrap(
      keys[112...], tenant: SegmentFixture.tenant, kekVersion: 1, slot: manifest.slots[1],
      place: place(.dekBlock, ordinal: 1), path: "", offset: 0)
    #expect(own.count == 1 && deks.count == 3)

    #expect(Array(directory[..<8]) == Array("VSQLDIR1".utf8) && number(directory[8..<16]) == 0xabc)
    #expect(number(directory[16..<20]) == 0)
    let sealer = Sealer()
    var offset = 20
    var contents: [[UInt8]] = []
    for (unit, kind) in [UnitPlace.Kind.directory, .valueTables, .entityIndex, .keyRun].enumerated() {
      var content: [UInt8] = []
      #expect(
        sealer.open(
          directory[offset..<offset + manifest.directoryUnits[unit]], key: own, index: 0,
          nonce: .fixed(group: UInt32(unit)), associatedData: place(kind).associatedData,
          appendingTo: &content))
      contents.append(content)
      offset += manifest.directoryUnits[unit]
    }
    #expect(offset == directory.count)
    // Packed plain; version, one run of 3 row ids from 100 on, no run of erased ordinals, 4 columns.
    #expect(Array(contents[0][..<7]) == [0, 2, 1, 100, 2, 0, 4])
    // One table, of column 2, with one entry that two records hold.
    #expect(contents[1] == [0, 1, 2, 1, 11] + Array("long enough".utf8) + [2])
    #expect(contents[2] == [0] && contents[3] == [0])

    // Head: bit 1 n NULL, bit 2 b NULL, bit 3 b, bit 4 n in steps of 5 from 1,000 on, bit 5 the entry of t.
    let records: [[UInt8]] = [[0b10_1000], [0b11_0100], [0b00_0010, 9] + Array("only once".utf8)]
    offset = 16
    func open(_ row: Int, group: UInt32, bytes: Int) -> [UInt8] {
      var content: [UInt8] = []
      let opened = sealer.open(
        cells[offset..<offset + bytes + 16], key: deks, index: row, nonce: .fixed(group: group),
        associatedData: place(.cell, group: group, ordinal: UInt64(row)).associatedData, appendingTo: &content
      )
      #expect(opened)
      offset += bytes + 16
      return content
    }
    for (row, record) in records.enumerated() { #expect(open(row, group: 0, bytes: record.count) == record) }
    for row in [0, 2] { #expect(open(row, group: 1, bytes: 4) == [1, 2, 3, 4]) }
    #expect(offset == cells.count)
  }

  @Test func longRecordsAreCompressedAndLongColumnsLieApart() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(3), name: "t",
      columns: [ColumnDefinition(name: "a", type: .string), ColumnDefinition(name: "b", type: .string)])
    func texts(_ row: Int) -> [Value] {
      [
        .text("\(row) " + String(repeating: "medium ", count: 30)),
        .text("\(row) " + String(repeating: "long ", count: 200)),
      ]
    }
    let rows = (0..<100).map(texts)
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(0xabc))
    #expect(manifest.cellBytes < 100 * 120)
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    let columns = try reader.columns([0, 1])
    for row in 0..<100 { #expect([columns[0].value(at: row), columns[1].value(at: row)] == rows[row]) }
    let some = try SegmentReader(fixture.site, manifest: manifest, table: table).rows(
      [99, 3], columns: [1, 0])
    #expect([some[1].value(at: 0), some[0].value(at: 0)] == rows[99])
    #expect([some[1].value(at: 1), some[0].value(at: 1)] == rows[3])
    try reader.check()
  }
}
