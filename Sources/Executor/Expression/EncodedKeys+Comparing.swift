#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Unsafe pointers are sound here because `range` reads a checked array, and its end is checked against the byte count.
extension EncodedKeys {
  /// Below 0, 0 or above 0 as key `i` lies before, at or behind key `j` of `other`.
  package func compare(_ i: Int, _ other: EncodedKeys, _ j: Int) -> Int {
    let (a, b) = (range(i), other.range(j))
    precondition(
      a.upperBound <= bytes.count && b.upperBound <= other.bytes.count, "a key lies within its bytes")
    let common = min(a.count, b.count)
    let order = unsafe bytes.withUnsafeBufferPointer { x in
      unsafe other.bytes.withUnsafeBufferPointer { y in
        guard common > 0, let p = x.baseAddress, let q = y.baseAddress else { return 0 }
        return unsafe Int(memcmp(p + a.lowerBound, q + b.lowerBound, common))
      }
    }
    return order != 0 ? order : a.count - b.count
  }

  package func equal(_ i: Int, _ other: EncodedKeys, _ j: Int) -> Bool {
    let (a, b) = (range(i), other.range(j))
    return a.count == b.count && compare(i, other, j) == 0
  }

  /// One hash a key. Seed it per query: keys are chosen by others.
  package func hashes(seed: UInt64) -> [UInt64] {
    var out: [UInt64] = []
    out.reserveCapacity(count)
    unsafe bytes.withUnsafeBytes { raw in
      for key in 0..<count {
        let range = range(key)
        precondition(range.upperBound <= raw.count, "a key lies within its bytes")
        unsafe out.append(KeyHash.hash(UnsafeRawBufferPointer(rebasing: raw[range]), seed: seed))
      }
    }
    return out
  }
}

/// A hash of bytes by folded 64 × 64 multiplication (as wyhash does), eight bytes a step.
enum KeyHash {
  static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    var state = mix(seed ^ 0xA076_1D64_78BD_642F, UInt64(bytes.count) ^ 0xE703_7ED1_A0B4_28DB)
    var at = 0
    while at + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      state = mix(state ^ word, 0x8EBC_6AF0_9C88_C6E3 ^ seed)
      at += 8
    }
    var rest: UInt64 = 0
    while at < bytes.count {
      rest = unsafe rest << 8 | UInt64(bytes[at])
      at += 1
    }
    return mix(state ^ rest, 0x5899_65CC_7537_4CC3 ^ seed)
  }

  @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
