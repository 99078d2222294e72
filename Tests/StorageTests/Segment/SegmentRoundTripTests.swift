import Testing
import VSQLSchema
import VSQLStorage

@Suite struct SegmentRoundTripTests {
  let all = Array(SegmentFixture.table.columns.indices)

  @Test(arguments: [1, 63, 64, 65, 1_024, 1_025, 2_500, 9_000])
  func everyValueComesBack(count: Int) throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(count)
    #expect(manifest.rowCount == count && manifest.liveCount == count && manifest.firstRowID == 100)
    let reader = fixture.reader(manifest)
    let columns = try reader.columns(all)
    for row in 0..<count {
      for (column, value) in SegmentFixture.row(row).enumerated() {
        #expect(same(columns[column].value(at: row), value), "row \(row), column \(column)")
      }
    }
    #expect(try reader.rowIDs() == (0..<count).map { UInt64(100 + $0 + $0 / 50) })
    try reader.check()
  }

  @Test func batchesAreRunsOfTheColumns() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(1_500))
    let batch = try reader.batch(rows: 1_000..<1_400, columns: [9, 0, 11])
    #expect(batch.count == 400 && batch.selection == nil && batch.rowIDs?.first == 1_120)
    for row in 0..<400 {
      let expected = SegmentFixture.row(1_000 + row)
      #expect(same(batch.columns[0].value(at: row), expected[9]))
      #expect(same(batch.columns[1].value(at: row), expected[0]))
      #expect(same(batch.columns[2].value(at: row), expected[11]))
    }
    #expect(reader.openedBytes > 0)
    reader.dropOpened()
    #expect(reader.openedBytes == 0)
  }

  @Test func singleRowsOpenAlone() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(1_500)
    for openFirst in [false, true] {
      let reader = fixture.reader(manifest)
      if openFirst { _ = try reader.batch(rows: 0..<1, columns: [9, 11]) }
      let rows = [1_499, 0, 70, 70, 1_024]
      let columns = try reader.rows(rows, columns: all)
      for (index, row) in rows.enumerated() {
        for (column, value) in SegmentFixture.row(row).enumerated() {
          #expect(same(columns[column].value(at: index), value))
        }
      }
    }
  }

  @Test func manifestsComeBackFromBytes() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(1_100)
    var writer = ByteWriter()
    manifest.encode(to: &writer)
    var reader = ByteReader(writer.bytes, path: "state")
    #expect(try SegmentManifest(from: &reader) == manifest)
    try reader.finish()
    let files = fixture.device.snapshotFiles()
    #expect(
      manifest.paths.map { files[$0]?.count } == [
        manifest.cellBytes, manifest.keyBytes, manifest.directoryBytes,
      ])
    #expect(manifest.slots.count == 3)
  }

  @Test func rowsWithoutNullsAndColumnsOfOneKind() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(9), name: "v", columns: [ColumnDefinition(name: "v", type: .vector(SegmentFixture.shape))])
    let rows = (0..<130).map { [SegmentFixture.row($0, nulls: false)[11]] }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    let column = try reader.columns([0])[0]
    #expect(column.validity == nil)
    #expect((0..<130).allSatisfy { same(column.value(at: $0), rows[$0][0]) })
    #expect(try reader.primaryKeyOrdinals(of: [1]) == [] && reader.entityOrdinals(of: .text("x")) == [])
    try reader.check()
  }

  /// The counts were worked out in another language from the sketch's definition: no seed of the process is in them, so that
  /// the same load gives the same plans.
  @Test func distinctCountsAreTheSameInEveryProcess() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(9), name: "d",
      columns: [
        ColumnDefinition(name: "t", type: .string), ColumnDefinition(name: "d", type: .numeric),
      ])
    let rows = (0..<9_000).map { row -> [Value] in
      [.text("value-\(row)"), .decimal(Decimal(unscaled: Int128(row), scale: 2))]
    }
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    #expect(try reader.statistics()?.map(\.distinctCount) == [8_764, 9_168])
  }

  @Test func statisticsAndZones() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(2_100))
    let statistics = try #require(try reader.statistics())
    #expect(
      statistics[0]
        == ColumnStatistics(
          minimum: .integer(-50), maximum: .integer(6_247), nullCount: 0,
          distinctCount: statistics[0].distinctCount))
    #expect(abs((statistics[0].distinctCount ?? 0) - 2_100) < 150)
    #expect(statistics[1].distinctCount == 40 && statistics[1].nullCount == 300)
    // Pages hold ids up to 3,019, 6,091 and 6,247.
    func pages(_ comparison: ZonePredicate.Comparison, _ value: Value, column: Int = 0) throws -> [Bool] {
      try reader.candidatePages([ZonePredicate(column: column, comparison: comparison, value: value)])
    }
    #expect(try pages(.equal, .integer(3_019)) == [true, false, false])
    #expect(try pages(.equal, .integer(3_022)) == [false, true, false])
    #expect(try pages(.less, .integer(-50)) == [false, false, false])
    #expect(try pages(.lessOrEqual, .integer(-50)) == [true, false, false])
    #expect(try pages(.greater, .integer(6_091)) == [false, false, true])
    #expect(try pages(.greaterOrEqual, .integer(6_091)) == [false, true, true])
    #expect(try pages(.isNull, .null) == [false, false, false])
    #expect(try pages(.isNull, .null, column: 2) == [true, true, true])
    #expect(try pages(.equal, .double(1)) == [true, true, true])
    #expect(try pages(.greater, .text("owner 99"), column: 1) == [false, false, false])
  }

  @Test func cutBoundsNeverSkipWhatMayBeThere() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(9), name: "v", columns: [ColumnDefinition(name: "v", type: .string)])
    let common = String(repeating: "x", count: 30)
    let rows: [[Value]] = [[.text(common + "b")], [.text(common + "c")]]
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    let reader = SegmentReader(fixture.site, manifest: manifest, table: table)
    func meets(_ comparison: ZonePredicate.Comparison, _ text: String) throws -> Bool {
      try reader.candidatePages([ZonePredicate(column: 0, comparison: comparison, value: .text(text))])[0]
    }
    #expect(try meets(.equal, common + "c") && meets(.greater, common + "b") && meets(.less, common + "c"))
    #expect(try meets(.greaterOrEqual, common + "c") && meets(.lessOrEqual, common + "b"))
    #expect(try !meets(.greater, "y") && !meets(.less, "x") && !meets(.equal, "xy"))
  }

  @Test func indexesFindRows() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(1_100))
    for owner in [0, 17, 39] {
      let expected = (0..<1_100).filter { SegmentFixture.row($0)[1] == .text("owner \(owner)") }
      #expect(try reader.entityOrdinals(of: .text("owner \(owner)")) == expected)
    }
    #expect(try reader.entityOrdinals(of: .text("owner 40")) == [])
    #expect(try reader.entityOrdinals(of: .null) == [])
    let key = try #require(KeyEncoder.key(of: .integer(250)))
    #expect(try reader.primaryKeyOrdinals(of: key) == [100])
    #expect(try !reader.primaryKeyContains(try #require(KeyEncoder.key(of: .integer(251)))))
    #expect(try reader.ordinal(of: 151) == 50 && reader.ordinal(of: 150) == nil)
  }
}
