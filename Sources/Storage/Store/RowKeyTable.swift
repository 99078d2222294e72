import VSQLSchema

/// Rows by key (`KeyEncoder` bytes): keys lie one after the other in one buffer, so that none is an array of its own, and each is hashed
/// once. Linear probing; hostile keys meet a secret seed.
struct RowKeyTable: Sendable {
  private static let free: UInt32 = 0
  private static let removed: UInt32 = .max
  private static let seed = UInt64.random(in: .min ... .max)

  /// Of entries, in the order in which they came; a removed one stays until the table grows.
  private var keys = ByteStrings()
  private var hashes: [UInt64] = []
  /// 0 where the entry was removed: no row has that id.
  private var rows: [RowID] = []
  /// A power of two of them: the entry's number plus one, `free` or `removed`.
  private var slots: [UInt32] = []
  private(set) var count = 0

  static func hash(_ key: Span<UInt8>) -> UInt64 { KeyHash.of(key, seed: seed) }

  func row(of key: Span<UInt8>, hash: UInt64) -> RowID? {
    if count == 0 { return nil }
    return entry(of: key, hash: hash).map { rows[$0] }
  }

  /// - Returns: the entry, and the row that the key had before.
  @discardableResult
  mutating func set(_ key: Span<UInt8>, hash: UInt64, to row: RowID) -> (entry: Int, before: RowID?) {
    if let entry = count == 0 ? nil : entry(of: key, hash: hash) {
      let before = rows[entry]
      rows[entry] = row
      return (entry, before)
    }
    if (rows.count + 1) * 2 > slots.count { grow() }
    let entry = rows.count
    keys.append(key)
    hashes.append(hash)
    rows.append(row)
    count += 1
    fill(entry, hash)
    return (entry, nil)
  }

  /// Gives an entry the row that it had before; nil: there was no such key.
  mutating func restore(_ entry: Int, to before: RowID?) {
    if let before { rows[entry] = before } else { remove(entry) }
  }

  mutating func remove(_ key: Span<UInt8>, hash: UInt64) {
    if let entry = count == 0 ? nil : entry(of: key, hash: hash) { remove(entry) }
  }

  private mutating func remove(_ entry: Int) {
    if rows[entry] == 0 { return }
    rows[entry] = 0
    count -= 1
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hashes[entry]) & mask
    while slots[slot] != UInt32(truncatingIfNeeded: entry + 1) { slot = (slot + 1) & mask }
    slots[slot] = Self.removed
  }

  private func entry(of key: Span<UInt8>, hash: UInt64) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.free {
      if slots[slot] != Self.removed {
        let entry = Int(slots[slot]) - 1
        if hashes[entry] == hash, keys.compare(entry, key) == 0 { return entry }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func fill(_ entry: Int, _ hash: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.free { slot = (slot + 1) & mask }
    slots[slot] = UInt32(truncatingIfNeeded: entry + 1)
  }

  /// Slots for twice the entries. Entries keep their numbers: a transaction's log names them.
  private mutating func grow() {
    slots = [UInt32](repeating: Self.free, count: max(16, slots.count * 2))
    for entry in rows.indices where rows[entry] != 0 { fill(entry, hashes[entry]) }
  }
}
