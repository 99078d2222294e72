/// The exact sum of DOUBLEs, so that it does not depend on their order: rounded once, when it is read.
///
/// Nearly all sums stay in a window of 128 bits around their first number; one that leaves it is carried on in 2,176 bits,
/// which hold any number of DOUBLEs that a machine can add.
struct ExactSum {
  /// Σ = `window` · 2^`exponent` + `wide`.
  private var window: Int128 = 0
  private var exponent: Int32 = ExactSum.noWindow
  /// Additions that the window took since it was last emptied: each adds less than 2^94.
  private var taken: Int32 = 0
  private var wide: WideSum?
  /// Infinities and NaN, which no exact sum holds.
  private var special: Double?

  private static let noWindow = Int32.max
  /// The first number's lowest bit stands this high in the window, so that smaller ones find room below it.
  private static let roomBelow: Int32 = 20
  private static let maxShift: Int32 = 41
  private static let maxTaken: Int32 = 1 << 30

  init() {}

  @inline(__always)
  mutating func add(_ value: Double) {
    let bits = value.bitPattern
    let raw = Int32(truncatingIfNeeded: (bits >> 52) & 0x7FF)
    if raw == 0x7FF {
      special = special.map { $0 + value } ?? value
      return
    }
    var mantissa = Int64(bitPattern: bits & 0xF_FFFF_FFFF_FFFF)
    // Subnormal numbers have the exponent of the least normal ones and no leading bit.
    let power = (raw == 0 ? 1 : raw) - 1_075
    if raw != 0 { mantissa |= 1 << 52 }
    if mantissa == 0 { return }
    if bits >> 63 == 1 { mantissa = -mantissa }
    let shift = power &- exponent
    if exponent != ExactSum.noWindow, shift >= 0, shift <= ExactSum.maxShift, taken < ExactSum.maxTaken {
      window &+= Int128(mantissa) << Int128(shift)
      taken &+= 1
      return
    }
    addApart(mantissa, power)
  }

  private mutating func addApart(_ mantissa: Int64, _ power: Int32) {
    if exponent == ExactSum.noWindow {
      exponent = max(power - ExactSum.roomBelow, -1_074)
      window = Int128(mantissa) << Int128(power - exponent)
      taken = 1
      return
    }
    // Taken out while it changes, so that it is not copied.
    var wide = self.wide ?? WideSum()
    self.wide = nil
    if taken >= ExactSum.maxTaken {
      wide.add(window, power: Int(exponent))
      window = 0
      taken = 0
    }
    wide.add(Int128(mantissa), power: Int(power))
    self.wide = wide
  }

  /// Adds what another sum holds.
  mutating func add(_ other: ExactSum) {
    if let value = other.special { special = special.map { $0 + value } ?? value }
    guard other.exponent != ExactSum.noWindow else { return }
    var wide = self.wide ?? WideSum()
    self.wide = nil
    wide.add(other.window, power: Int(other.exponent))
    if let theirs = other.wide { wide.add(theirs) }
    self.wide = wide
  }

  /// The sum, rounded to the nearest DOUBLE, ties to even; infinite when it is past the range.
  var rounded: Double { special ?? whole.rounded }

  /// Whether an infinity or a NaN was added: then `rounded` says what IEEE 754 adds up to.
  var isSpecial: Bool { special != nil }

  /// The sum as two DOUBLEs: the nearest, and the nearest to what that leaves. Finite sums only.
  var parts: (high: Double, low: Double) {
    var rest = whole
    let high = rest.rounded
    guard high.isFinite else { return (high, 0) }
    rest.subtract(high)
    return (high, rest.rounded)
  }

  private var whole: WideSum {
    var sum = wide ?? WideSum()
    if exponent != ExactSum.noWindow { sum.add(window, power: Int(exponent)) }
    return sum
  }
}

