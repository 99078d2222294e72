import VSQLDiagnostics

extension Decimal {
  /// Reads `[±]digits[.digits][e[±]digits]`, white space around it allowed.
  ///
  /// - Throws: 22P02 for any other text, 22003 past 38 digits.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> Decimal {
    let number = try DecimalDigits(text)
    if number.isCut { throw overflow }
    if number.exponent <= 0 {
      return try Decimal(
        isNegative: number.isNegative, magnitude: number.magnitude, scale: -number.exponent)
    }
    return try number.rounded(to: 0)
  }

  /// The same, as a column of `shape` holds it: rounded half away from zero, however many digits are written.
  ///
  /// - Throws: 22P02 as above, 22003 for more than precision − scale digits before the point.
  package static func parse(_ text: Span<UInt8>, shape: DecimalShape?) throws(Diagnostic) -> Decimal {
    guard let shape else { return try parse(text) }
    return try DecimalDigits(text).fitted(to: shape)
  }

  static var syntaxError: Diagnostic {
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
