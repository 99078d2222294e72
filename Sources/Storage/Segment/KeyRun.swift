import VSQLSchema

/// Keys and the rows that hold them, ascending by key bytes, then ordinal: the runs of the PRIMARY KEY and of indexes, the entity
/// index.
///
/// Rows whose first value is NULL are not in it; the keys of others end before their first NULL.
struct KeyRun: Hashable, Sendable {
  private(set) var keys = ByteStrings()
  private(set) var ordinals: [UInt32] = []

  var count: Int { ordinals.count }

  /// Sorts `keys`, of rows `ordinals` ascending.
  init(sorting keys: ByteStrings, ordinals: [UInt32]) {
    let isSorted = (1..<max(1, keys.count)).allSatisfy { keys.compare($0 - 1, $0) <= 0 }
    if isSorted {
      (self.keys, self.ordinals) = (keys, ordinals)
      return
    }
    // Most comparisons end within the first 8 bytes, which lie together here.
    var entries: [(prefix: UInt64, index: UInt32)] = []
    entries.reserveCapacity(keys.count)
    for index in 0..<keys.count {
      var prefix: UInt64 = 0
      let range = keys.range(index)
      for position in 0..<8 {
        let byte = position < range.count ? keys.bytes[range.lowerBound + position] : 0
        prefix = prefix << 8 | UInt64(byte)
      }
      entries.append((prefix, UInt32(index)))
    }
    entries.sort { a, b in
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      let order = keys.compare(Int(a.index), Int(b.index))
      return order != 0 ? order < 0 : a.index < b.index
    }
    self.keys.reserve(keys.count, bytes: keys.bytes.count)
    self.ordinals.reserveCapacity(keys.count)
    for entry in entries {
      self.keys.append(keys.bytes.span.extracting(keys.range(Int(entry.index))))
      self.ordinals.append(ordinals[Int(entry.index)])
    }
  }

  /// Collects the keys of `columns` (ordinals, in key order) of all rows.
  init(of columns: [Int], in batches: [Batch]) {
    var keys = ByteStrings()
    var ordinals: [UInt32] = []
    var first = 0
    for batch in batches {
      let key = columns.map { batch.columns[$0] }
      for row in 0..<batch.count {
        guard let bytes = KeyEncoder.prefix(of: key, row: row) else { continue }
        keys.append(bytes.span)
        ordinals.append(UInt32(first + row))
      }
      first += batch.count
    }
    self.init(sorting: keys, ordinals: ordinals)
  }

  /// Collects the keys that `columns` are of `rows` (ascending).
  init(ofKey columns: [Column], rows: [Int]) {
    var keys = ByteStrings()
    var ordinals: [UInt32] = []
    for row in rows {
      guard let bytes = KeyEncoder.prefix(of: columns, row: row) else { continue }
      keys.append(bytes.span)
      ordinals.append(UInt32(row))
    }
    self.init(sorting: keys, ordinals: ordinals)
  }

  /// The rows with `key`, ascending.
  func ordinals(of key: [UInt8]) -> [Int] {
    var place = lowerBound(key)
    var found: [Int] = []
    while place < count, keys.compare(place, key.span) == 0 {
      found.append(Int(ordinals[place]))
      place += 1
    }
    return found
  }

  /// The first row with `key` that `isWanted`.
  func first(_ key: [UInt8], where isWanted: (Int) -> Bool) -> Int? {
    var place = lowerBound(key)
    while place < count, keys.compare(place, key.span) == 0 {
      if isWanted(Int(ordinals[place])) { return Int(ordinals[place]) }
      place += 1
    }
    return nil
  }

  /// The place of the first key that is not below `key`.
  func lowerBound(_ key: [UInt8]) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if keys.compare(middle, key.span) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Without the rows of `gone`.
  func removing(_ gone: Set<Int>) -> KeyRun {
    var kept = KeyRun()
    for index in 0..<count where !gone.contains(Int(ordinals[index])) {
      kept.keys.append(keys[index])
      kept.ordinals.append(ordinals[index])
    }
    return kept
  }

  private init() {}

  /// Each key as the bytes that it shares with the one before and the rest.
  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(count))
    var last = 0..<0
    var lastOrdinal: Int64 = 0
    for index in 0..<count {
      let range = keys.range(index)
      var shared = 0
      while shared < min(last.count, range.count),
        keys.bytes[last.lowerBound + shared] == keys.bytes[range.lowerBound + shared]
      {
        shared += 1
      }
      writer.varint(UInt64(shared))
      writer.counted(keys.bytes[range.lowerBound + shared..<range.upperBound])
      writer.signedVarint(Int64(ordinals[index]) - lastOrdinal)
      last = range
      lastOrdinal = Int64(ordinals[index])
    }
  }

  init(from reader: inout ByteReader, rowCount: Int) throws(StorageError) {
    let count = try reader.count(ofAtLeast: 3)
    var key: [UInt8] = []
    var ordinal: Int64 = 0
    keys.reserve(count, bytes: reader.remaining)
    for _ in 0..<count {
      let shared = try reader.size(atMost: key.count)
      key.removeLast(key.count - shared)
      key.append(contentsOf: try reader.counted())
      ordinal &+= try reader.signedVarint()
      guard ordinal >= 0, ordinal < Int64(rowCount) else {
        throw reader.malformed("a row beyond the segment")
      }
      keys.append(key.span)
      ordinals.append(UInt32(ordinal))
    }
  }
}
