import VSQLDiagnostics

extension Decimal {
  /// Reads `[±]digits[.digits][e[±]digits]`, white space around it allowed.
  ///
  /// - Throws: 22P02 for any other text, 22003 past 38 digits.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> Decimal {
    let range = TextScanner.trimmed(text)
    var at = range.lowerBound
    var isNegative = false
    if at < range.upperBound, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    var magnitude: UInt128 = 0
    var isOver = false
    var digits = 0
    var scale = 0
    var isFraction = false
    while at < range.upperBound {
      if let digit = TextScanner.digit(text[at]) {
        let product = magnitude.multipliedReportingOverflow(by: 10)
        isOver = isOver || product.overflow
        magnitude = product.partialValue &+ UInt128(digit)
        digits += 1
        if isFraction { scale += 1 }
      } else if text[at] == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { throw syntaxError }
    var exponent = 0
    if at < range.upperBound, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      var isDown = false
      if at < range.upperBound, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
        isDown = text[at] == UInt8(ascii: "-")
        at += 1
      }
      let start = at
      while at < range.upperBound, let digit = TextScanner.digit(text[at]) {
        // Past 100,000 nothing but zero fits; the cap keeps the sum small.
        exponent = min(exponent * 10 + digit, 100_000)
        at += 1
      }
      guard at > start else { throw syntaxError }
      if isDown { exponent = -exponent }
    }
    guard at == range.upperBound else { throw syntaxError }
    if isOver { throw overflow }
    scale -= exponent
    if scale < 0 {
      if magnitude == 0 { return Decimal(unscaled: 0, scale: 0) }
      guard -scale <= 38 else { throw overflow }
      let product = magnitude.multipliedReportingOverflow(by: powersOfTen[-scale])
      if product.overflow { throw overflow }
      (magnitude, scale) = (product.partialValue, 0)
    }
    return try Decimal(isNegative: isNegative, magnitude: magnitude, scale: scale)
  }

  private static var syntaxError: Diagnostic {
    Diagnostic(.invalidTextRepresentation, "invalid input syntax for type DECIMAL")
  }

  /// All digits, and `scale` of them after the point.
  package func append(to out: inout [UInt8]) {
    if unscaled < 0 { out.append(UInt8(ascii: "-")) }
    let power = Decimal.powersOfTen[Int(scale)]
    let (whole, rest) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
    IntegerText.append(magnitude: whole, to: &out)
    if scale == 0 { return }
    // A leading one keeps the fraction's zeros; it is then overwritten by the point.
    let start = out.count
    IntegerText.append(magnitude: power + rest, to: &out)
    out[start] = UInt8(ascii: ".")
  }
}
