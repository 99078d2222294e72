import VSQLSchema

/// Numbers keys by their first appearance: the table under groups, DISTINCT and joins.
///
/// Open addressing with linear probing, at most 5/8 full. The hash is seeded by each query, since keys may be hostile.
struct KeyTable {
  private let seed: UInt64
  /// 1 + the key's number in the low 40 bits, 24 bits of its hash above; 0: free.
  private var slots: [UInt64]
  private var mask: Int
  private var keys: [UInt8] = []
  private var offsets: [Int] = [0]
  private var hashes: [UInt64] = []

  init(seed: UInt64, expected: Int = 0) {
    self.seed = seed
    var size = 64
    while size * 5 / 8 < min(expected, 1 << 28) { size *= 2 }
    slots = Array(repeating: 0, count: size)
    mask = size - 1
  }

  /// Different keys so far.
  var count: Int { hashes.count }

  /// The number of each key in `rowKeys`, new keys numbered in order.
  mutating func insert(_ rowKeys: RowKeys) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(rowKeys.count)
    for row in 0..<rowKeys.count {
      let range = rowKeys.range(row)
      let hash = KeyHash.hash(rowKeys.bytes, range, seed: seed)
      if let number = find(rowKeys.bytes, range, hash) {
        numbers.append(Int32(truncatingIfNeeded: number))
      } else {
        numbers.append(Int32(truncatingIfNeeded: count))
        add(rowKeys.bytes, range, hash)
      }
    }
    return numbers
  }

  /// The number of each key in `rowKeys`; −1 where there is none.
  func lookup(_ rowKeys: RowKeys) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(rowKeys.count)
    for row in 0..<rowKeys.count {
      let range = rowKeys.range(row)
      let hash = KeyHash.hash(rowKeys.bytes, range, seed: seed)
      numbers.append(Int32(truncatingIfNeeded: find(rowKeys.bytes, range, hash) ?? -1))
    }
    return numbers
  }

  private func find(_ bytes: [UInt8], _ range: Range<Int>, _ hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    let tag = hash >> 40
    while true {
      let entry = slots[slot]
      if entry == 0 { return nil }
      if entry >> 40 == tag {
        let number = Int(truncatingIfNeeded: entry & 0xFF_FFFF_FFFF) - 1
        if isEqual(bytes, range, number) { return number }
      }
      slot = (slot + 1) & mask
    }
  }

  private func isEqual(_ bytes: [UInt8], _ range: Range<Int>, _ number: Int) -> Bool {
    let start = offsets[number]
    guard offsets[number + 1] - start == range.count else { return false }
    for index in 0..<range.count where bytes[range.lowerBound + index] != keys[start + index] { return false }
    return true
  }

  private mutating func add(_ bytes: [UInt8], _ range: Range<Int>, _ hash: UInt64) {
    if (count + 1) * 8 > slots.count * 5 { grow() }
    keys.append(contentsOf: bytes[range])
    offsets.append(keys.count)
    hashes.append(hash)
    place(hash, number: count - 1)
  }

  private mutating func place(_ hash: UInt64, number: Int) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = (hash >> 40) << 40 | UInt64(number + 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    mask = slots.count - 1
    for number in hashes.indices { place(hashes[number], number: number) }
  }
}

/// A seeded hash of bytes: eight at a time, multiplied and folded (the construction of wyhash).
enum KeyHash {
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let second: UInt64 = 0xD6E8_FEB8_6659_FD93

  @inline(__always)
  static func hash(_ bytes: [UInt8], _ range: Range<Int>, seed: UInt64) -> UInt64 {
    var state = seed ^ UInt64(range.count)
    var index = range.lowerBound
    while index + 8 <= range.upperBound {
      state = mix(state ^ word(bytes, index, 8), factor)
      index += 8
    }
    if index < range.upperBound { state = mix(state ^ word(bytes, index, range.upperBound - index), second) }
    return mix(state ^ seed, second)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for offset in 0..<count { value |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
    return value
  }
}
