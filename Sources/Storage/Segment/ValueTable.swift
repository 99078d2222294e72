/// Repeated texts of one column, once each: a record holds a code instead. Sealed under the segment's DEK.
///
/// Only values that stand in at least two records are in it. Each is counted, so that an erasure empties the entry whose last
/// record goes; codes of the others stay.
struct ValueTable: Hashable, Sendable {
  /// The column's ordinal in the table.
  var column: Int
  var values: ByteStrings
  /// Records that hold each value.
  var counts: [UInt32]

  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(column))
    writer.varint(UInt64(values.count))
    for index in 0..<values.count {
      writer.counted(values[index])
      writer.varint(UInt64(counts[index]))
    }
  }

  init(column: Int, values: ByteStrings, counts: [UInt32]) {
    self.column = column
    self.values = values
    self.counts = counts
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    column = try reader.size()
    values = ByteStrings()
    counts = []
    for _ in 0..<(try reader.count(ofAtLeast: 2)) {
      values.append(try reader.counted())
      counts.append(UInt32(try reader.size(atMost: SegmentFormat.maxRows)))
    }
  }

  /// The table after records with these values (byte strings of this column) went.
  func removing(_ gone: [ArraySlice<UInt8>]) -> ValueTable {
    if gone.isEmpty { return self }
    var left: [ArraySlice<UInt8>: Int] = [:]
    for value in gone { left[value, default: 0] += 1 }
    var kept = ByteStrings()
    var counts = counts
    for index in counts.indices {
      if let removed = left[values[index]] { counts[index] -= UInt32(min(removed, Int(counts[index]))) }
      kept.append(counts[index] == 0 ? [] : values[index])
    }
    return ValueTable(column: column, values: kept, counts: counts)
  }
}
