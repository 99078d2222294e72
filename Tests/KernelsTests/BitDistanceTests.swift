import Kernels
import Testing

@Suite("Distances between bits")
struct BitDistanceTests {
  /// Rows of n bits as booleans, and packed with the first bit highest.
  private func rows(_ count: Int, _ n: Int, _ random: inout Sequence64) -> (bits: [[Bool]], packed: [UInt8]) {
    let bits = (0..<count).map { _ in (0..<n).map { _ in Bool.random(using: &random) } }
    let packed = bits.flatMap { row in
      stride(from: 0, to: n, by: 8).map { first in
        (first..<min(first + 8, n)).reduce(UInt8(0)) { $0 | (row[$1] ? 0x80 >> UInt8($1 - first) : 0) }
      }
    }
    return (bits, packed)
  }

  private func hamming(_ x: [Bool], _ y: [Bool]) -> Double { Double(zip(x, y).count { $0 != $1 }) }

  private func jaccard(_ x: [Bool], _ y: [Bool]) -> Double {
    let both = zip(x, y).count { $0 && $1 }
    let either = zip(x, y).count { $0 || $1 }
    return both == 0 ? 1 : 1 - Double(both) / Double(either)
  }

  @Test("hamming and jaccard, by query and by pairs", arguments: Variant.available)
  func distances(variant: Variant) {
    var random = Sequence64(state: 11)
    for n in Array(1...67) + [127, 128, 129, 384, 1536] {
      let (x, xPacked) = rows(4, n, &random)
      let (y, yPacked) = rows(4, n, &random)
      let bytes = (n + 7) / 8
      var out = [Double](repeating: -1, count: 4)
      variant.table.hamming_bits(xPacked, 4, n, yPacked, &out)
      #expect(out == x.map { hamming($0, y[0]) }, "n = \(n)")
      variant.table.jaccard_bits(xPacked, 4, n, yPacked, &out)
      #expect(out == x.map { jaccard($0, y[0]) }, "n = \(n)")
      variant.table.hamming_pairs_bits(xPacked, bytes, yPacked, bytes, 4, n, &out)
      #expect(out == zip(x, y).map { hamming($0, $1) }, "n = \(n)")
      variant.table.jaccard_pairs_bits(xPacked, bytes, yPacked, bytes, 4, n, &out)
      #expect(out == zip(x, y).map { jaccard($0, $1) }, "n = \(n)")
      variant.table.jaccard_pairs_bits(xPacked, 0, yPacked, bytes, 4, n, &out)
      #expect(out == y.map { jaccard(x[0], $0) }, "n = \(n)")
    }
  }

  @Test("no common bit is a jaccard distance of 1, also between zeros", arguments: Variant.available)
  func disjoint(variant: Variant) {
    var out = [0.0, 0, 0]
    variant.table.jaccard_bits([0b0000_0000, 0b1100_0000, 0b0110_0000], 3, 4, [0b0011_0000], &out)
    #expect(out == [1, 1, 1 - 1.0 / 3])
    variant.table.jaccard_bits([0, 0, 0], 3, 8, [0], &out)
    #expect(out == [1, 1, 1])
  }
}
