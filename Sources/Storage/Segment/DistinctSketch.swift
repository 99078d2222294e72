#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// HyperLogLog in 2,048 registers: how many distinct hashes were seen, within about 2.3 %.
struct DistinctSketch: Sendable {
  private static let indexBits: UInt64 = 11
  private var registers = [UInt8](repeating: 0, count: 1 << 11)

  mutating func add(_ hash: UInt64) {
    let index = Int(hash >> (64 - Self.indexBits))
    let rank = UInt8((hash << Self.indexBits | 1 << (Self.indexBits - 1)).leadingZeroBitCount + 1)
    if registers[index] < rank { registers[index] = rank }
  }

  /// A good hash of a number: SplitMix64's finish.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The same for bytes, eight at a time: one value hashes the same in every process, so that the same load gives the same
  /// statistics and so the same plans. Who chooses values that collide spoils an estimate and nothing else.
  static func mix(_ bytes: Span<UInt8>) -> UInt64 {
    var hash = UInt64(bytes.count)
    let whole = bytes.count & ~7
    var index = 0
    while index < whole {
      hash = mix(hash ^ bytes.bigEndianWord(at: index))
      index += 8
    }
    if index == bytes.count { return hash }
    var word: UInt64 = 0
    for byte in index..<bytes.count { word = word << 8 | UInt64(bytes[byte]) }
    return mix(hash ^ word)
  }

  var estimate: Int {
    let m = Double(registers.count)
    let empty = registers.count { $0 == 0 }
    let sum = registers.reduce(0.0) { $0 + 1 / Double(UInt64(1) << UInt64(min($1, 63))) }
    let raw = 0.7213 / (1 + 1.079 / m) * m * m / sum
    // Few values: counting empty registers is more exact.
    let value = raw <= 2.5 * m && empty > 0 ? m * log(m / Double(empty)) : raw
    return Int(value + 0.5)
  }
}
