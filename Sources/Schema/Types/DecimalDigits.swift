import VSQLDiagnostics

/// ± `magnitude` · 10^`exponent`, as it is written.
struct DecimalDigits {
  var isNegative = false
  /// The first 38 significant digits.
  var magnitude: UInt128 = 0
  var exponent = 0
  /// Whether digits followed that `magnitude` has no room for.
  var isCut = false
  /// Whether the first of them is 5 or more.
  var restIsHalf = false

  init() {}

  /// - Throws: 22P02 when the text is no number.
  init(_ text: Span<UInt8>) throws(Diagnostic) {
    let range = TextScanner.trimmed(text)
    var at = range.lowerBound
    if at < range.upperBound, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    var digits = 0
    var isFraction = false
    while at < range.upperBound {
      if let digit = TextScanner.digit(text[at]) {
        append(digit, isFraction: isFraction)
        digits += 1
      } else if text[at] == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { throw Decimal.syntaxError }
    if at < range.upperBound, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      exponent += try Self.readExponent(text, &at, range.upperBound)
    }
    guard at == range.upperBound else { throw Decimal.syntaxError }
  }

  private mutating func append(_ digit: Int, isFraction: Bool) {
    if magnitude < Decimal.powersOfTen[37] {
      magnitude = magnitude * 10 + UInt128(digit)
      if isFraction { exponent -= 1 }
    } else {
      if !isCut { restIsHalf = digit >= 5 }
      isCut = true
      if !isFraction { exponent += 1 }
    }
  }

  private static func readExponent(_ text: Span<UInt8>, _ at: inout Int, _ end: Int) throws(Diagnostic) -> Int
  {
    var value = 0
    var isDown = false
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isDown = text[at] == UInt8(ascii: "-")
      at += 1
    }
    let start = at
    while at < end, let digit = TextScanner.digit(text[at]) {
      // Past 100,000 nothing but zero fits; the cap keeps the sum small.
      value = min(value * 10 + digit, 100_000)
      at += 1
    }
    guard at > start else { throw Decimal.syntaxError }
    return isDown ? -value : value
  }

  /// As a column of `shape` holds it.
  ///
  /// - Throws: 22003 for more than precision − scale digits before the point.
  func fitted(to shape: DecimalShape) throws(Diagnostic) -> Decimal {
    guard let result = try? rounded(to: Int(shape.scale)),
      result.unscaled.magnitude < Decimal.powersOfTen[Int(shape.precision)]
    else { throw Decimal.misfit(shape) }
    return result
  }

  /// At `scale` digits after the point, rounded half away from zero.
  ///
  /// - Throws: 22003 past 38 digits.
  func rounded(to scale: Int) throws(Diagnostic) -> Decimal {
    if magnitude == 0 { return Decimal(unscaled: 0, scale: UInt8(scale)) }
    // Digits that lie behind the scale; below zero, zeros to be put behind those that are written.
    let cut = -exponent - scale
    if cut < 0 {
      guard cut >= -38, !isCut else { throw Decimal.overflow }
      let (product, isOver) = magnitude.multipliedReportingOverflow(by: Decimal.powersOfTen[-cut])
      guard !isOver else { throw Decimal.overflow }
      return try Decimal(isNegative: isNegative, magnitude: product, scale: scale)
    }
    if cut == 0 {
      return try Decimal(isNegative: isNegative, magnitude: magnitude + (restIsHalf ? 1 : 0), scale: scale)
    }
    // 38 digits divided by ten to the 39th are below a half.
    guard cut <= 38 else { return Decimal(unscaled: 0, scale: UInt8(scale)) }
    let power = Decimal.powersOfTen[cut]
    var (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: power)
    if rest >= power - rest { quotient += 1 }
    return try Decimal(isNegative: isNegative, magnitude: quotient, scale: scale)
  }
}
