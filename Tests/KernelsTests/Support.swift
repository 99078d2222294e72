import Kernels

/// One instruction set's kernels, called with arrays.
struct Variant: Sendable, CustomStringConvertible {
  let number: Int32
  let table: vsql_kernels
  let name: String

  init?(_ number: Int) {
    guard let pointer = vsql_kernels_table(Int32(number)) else { return nil }
    self.number = Int32(number)
    table = pointer.pointee
    name = String(cString: table.name)
  }

  var description: String { name }

  /// The tables that this processor has, the portable one first.
  static let available: [Variant] = (0..<Int(vsql_variant_count)).compactMap { Variant($0) }
}

/// The four float distances, each with the tables' entries and the reference that belong to it.
enum Metric: CaseIterable, Sendable {
  case l2, innerProduct, cosine, l1
}

extension Variant {
  /// `rows.count / n` distances of float32 rows to one query.
  func distances(_ metric: Metric, rows: [Float], query: [Float]) -> [Double] {
    let count = rows.count / query.count
    var out = [Double](repeating: -1, count: count)
    let kernel =
      switch metric {
      case .l2: table.l2_f32
      case .innerProduct: table.inner_product_f32
      case .cosine: table.cosine_f32
      case .l1: table.l1_f32
      }
    kernel?(rows, count, query.count, query, &out)
    return out
  }

  func distances(_ metric: Metric, rows: [UInt16], query: [Float]) -> [Double] {
    let count = rows.count / query.count
    var out = [Double](repeating: -1, count: count)
    let kernel =
      switch metric {
      case .l2: table.l2_f16
      case .innerProduct: table.inner_product_f16
      case .cosine: table.cosine_f16
      case .l1: table.l1_f16
      }
    kernel?(rows, count, query.count, query, &out)
    return out
  }

  /// `count` distances of float32 pairs; an array of n elements only is repeated, by a stride of 0.
  func pairs(_ metric: Metric, _ x: [Float], _ y: [Float], n: Int, count: Int) -> [Double] {
    var out = [Double](repeating: -1, count: count)
    let kernel =
      switch metric {
      case .l2: table.l2_pairs_f32
      case .innerProduct: table.inner_product_pairs_f32
      case .cosine: table.cosine_pairs_f32
      case .l1: table.l1_pairs_f32
      }
    kernel?(x, x.count == n ? 0 : n, y, y.count == n ? 0 : n, count, n, &out)
    return out
  }

  func pairs(_ metric: Metric, _ x: [UInt16], _ y: [UInt16], n: Int, count: Int) -> [Double] {
    var out = [Double](repeating: -1, count: count)
    let kernel =
      switch metric {
      case .l2: table.l2_pairs_f16
      case .innerProduct: table.inner_product_pairs_f16
      case .cosine: table.cosine_pairs_f16
      case .l1: table.l1_pairs_f16
      }
    kernel?(x, x.count == n ? 0 : n, y, y.count == n ? 0 : n, count, n, &out)
    return out
  }

  func narrowed(_ from: [Float]) -> (halves: [UInt16], overflow: Bool) {
    var to = [UInt16](repeating: 0xffff, count: from.count)
    let overflow = table.f16_from_f32(from, from.count, &to)
    return (to, overflow != 0)
  }

  func widened(_ from: [UInt16]) -> [Float] {
    var to = [Float](repeating: -1, count: from.count)
    table.f32_from_f16(from, from.count, &to)
    return to
  }
}

/// Numbers that are the same in every run: SplitMix64.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }

  /// Finite float16 of every magnitude, subnormals among them.
  mutating func halves(_ count: Int) -> [UInt16] {
    (0..<count).map { _ in
      let bits = UInt16.random(in: 0...UInt16.max, using: &self)
      return bits & 0x7c00 == 0x7c00 ? bits & 0xbfff : bits
    }
  }
}

/// The number that the bits of a float16 stand for, by IEEE 754's own formula; finite halves only.
func value(ofHalf bits: UInt16) -> Double {
  let exponent = Int(bits >> 10 & 31)
  let fraction = Double(bits & 0x3ff)
  let magnitude =
    exponent == 0
    ? fraction * Double(sign: .plus, exponent: -24, significand: 1)
    : (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  return bits & 0x8000 == 0 ? magnitude : -magnitude
}

func bits(_ numbers: [Double]) -> [UInt64] {
  numbers.map { $0.isNaN ? UInt64.max : $0.bitPattern }
}
