/// A decimal number as text writes it: ± `digits` · 10^`exponent`.
struct NumberText {
  var isNegative = false
  /// The first 19 significant digits.
  var digits: UInt64 = 0
  var exponent = 0
  /// False when more than 19 digits were written; then the text itself must be read again, more slowly.
  var isWhole = true

  /// Reads the number that begins at `start`.
  ///
  /// - Parameter isStrict: JSON's grammar; else a plus sign, leading zeros, `5.` and `.5` are numbers too.
  /// - Returns: nil when no number begins there; `end` is moved behind it otherwise.
  init?(_ text: Span<UInt8>, from start: Int, to limit: Int, isStrict: Bool, end: inout Int) {
    var index = start
    if index < limit, text[index] == UInt8(ascii: "-") {
      isNegative = true
      index += 1
    } else if !isStrict, index < limit, text[index] == UInt8(ascii: "+") {
      index += 1
    }
    let first = index
    var significant = 0
    readDigits(text, &index, limit, &significant, isFraction: false)
    let wholeDigits = index - first
    if isStrict, wholeDigits == 0 || (wholeDigits > 1 && text[first] == UInt8(ascii: "0")) { return nil }
    var fractionDigits = 0
    if index < limit, text[index] == UInt8(ascii: ".") {
      index += 1
      let from = index
      readDigits(text, &index, limit, &significant, isFraction: true)
      fractionDigits = index - from
      if isStrict, fractionDigits == 0 { return nil }
    }
    if wholeDigits + fractionDigits == 0 { return nil }
    if index < limit, text[index] | 0x20 == UInt8(ascii: "e") {
      guard readExponent(text, &index, limit) else { return nil }
    }
    end = index
  }

  private mutating func readDigits(
    _ text: Span<UInt8>, _ index: inout Int, _ limit: Int, _ significant: inout Int, isFraction: Bool
  ) {
    while index < limit {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return }
      if significant < 19 {
        digits = digits &* 10 &+ UInt64(digit)
        if digits != 0 { significant += 1 }
        if isFraction { exponent -= 1 }
      } else {
        if digit != 0 { isWhole = false }
        if !isFraction { exponent += 1 }
      }
      index += 1
    }
  }

  /// Reads `e±digits`; false when no digit follows the `e`.
  private mutating func readExponent(_ text: Span<UInt8>, _ index: inout Int, _ limit: Int) -> Bool {
    var at = index + 1
    var isDown = false
    if at < limit, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isDown = text[at] == UInt8(ascii: "-")
      at += 1
    }
    var value = 0
    let from = at
    while at < limit {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      // Past 100,000 every type has overflowed or vanished; the cap keeps the sum small.
      if value < 100_000 { value = value * 10 + Int(digit) }
      at += 1
    }
    guard at > from else { return false }
    exponent += isDown ? -value : value
    index = at
    return true
  }

  /// The whole number that this is exactly.
  enum Whole {
    case value(Int64)
    case outOfRange
    case hasFraction
  }

  var whole: Whole {
    guard isWhole else { return exponent >= 0 ? .outOfRange : .hasFraction }
    if digits == 0 { return .value(0) }
    var magnitude = digits
    var exponent = exponent
    while exponent < 0 {
      let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: 10)
      guard rest == 0 else { return .hasFraction }
      magnitude = quotient
      exponent += 1
    }
    while exponent > 0 {
      let (product, isOver) = magnitude.multipliedReportingOverflow(by: 10)
      guard !isOver else { return .outOfRange }
      magnitude = product
      exponent -= 1
    }
    if isNegative {
      guard magnitude <= UInt64(Int64.max) + 1 else { return .outOfRange }
      return .value(Int64(truncatingIfNeeded: 0 &- magnitude))
    }
    guard let value = Int64(exactly: magnitude) else { return .outOfRange }
    return .value(value)
  }

  /// The nearest DOUBLE where one multiplication or division of exact numbers gives it (Clinger's fast path); else nil.
  var fastDouble: Double? {
    guard isWhole, digits < 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
    var value = Double(digits)
    if exponent < 0 { value /= NumberText.powers[-exponent] } else { value *= NumberText.powers[exponent] }
    return isNegative ? -value : value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}
