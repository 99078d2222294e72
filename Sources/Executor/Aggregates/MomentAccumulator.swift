import VSQLDiagnostics
import VSQLSchema

/// Variance and standard deviation of DOUBLE, from the exact sums of x and x², so the same for every order of rows.
final class MomentAccumulator: Accumulator {
  private let isSample: Bool
  private let isRoot: Bool
  private var moments = Moments()

  init(isSample: Bool, isRoot: Bool) {
    self.isSample = isSample
    self.isRoot = isRoot
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    moments.add(groups, groupCount, arguments.first)
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    update([], groupCount: groupCount, [])
    var values: [Double] = []
    var isThere: [Bool] = []
    for group in 0..<groupCount {
      let divisor = isSample ? moments.counts[group] - 1 : moments.counts[group]
      isThere.append(divisor > 0)
      values.append(divisor > 0 ? try value(group, divisor: Double(divisor)) : 0)
    }
    return .nullable(.double, .doubles(values), isThere)
  }

  /// (Σx² − (Σx)²/n) / divisor in twice the precision, never below 0.
  private func value(_ group: Int, divisor: Double) throws(Diagnostic) -> Double {
    if moments.sums[group].isSpecial { return .nan }
    guard !moments.squares[group].isSpecial else { throw outOfRange }
    let (sum, square) = (TwoDoubles(moments.sums[group]), TwoDoubles(moments.squares[group]))
    let spread = square.minus(sum.times(sum).over(Double(moments.counts[group])))
    guard spread.high.isFinite else { throw outOfRange }
    let variance = max(0, (spread.high + spread.low) / divisor)
    return isRoot ? variance.squareRoot() : variance
  }

  private var outOfRange: Diagnostic {
    Diagnostic(.numericValueOutOfRange, "the variance is out of range for DOUBLE")
  }
}

/// The sums of each group. A struct, so that one call a batch accesses it, and none a row.
private struct Moments {
  var sums: [ExactSum] = []
  var squares: [ExactSum] = []
  var counts: [Int64] = []

  mutating func add(_ groups: [Int32], _ groupCount: Int, _ argument: Column?) {
    sums.grow(to: groupCount, with: ExactSum())
    squares.grow(to: groupCount, with: ExactSum())
    counts.grow(to: groupCount, with: 0)
    guard let argument, case .doubles(let list) = argument.values else { return }
    let validity = argument.validity
    for row in groups.indices {
      if let validity, !validity[row] { continue }
      let group = Int(groups[row])
      let value = list[row]
      sums[group].add(value)
      // The square as two DOUBLEs that are it exactly, unless it under- or overflows.
      let square = value * value
      squares[group].add(square)
      if square.isFinite { squares[group].add((-square).addingProduct(value, value)) }
      counts[group] &+= 1
    }
  }
}

/// A number as the sum of two DOUBLEs that do not overlap: about 106 bits (Dekker 1971, Knuth's TwoSum).
struct TwoDoubles {
  var high: Double
  var low: Double

  init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }

  init(_ sum: ExactSum) {
    let parts = sum.parts
    self.init(high: parts.high, low: parts.low)
  }

  /// a + b without loss.
  static func sum(_ a: Double, _ b: Double) -> TwoDoubles {
    let sum = a + b
    let part = sum - a
    return TwoDoubles(high: sum, low: (a - (sum - part)) + (b - part))
  }

  func minus(_ other: TwoDoubles) -> TwoDoubles {
    let first = TwoDoubles.sum(high, -other.high)
    return TwoDoubles.sum(first.high, first.low + (low - other.low))
  }

  func times(_ other: TwoDoubles) -> TwoDoubles {
    let product = high * other.high
    let rest = (-product).addingProduct(high, other.high) + (high * other.low + low * other.high)
    return TwoDoubles.sum(product, rest)
  }

  func over(_ divisor: Double) -> TwoDoubles {
    let quotient = high / divisor
    let rest = high.addingProduct(-quotient, divisor) + low
    return TwoDoubles.sum(quotient, rest / divisor)
  }
}
