import Testing
import VSQLSchema
import VSQLStorage

@Suite struct SegmentErasureTests {
  let all = Array(SegmentFixture.table.columns.indices)

  /// Every file of the segment that holds any of the bytes.
  func files(_ device: MemoryDevice) -> [String: [UInt8]] {
    device.snapshotFiles().filter { $0.key.hasPrefix("segments/") }
  }

  /// What the store does around an erasure.
  func erase(_ rows: [Int], _ reader: SegmentReader, _ fixture: SegmentFixture) throws -> RewrittenSegment {
    let result = try #require(try reader.erase(rows))
    try fixture.ring.commitRing()
    reader.adopt(result.manifest)
    fixture.ring.dropSlots(result.obsoleteSlots)
    try fixture.ring.commitRing()
    try reader.punchErased()
    for path in result.obsoleteFiles { try fixture.device.remove(path) }
    return result
  }

  @Test func erasedRowsAreGoneAndOthersStay() throws {
    let fixture = try SegmentFixture()
    let first = try fixture.write(2_500)
    let reader = fixture.reader(first)
    let owner = try reader.entityOrdinals(of: .text("owner 5"))
    #expect(owner.count > 40)
    let result = try erase(owner, reader, fixture)
    #expect(result.erasedRows == owner.count && result.removedIndexEntries == 2 * owner.count)
    #expect(result.manifest.liveCount == 2_500 - owner.count)

    let again = fixture.reader(result.manifest)
    #expect(try again.erasedOrdinals() == owner)
    #expect(try again.entityOrdinals(of: .text("owner 5")) == [])
    #expect(try again.statistics() == nil)
    for reader in [reader, again] {
      let columns = try reader.columns(all)
      let gone = Set(owner)
      for row in 0..<2_500 {
        for (column, value) in SegmentFixture.row(row).enumerated() {
          let found = columns[column].value(at: row)
          #expect(gone.contains(row) ? found == .null : same(found, value), "row \(row), column \(column)")
        }
      }
      let batch = try reader.batch(rows: 0..<1_000, columns: [0])
      #expect(batch.selection == (0..<1_000).filter { !gone.contains($0) }.map { UInt16($0) })
    }
    let key = try #require(KeyEncoder.key(of: .integer(Int64(owner[0] * 3 - 50))))
    #expect(try again.primaryKeyOrdinals(of: key) == [])
    try again.check()
    #expect(try again.rows([owner[0]], columns: all).allSatisfy { $0.value(at: 0) == .null })
  }

  @Test func erasingTwiceAndAgainAfterRotation() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(300))
    _ = try erase([1, 2, 3, 70], reader, fixture)
    #expect(try reader.erase([2, 70]) == nil)
    _ = try erase([2, 4, 299], reader, fixture)
    #expect(try reader.erasedOrdinals() == [1, 2, 3, 4, 70, 299])
    let version = try fixture.ring.beginRotation(SegmentFixture.tenant)
    let cells = fixture.device.snapshotFiles()[reader.manifest.cellPath]
    let rotated = try reader.rewrap(to: version)
    reader.adopt(rotated.manifest)
    try fixture.ring.finishRotation(SegmentFixture.tenant, keeping: version)
    #expect(fixture.device.snapshotFiles()[reader.manifest.cellPath] == cells)
    #expect(rotated.manifest.directoryPath == reader.manifest.directoryPath && rotated.obsoleteSlots == [])
    _ = try erase([100], reader, fixture)
    #expect(same(try reader.columns([9])[0].value(at: 101), SegmentFixture.row(101)[9]))
    #expect(reader.manifest.liveCount == 293)
    try reader.check()
  }

  /// A copy of every file from before opens nothing of the erased, even with today's keys.
  @Test func anOldCopyOpensNoMore() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(1_200)
    let before = files(fixture.device)
    let reader = fixture.reader(manifest)
    _ = try erase([5], reader, fixture)
    for path in files(fixture.device).keys { try fixture.device.remove(path) }
    for (path, bytes) in before { try fixture.device.writeNew(path, bytes) }
    let old = fixture.reader(manifest)
    #expect(throws: StorageError.self) { try old.columns([0]) }
    #expect(throws: StorageError.self) { try old.rowIDs() }
    #expect(throws: StorageError.self) { try old.rows([5], columns: [0]) }
  }

  /// The erased owner's name stood in a value table, in zones and in the index: all are sealed, so look inside, through reopening.
  @Test func valueTablesLoseValuesWithTheirLastRow() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(400))
    let sizeBefore = reader.manifest.directoryUnits
    var owners = sizeBefore
    for owner in 0..<20 {
      let rows = try reader.entityOrdinals(of: .text("owner \(owner)"))
      owners = try erase(rows, reader, fixture).manifest.directoryUnits
    }
    // Half of the 40 names are gone from the tables and from the index.
    #expect(owners[1] < sizeBefore[1] && owners[2] < sizeBefore[2])
    let columns = try reader.columns([1])
    for row in 0..<400 {
      let value = SegmentFixture.row(row)[1]
      let isGone = (0..<20).contains { value == .text("owner \($0)") }
      #expect(columns[0].value(at: row) == (isGone ? .null : value))
    }
    try reader.check()
  }

  @Test func punchedCellsAreZeroAndNothingElseChanges() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(200)
    let reader = fixture.reader(manifest)
    let before = try #require(fixture.device.snapshotFiles()[manifest.cellPath])
    _ = try erase([10, 11], reader, fixture)
    let after = try #require(fixture.device.snapshotFiles()[manifest.cellPath])
    #expect(before.count == after.count)
    let changed = before.indices.filter { before[$0] != after[$0] }
    #expect(!changed.isEmpty && changed.allSatisfy { after[$0] == 0 })
    try reader.punchErased()
    #expect(fixture.device.snapshotFiles()[manifest.cellPath] == after)
  }
}
