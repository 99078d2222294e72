import Testing
import VSQLSchema
import VSQLStorage

/// Opened columns stay within the limit, and no answer depends on it.
@Suite struct MemoryBudgetTests {
  let all = Array(SegmentFixture.table.columns.indices)

  /// Reads every row of a segment, a batch at a time, as `user`.
  private func scan(_ reader: SegmentReader, _ columns: [Int], user: UInt64) throws -> [[Value]] {
    var rows: [[Value]] = []
    for start in stride(from: 0, to: reader.rowCount, by: Batch.capacity) {
      let batch = try reader.batch(
        rows: start..<min(reader.rowCount, start + Batch.capacity), columns: columns, user: user)
      for row in 0..<batch.count { rows.append(batch.columns.map { $0.value(at: row) }) }
    }
    return rows
  }

  @Test func rowsAreTheSameWhereNothingMayStayOpen() throws {
    let fixture = try SegmentFixture()
    fixture.memory.limitBytes = 0
    let reader = fixture.reader(try fixture.write(5_000))
    let rows = try scan(reader, all, user: 1)
    #expect(fixture.memory.columnBytes == 0 && reader.openedBytes == 0)
    for (row, values) in rows.enumerated() {
      for (column, value) in SegmentFixture.row(row).enumerated() {
        #expect(same(values[column], value), "row \(row), column \(column)")
      }
    }
    // From the middle of a page on.
    let batch = try reader.batch(rows: 1_500..<1_600, columns: [0, 9, 11])
    for row in 0..<100 {
      let expected = SegmentFixture.row(1_500 + row)
      for (index, column) in [0, 9, 11].enumerated() {
        #expect(same(batch.columns[index].value(at: row), expected[column]))
      }
    }
  }

  @Test func whatIsOpenIsCountedExactly() throws {
    let fixture = try SegmentFixture()
    let readers = [fixture.reader(try fixture.write(3_000)), fixture.reader(try fixture.write(2_000, id: 2))]
    for reader in readers { _ = try scan(reader, all, user: 1) }
    #expect(fixture.memory.columnBytes == readers.reduce(0) { $0 + $1.openedBytes })
    readers[0].dropOpened()
    #expect(fixture.memory.columnBytes == readers[1].openedBytes && readers[0].openedBytes == 0)
  }

  @Test func whoGoesWithItsReaderIsForgotten() throws {
    let fixture = try SegmentFixture()
    do {
      let reader = fixture.reader(try fixture.write(1_000))
      _ = try scan(reader, all, user: 1)
      #expect(fixture.memory.columnBytes > 0)
    }
    #expect(fixture.memory.columnBytes == 0)
  }

  @Test func aLaterScanTakesThePlaceOfAnEarlierOne() throws {
    let fixture = try SegmentFixture()
    let (a, b) = (fixture.reader(try fixture.write(4_000)), fixture.reader(try fixture.write(4_000, id: 2)))
    _ = try scan(a, [11], user: 1)
    let one = a.openedBytes
    fixture.memory.limitBytes = one * 3 / 2
    _ = try scan(b, [11], user: 2)
    #expect(a.openedBytes == 0 && b.openedBytes == one && fixture.memory.evictions == 1)
    #expect(fixture.memory.columnBytes <= fixture.memory.limitBytes)
  }

  /// A table twice as large as the limit: what a scan opened first stays for the next one.
  @Test func aScanDoesNotGiveUpWhatItUsedItself() throws {
    let fixture = try SegmentFixture()
    let readers = try (1...4).map { fixture.reader(try fixture.write(2_000, id: $0)) }
    _ = try scan(readers[0], [11], user: 1)
    fixture.memory.limitBytes = readers[0].openedBytes * 2
    for user in UInt64(2)...4 {
      for reader in readers { _ = try scan(reader, [11], user: user) }
      #expect(readers.map { $0.openedBytes > 0 } == [true, true, false, false])
    }
    #expect(fixture.memory.evictions == 0)
  }

  /// A record of many scalars takes one opening, as a vector of 9 bits does, but a hundred times the memory.
  @Test func whatIsCheapToOpenAgainForItsSizeGoesFirst() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(4_000))
    _ = try scan(reader, [12], user: 1)
    let bits = reader.openedBytes
    _ = try scan(reader, [2], user: 2)
    fixture.memory.limitBytes = reader.openedBytes
    let other = fixture.reader(try fixture.write(4_000, id: 2))
    _ = try scan(other, [11], user: 3)
    #expect(fixture.memory.evictions == 1 && reader.openedBytes == bits && other.openedBytes > 0)
  }

  @Test func operatorsTakeWhatColumnsHold() throws {
    let fixture = try SegmentFixture()
    let reader = fixture.reader(try fixture.write(4_000))
    _ = try scan(reader, [11], user: 1)
    let limit = reader.openedBytes + 1_000
    fixture.memory.limitBytes = limit
    #expect(fixture.memory.reserve(1_000) && reader.openedBytes > 0)
    #expect(fixture.memory.reserve(1_000) && reader.openedBytes == 0)
    #expect(!fixture.memory.reserve(limit) && fixture.memory.reservedBytes == 2_000)
    fixture.memory.reserveMinimum(limit)
    #expect(fixture.memory.reservedBytes == limit + 2_000)
    fixture.memory.release(limit + 2_000)
    #expect(fixture.memory.reservedBytes == 0)
  }

  @Test func aDatabaseLargerThanTheLimitAnswers() throws {
    var answers: [[Row]] = []
    for limit in [1 << 30, 200_000, 0] {
      let device = MemoryDevice()
      let store = try Store.open(
        .device(device), key: .bytes([UInt8](repeating: 7, count: 32)),
        options: StoreOptions(flushBytes: 200_000, memoryLimitBytes: limit))
      let table = try store.createPeople()
      for start in stride(from: 0, to: 12_000, by: 1_500) {
        try store.write { try $0.insert(peopleBatch(start..<start + 1_500), into: table) }
      }
      try store.checkpoint()
      let first = try store.rows(table)
      #expect(store.memory.columnBytes <= max(limit, 0))
      #expect(try store.rows(table) == first)
      answers.append(first)
      try store.close()
    }
    #expect(answers[0].count == 12_000 && answers[1] == answers[0] && answers[2] == answers[0])
  }
}
