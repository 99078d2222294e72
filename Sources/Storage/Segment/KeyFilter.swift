/// Tells, without opening a run of keys, that it does not hold a key: its least and greatest key, and a blocked Bloom filter.
///
/// A key sets 8 bits of one block of 256, so that asking touches 32 bytes. With `bitsPerKey` bits a key, about one absent key in 200
/// is taken for a present one.
struct KeyFilter: Hashable, Sendable {
  /// Below this many entries the run is opened as quickly as its filter.
  static let leastEntries = 64
  private static let bitsPerKey = 12
  private static let words = 8

  private let least: [UInt8]
  private let greatest: [UInt8]
  /// Eight to a block.
  private var bits: [UInt32]

  /// - Returns: nil for a run of so few entries that it needs none.
  init?(of run: KeyRun) {
    guard run.count >= Self.leastEntries else { return nil }
    least = Array(run.keys[0])
    greatest = Array(run.keys[run.count - 1])
    let blocks = (run.count * Self.bitsPerKey + 255) / 256
    bits = [UInt32](repeating: 0, count: blocks * Self.words)
    let all = run.keys.bytes.span
    for index in 0..<run.count {
      let hash = KeyHash.of(all.extracting(run.keys.range(index)))
      let start = block(hash)
      for word in 0..<Self.words { bits[start + word] |= Self.bit(hash, word) }
    }
  }

  /// Whether the run may hold a key of this hash.
  func mayHold(_ hash: UInt64) -> Bool {
    let start = block(hash)
    for word in 0..<Self.words where bits[start + word] & Self.bit(hash, word) == 0 { return false }
    return true
  }

  /// Whether the run may hold a key that `lookup` asks for.
  func mayMeet(_ lookup: KeyLookup) -> Bool {
    if let keys = lookup.keys { return holdsAny(keys) }
    return lookup.ranges.contains { range in
      !greatest.lexicographicallyPrecedes(range.lower)
        && (range.upper.map { least.lexicographicallyPrecedes($0) } ?? true)
    }
  }

  /// Those of `keys` that the run may hold, by their places.
  func candidates(_ keys: KeyProbes) -> [Int] {
    guard meets(keys) else { return [] }
    return keys.hashes.indices.filter { mayHold(keys.hashes[$0]) }
  }

  private func holdsAny(_ keys: KeyProbes) -> Bool {
    meets(keys) && keys.hashes.contains { mayHold($0) }
  }

  /// Whether a key may lie between the run's least and greatest.
  private func meets(_ keys: KeyProbes) -> Bool {
    guard let (low, high) = keys.span else { return false }
    return !greatest.lexicographicallyPrecedes(low) && !high.lexicographicallyPrecedes(least)
  }

  /// Where the block of a key begins: the upper half of its hash, scaled to the number of blocks.
  private func block(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(bits.count / Self.words)) >> 32) * Self.words
  }

  /// The bit of word `word`: the upper five bits of the hash's lower half times an odd number of the word's own.
  private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
    1 << ((UInt32(truncatingIfNeeded: hash) &* factors[word]) >> 27)
  }

  private static let factors: [UInt32] = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
  ]
}

extension KeyFilter {
  var content: [UInt8] {
    var writer = ByteWriter(capacity: 4 * bits.count + least.count + greatest.count + 16)
    writer.counted(least)
    writer.counted(greatest)
    writer.varint(UInt64(bits.count / Self.words))
    for word in bits { writer.u32(word) }
    return writer.bytes
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    least = Array(try reader.counted())
    greatest = Array(try reader.counted())
    let blocks = try reader.count(ofAtLeast: 4 * Self.words)
    guard blocks > 0 else { throw reader.malformed("a filter of keys without a block") }
    bits = []
    bits.reserveCapacity(blocks * Self.words)
    for _ in 0..<blocks * Self.words { bits.append(try reader.u32()) }
  }
}

/// Whole keys that are looked for in many runs: hashed once.
package struct KeyProbes: Hashable, Sendable {
  let keys: [[UInt8]]
  let hashes: [UInt64]
  /// The least and the greatest; nil: there are none.
  let span: (least: [UInt8], greatest: [UInt8])?

  package init(_ keys: [[UInt8]]) {
    self.keys = keys
    hashes = keys.map { KeyHash.of($0.span) }
    var span: (least: [UInt8], greatest: [UInt8])?
    for key in keys {
      guard let (low, high) = span else {
        span = (key, key)
        continue
      }
      if key.lexicographicallyPrecedes(low) { span = (key, high) }
      if high.lexicographicallyPrecedes(key) { span = (low, key) }
    }
    self.span = span
  }

  package static func == (left: KeyProbes, right: KeyProbes) -> Bool { left.keys == right.keys }

  package func hash(into hasher: inout Hasher) { hasher.combine(keys) }
}

/// The hash of a key's bytes that filters on disk are made with.
enum KeyHash {
  /// h begins as the length; for each 8 bytes, low first, the last ones filled up with zeros, h becomes m(h ⊕ them), at last m(h).
  ///
  /// - Parameter seed: not 0 for tables in memory, where hostile keys must not meet: then h begins as the length and the seed.
  static func of(_ key: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    var hash = UInt64(key.count) ^ seed
    var word: UInt64 = 0
    var filled: UInt64 = 0
    for index in key.indices {
      word |= UInt64(key[index]) << filled
      filled += 8
      if filled == 64 {
        hash = mixed(hash ^ word)
        (word, filled) = (0, 0)
      }
    }
    if filled > 0 { hash = mixed(hash ^ word) }
    return mixed(hash)
  }

  /// m: the halves of the product with an odd number, one upon the other.
  private static func mixed(_ value: UInt64) -> UInt64 {
    let (high, low) = (value ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0x9fb2_1c65_1e98_df25)
    return high ^ low
  }
}
