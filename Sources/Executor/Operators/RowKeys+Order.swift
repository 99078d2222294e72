extension RowKeys {
  /// Row numbers in the order of their keys; equal keys in the order of their rows.
  func order() -> [Int32] {
    struct Entry {
      var prefix: UInt64
      var row: Int32
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for row in 0..<count { entries.append(Entry(prefix: prefix(row), row: Int32(truncatingIfNeeded: row))) }
    entries.sort { a, b in
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      let order = compare(Int(a.row), Int(b.row))
      return order == 0 ? a.row < b.row : order < 0
    }
    return entries.map(\.row)
  }

  /// Below, at or above 0 as key `a` orders before, with or behind key `b`.
  private func compare(_ a: Int, _ b: Int) -> Int {
    let (x, y) = (range(a), range(b))
    let common = min(x.count, y.count)
    // The prefixes were compared already.
    var index = min(8, common)
    while index < common {
      let (left, right) = (bytes[x.lowerBound + index], bytes[y.lowerBound + index])
      if left != right { return Int(left) - Int(right) }
      index += 1
    }
    return x.count - y.count
  }

  func key(_ row: Int) -> [UInt8] { Array(bytes[range(row)]) }

  /// Rows whose key orders before `bar`; nil: all of them.
  func rows(before bar: [UInt8]) -> [UInt16]? {
    var rows: [UInt16] = []
    for row in 0..<count where isBefore(row, bar) { rows.append(UInt16(truncatingIfNeeded: row)) }
    return rows.count == count ? nil : rows
  }

  private func isBefore(_ row: Int, _ bar: [UInt8]) -> Bool {
    let range = range(row)
    for index in 0..<min(range.count, bar.count) {
      let byte = bytes[range.lowerBound + index]
      if byte != bar[index] { return byte < bar[index] }
    }
    return range.count < bar.count
  }

  /// Appends keys of `other`: those of `rows`, or all.
  mutating func append(_ other: RowKeys, rows: [UInt16]?) {
    if let rows {
      for row in rows { append(key: other.bytes[other.range(Int(row))]) }
    } else {
      for row in 0..<other.count { append(key: other.bytes[other.range(row)]) }
    }
  }

  /// The keys of `rows`, in that order.
  func picked(_ rows: [Int32]) -> RowKeys {
    var picked = RowKeys()
    for row in rows { picked.append(key: bytes[range(Int(row))]) }
    return picked
  }
}
