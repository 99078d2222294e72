/// Collects a text column's distinct values, to decide whether a value table pays, and to code each row.
struct ValueTableBuilder: Sendable {
  /// By row of the segment: the value's index in `values`; meaningless where NULL.
  private(set) var rows: [UInt32] = []
  private(set) var values = ByteStrings()
  private var counts: [UInt32] = []
  private var hashes: [UInt64] = []
  /// Open addressing: index in `values` plus 1; 0 is free.
  private var slots = [UInt32](repeating: 0, count: 1_024)
  /// Nearly all values differ: a table cannot pay, and no more is collected.
  private(set) var isAbandoned = false

  /// - Parameter hash: `hashBytes` of `value`.
  mutating func add(_ value: Span<UInt8>, hash: UInt64) {
    if isAbandoned { return }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash, equalBytes(values.bytes.span.extracting(values.range(index)), value) {
        counts[index] += 1
        rows.append(UInt32(index))
        return
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = UInt32(counts.count + 1)
    rows.append(UInt32(counts.count))
    values.append(value)
    counts.append(1)
    hashes.append(hash)
    if counts.count * 2 > slots.count { grow() }
    // Looked at twice over a segment's growth; 7 of 8 differing leaves no gain.
    if rows.count & 0xfff == 0, counts.count * 8 > rows.count * 7 { abandon() }
  }

  mutating func addNull() { if !isAbandoned { rows.append(0) } }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }

  private mutating func abandon() {
    self = ValueTableBuilder()
    isAbandoned = true
  }

  /// Distinct values; nil when abandoned.
  var distinctCount: Int? { isAbandoned ? nil : counts.count }

  /// The table of `column`, the code of each row, 0 where the value is not in the table, and the bits of a field that holds it; nil: codes
  /// as varints are shorter. Nil: no table pays.
  func finish(column: Int) -> (table: ValueTable, codes: [UInt32], fieldWidth: Int?)? {
    if isAbandoned { return nil }
    // Often used values take the short codes.
    let order = counts.indices.filter { counts[$0] > 1 }.sorted { (counts[$0], $1) > (counts[$1], $0) }
    var codes = [UInt32](repeating: 0, count: counts.count)
    var table = ByteStrings()
    var tableCounts: [UInt32] = []
    // Without a table, each value has its length before it, and so has each of the table with its count after it.
    var gainBytes = 0
    var varintBytes = counts.count - order.count
    for (position, index) in order.enumerated() {
      let code = UInt32(position + 1)
      codes[index] = code
      table.append(values[index])
      tableCounts.append(counts[index])
      let length = values.range(index).count
      let codeBytes = code < 0x80 ? 1 : code < 0x4000 ? 2 : 3
      gainBytes += Int(counts[index]) * (length + 1) - (length + 2)
      varintBytes += Int(counts[index]) * codeBytes
    }
    let width = BitField.width(of: UInt64(order.count))
    let fieldBytes = (rows.count * width + 7) / 8
    guard gainBytes > min(varintBytes, fieldBytes) else { return nil }
    return (
      ValueTable(column: column, values: table, counts: tableCounts),
      rows.map { codes.isEmpty ? 0 : codes[Int($0)] }, fieldBytes <= varintBytes ? width : nil
    )
  }
}
