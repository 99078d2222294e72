/// Decimal digits to the nearest Double, ties to even: exactly what the standard library makes of them, sooner.
enum DecimalText {
  /// 10^0 to 10^22: the powers of ten that a Double holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// 5^0 to 5^27: the powers of five below 2^64.
  private static let powersOfFive: [UInt64] = (0...27).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 5 }
  }

  /// `text` is a number as the lexer reads it, without sign. Infinity where it is too large.
  static func double(_ text: ArraySlice<UInt8>) -> Double {
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var index = text.startIndex
    var sawPoint = false
    while index < text.endIndex {
      let byte = text[index]
      if ByteClass.isDigit(byte) {
        if mantissa != 0 || byte != UInt8(ascii: "0") { digits += 1 }
        // 19 digits are below 2^64.
        if digits > 19 { return slow(text) }
        mantissa = mantissa &* 10 &+ UInt64(byte & 0x0F)
        if sawPoint { exponent -= 1 }
      } else if byte == UInt8(ascii: ".") {
        sawPoint = true
      } else {
        break
      }
      index += 1
    }
    if index < text.endIndex {
      guard let written = smallInteger(text[(index + 1)...]) else { return slow(text) }
      exponent += written
    }
    return fast(mantissa, exponent) ?? slow(text)
  }

  /// `mantissa` times ten to the `exponent`, where that takes one rounding.
  private static func fast(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa == 0 { return 0 }
    // Both exact in a Double, so one multiplication or division rounds once (Clinger).
    if mantissa <= 1 << 53, (-22...22).contains(exponent) {
      let value = Double(mantissa)
      return exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
    }
    guard (-27...0).contains(exponent) else { return nil }
    return quotient(mantissa, powersOfFive[-exponent], scale: exponent)
  }

  /// `dividend` / `divisor` * 2^`scale`, rounded once; all of it is far within a Double's normal range.
  ///
  /// Both are shifted until their top bit is set and the dividend by 63 more, so the quotient has 63 or 64 bits, ten
  /// more than a Double keeps; whether anything remains decides a tie.
  private static func quotient(_ dividend: UInt64, _ divisor: UInt64, scale: Int) -> Double {
    let dividendShift = dividend.leadingZeroBitCount
    let divisorShift = divisor.leadingZeroBitCount
    let high = (dividend << dividendShift) >> 1
    let low = (dividend << dividendShift) << 63
    let (quotient, remainder) = (divisor << divisorShift).dividingFullWidth((high, low))
    let excess = 11 - quotient.leadingZeroBitCount
    var kept = quotient >> excess
    let dropped = quotient & ((1 << excess) - 1)
    let half: UInt64 = 1 << (excess - 1)
    if dropped > half || (dropped == half && (remainder != 0 || kept & 1 == 1)) { kept += 1 }
    let exponent = scale + excess - 63 + divisorShift - dividendShift
    return Double(sign: .plus, exponent: exponent, significand: Double(kept))
  }

  private static func slow(_ text: ArraySlice<UInt8>) -> Double {
    // "1." and "1.e5" are numbers here; a zero after the point makes them numbers everywhere.
    var digits = Array(text)
    if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      if point + 1 == digits.count || !ByteClass.isDigit(digits[point + 1]) {
        digits.insert(UInt8(ascii: "0"), at: point + 1)
      }
    }
    return Double(String(decoding: digits, as: UTF8.self)) ?? .infinity
  }

  /// A signed integer of at most four digits.
  private static func smallInteger(_ text: ArraySlice<UInt8>) -> Int? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
    guard digits.count <= 4 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    return isNegative ? -value : value
  }
}
