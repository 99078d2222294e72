#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Encoded keys of many batches, one after the other, past the 2 GiB that one batch of keys may have.
struct KeyStack {
  private var bytes: [UInt8] = []
  /// Key i is `bytes[offsets[i] ..< offsets[i + 1]]`.
  private var offsets: [Int] = [0]

  var count: Int { offsets.count - 1 }

  mutating func append(_ batch: EncodedKeys, _ row: Int) {
    bytes.append(contentsOf: batch.bytes[batch.range(row)])
    offsets.append(bytes.count)
  }

  /// Appends the keys at `rows`, or all.
  mutating func append(_ batch: EncodedKeys, rows: [UInt16]?) {
    if let rows {
      for row in rows { append(batch, Int(row)) }
      return
    }
    let base = bytes.count
    bytes.append(contentsOf: batch.bytes)
    for end in batch.offsets.dropFirst() { offsets.append(base + Int(end)) }
  }

  /// The keys at `rows`, in that order.
  func picked(_ rows: [Int32]) -> KeyStack {
    var picked = KeyStack()
    for row in rows {
      picked.bytes.append(contentsOf: bytes[range(Int(row))])
      picked.offsets.append(picked.bytes.count)
    }
    return picked
  }

  /// The keys at `rows`, in that order, as a batch has them; at most 2 GiB.
  func encoded(_ rows: [Int32]) -> EncodedKeys {
    var (picked, ends): ([UInt8], [Int32]) = ([], [0])
    ends.reserveCapacity(rows.count + 1)
    for row in rows {
      picked.append(contentsOf: bytes[range(Int(row))])
      ends.append(Int32(truncatingIfNeeded: picked.count))
    }
    return EncodedKeys(bytes: picked, offsets: ends)
  }

  var sizeBytes: Int { bytes.count + 8 * offsets.count }

  @inline(__always)
  private func range(_ key: Int) -> Range<Int> { offsets[key]..<offsets[key + 1] }

  @inline(__always)
  func equals(_ key: Int, _ batch: EncodedKeys, _ row: Int) -> Bool {
    let (a, b) = (range(key), batch.range(row))
    return a.count == b.count && KeyStack.compare(bytes, a, batch.bytes, b) == 0
  }

  /// Whether key `row` of `batch` orders before key `key`.
  func isPreceded(_ key: Int, by batch: EncodedKeys, _ row: Int) -> Bool {
    let (a, b) = (batch.range(row), range(key))
    let order = KeyStack.compare(batch.bytes, a, bytes, b)
    return order != 0 ? order < 0 : a.count < b.count
  }

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
      let (x, y) = (range(Int(a.row)), range(Int(b.row)))
      let order = KeyStack.compare(bytes, x, bytes, y)
      if order != 0 { return order < 0 }
      return x.count != y.count ? x.count < y.count : a.row < b.row
    }
    return entries.map(\.row)
  }

  /// The first eight bytes as a number that orders as they do, zeros behind a shorter key.
  private func prefix(_ row: Int) -> UInt64 {
    let range = range(row)
    var value: UInt64 = 0
    for index in 0..<8 {
      value = value << 8 | (index < range.count ? UInt64(bytes[range.lowerBound + index]) : 0)
    }
    return value
  }

  /// Compares as far as both reach.
  @inline(__always)
  private static func compare(_ x: [UInt8], _ a: Range<Int>, _ y: [UInt8], _ b: Range<Int>) -> Int32 {
    precondition(
      a.lowerBound >= 0 && a.upperBound <= x.count && b.lowerBound >= 0 && b.upperBound <= y.count,
      "a key lies within its bytes")
    // The precondition holds both pointers for as many bytes as are read.
    return unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeBufferPointer { y in
        guard let p = x.baseAddress, let q = y.baseAddress else { return 0 }
        return unsafe memcmp(p + a.lowerBound, q + b.lowerBound, min(a.count, b.count))
      }
    }
  }
}