/// A fixed-point number of 2,176 bits, two's complement, its lowest bit worth 2^−1,074.
struct WideSum {
  private static let limbCount = 34
  private static let lowestPower = -1_074
  private var limbs = [UInt64](repeating: 0, count: WideSum.limbCount)

  /// Adds `value` · 2^`power`; `power` is at least −1,074.
  mutating func add(_ value: Int128, power: Int) {
    let offset = power - WideSum.lowestPower
    let (start, shift) = (offset / 64, offset % 64)
    let low = UInt64(truncatingIfNeeded: value)
    let high = UInt64(truncatingIfNeeded: value >> 64)
    let sign: UInt64 = value < 0 ? .max : 0
    let pieces =
      shift == 0
      ? [low, high, sign]
      : [low << shift, high << shift | low >> (64 - shift), sign << shift | high >> (64 - shift)]
    var carry: UInt64 = 0
    for index in start..<WideSum.limbCount {
      let piece = index - start < 3 ? pieces[index - start] : sign
      let (sum, isOver) = limbs[index].addingReportingOverflow(piece)
      let (total, isOverToo) = sum.addingReportingOverflow(carry)
      limbs[index] = total
      carry = isOver || isOverToo ? 1 : 0
    }
  }

  mutating func add(_ other: WideSum) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let (sum, isOver) = limbs[index].addingReportingOverflow(other.limbs[index])
      let (total, isOverToo) = sum.addingReportingOverflow(carry)
      limbs[index] = total
      carry = isOver || isOverToo ? 1 : 0
    }
  }

  /// Takes a finite DOUBLE away.
  mutating func subtract(_ value: Double) {
    guard value != 0 else { return }
    let raw = Int(value.exponentBitPattern)
    let mantissa = Int128(value.significandBitPattern | (raw == 0 ? 0 : 1 << 52))
    add(value < 0 ? mantissa : -mantissa, power: max(raw, 1) - 1_075)
  }

  /// The nearest DOUBLE, ties to even.
  var rounded: Double {
    let isNegative = limbs[WideSum.limbCount - 1] >> 63 == 1
    let magnitude = isNegative ? negated : limbs
    guard let top = magnitude.lastIndex(where: { $0 != 0 }) else { return 0 }
    let highest = top * 64 + 63 - magnitude[top].leadingZeroBitCount
    // The 53 bits from `lowest` on are kept; where fewer lie above the lowest bit of all, the number is exact.
    let lowest = max(highest - 52, 0)
    var mantissa = bits(of: magnitude, from: lowest)
    if lowest > 0, bit(of: magnitude, lowest - 1) {
      let isTie = !hasBits(magnitude, below: lowest - 1)
      if !isTie || mantissa & 1 == 1 { mantissa += 1 }
    }
    let power = lowest + WideSum.lowestPower
    let value = Double(sign: .plus, exponent: power, significand: Double(mantissa))
    return isNegative ? -value : value
  }

  private var negated: [UInt64] {
    var result = limbs.map { ~$0 }
    for index in result.indices {
      let (sum, isOver) = result[index].addingReportingOverflow(1)
      result[index] = sum
      if !isOver { break }
    }
    return result
  }

  /// The 53 bits from `position` on.
  private func bits(of limbs: [UInt64], from position: Int) -> UInt64 {
    let (limb, shift) = (position / 64, position % 64)
    var value = limbs[limb] >> shift
    if shift > 0, limb + 1 < limbs.count { value |= limbs[limb + 1] << (64 - shift) }
    return value & ((1 << 53) - 1)
  }

  private func bit(of limbs: [UInt64], _ position: Int) -> Bool {
    limbs[position / 64] >> (position % 64) & 1 == 1
  }

  private func hasBits(_ limbs: [UInt64], below position: Int) -> Bool {
    let (limb, shift) = (position / 64, position % 64)
    if limbs[..<limb].contains(where: { $0 != 0 }) { return true }
    return limbs[limb] & ((1 << shift) - 1) != 0
  }
}
