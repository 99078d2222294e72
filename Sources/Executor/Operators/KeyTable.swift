import VSQLDiagnostics

/// Numbers keys by their first appearance: the table under groups, DISTINCT and joins.
///
/// Open addressing with linear probing, at most 5/8 full. The hash is seeded by each query, since keys may be hostile.
struct KeyTable {
  private let seed: UInt64
  /// 1 + the key's number in the low 32 bits, 32 bits of its hash above; 0: free.
  private var slots: [UInt64]
  private var mask: Int
  private var keys = KeyStack()
  private var hashes: [UInt64] = []

  init(seed: UInt64) {
    self.seed = seed
    slots = Array(repeating: 0, count: 64)
    mask = 63
  }

  /// Different keys so far.
  var count: Int { hashes.count }

  /// The number of each key, new keys numbered in order.
  ///
  /// - Throws: 54000 past 2³¹ keys.
  mutating func insert(_ batch: EncodedKeys) throws(Diagnostic) -> [Int32] {
    guard count + batch.count < Int(Int32.max) else {
      throw Diagnostic(.programLimitExceeded, "more than 2,147,483,647 groups")
    }
    let batchHashes = batch.hashes(seed: seed)
    var numbers: [Int32] = []
    numbers.reserveCapacity(batch.count)
    for row in 0..<batch.count {
      let hash = batchHashes[row]
      if let number = find(batch, row, hash) {
        numbers.append(number)
      } else {
        numbers.append(Int32(truncatingIfNeeded: count))
        add(batch, row, hash)
      }
    }
    return numbers
  }

  /// The number of each key; −1 where there is none.
  func lookup(_ batch: EncodedKeys) -> [Int32] {
    let batchHashes = batch.hashes(seed: seed)
    var numbers: [Int32] = []
    numbers.reserveCapacity(batch.count)
    for row in 0..<batch.count { numbers.append(find(batch, row, batchHashes[row]) ?? -1) }
    return numbers
  }

  @inline(__always)
  private func find(_ batch: EncodedKeys, _ row: Int, _ hash: UInt64) -> Int32? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    let tag = hash >> 32
    while true {
      let entry = slots[slot]
      if entry == 0 { return nil }
      if entry >> 32 == tag {
        let number = Int(entry & 0xFFFF_FFFF) - 1
        if keys.equals(number, batch, row) { return Int32(truncatingIfNeeded: number) }
      }
      slot = (slot + 1) & mask
    }
  }

  private mutating func add(_ batch: EncodedKeys, _ row: Int, _ hash: UInt64) {
    if (count + 1) * 8 > slots.count * 5 { grow() }
    keys.append(batch, row)
    hashes.append(hash)
    place(hash, number: count - 1)
  }

  private mutating func place(_ hash: UInt64, number: Int) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = (hash >> 32) << 32 | UInt64(number + 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    mask = slots.count - 1
    for number in hashes.indices { place(hashes[number], number: number) }
  }
}
