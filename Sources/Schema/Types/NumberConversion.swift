import VSQLDiagnostics

/// Numbers of one type as another holds them.
package enum NumberConversion {
  /// Rounded to even.
  ///
  /// - Throws: 22003 for NaN, infinity and what 64 bits do not hold.
  package static func integer(_ value: Double) throws(Diagnostic) -> Int64 {
    guard let whole = Int64(exactly: value.rounded(.toNearestOrEven)) else {
      throw IntegerRange.bits64.outOfRange
    }
    return whole
  }

  /// Rounded half away from zero.
  ///
  /// - Throws: 22003 for what 64 bits do not hold.
  package static func integer(_ value: Decimal) throws(Diagnostic) -> Int64 {
    let whole = try value.rounded(to: 0).unscaled
    guard let result = Int64(exactly: whole) else { throw IntegerRange.bits64.outOfRange }
    return result
  }

  /// The nearest DOUBLE.
  package static func double(_ value: Decimal) -> Double {
    // Both are exact, so one rounding gives the nearest.
    if value.unscaled.magnitude < 1 << 53, value.scale <= 22 {
      return Double(value.unscaled) / powers[Int(value.scale)]
    }
    var text: [UInt8] = []
    value.append(to: &text)
    return Double(String(bytes: text.span)) ?? Double(value.unscaled)
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// At most 15 significant digits, as PostgreSQL converts a DOUBLE, then as `shape` says.
  ///
  /// - Throws: 22003 for NaN, infinity and past 38 digits.
  package static func decimal(_ value: Double, shape: DecimalShape? = nil) throws(Diagnostic) -> Decimal {
    guard value.isFinite else {
      throw Diagnostic(.numericValueOutOfRange, "a DECIMAL holds no NaN or infinity")
    }
    var number = DecimalDigits()
    number.isNegative = value < 0
    if value != 0 { (number.magnitude, number.exponent) = try fifteenDigits(value) }
    guard let shape else {
      guard number.exponent >= -38 else { throw Decimal.overflow }
      return try number.rounded(to: max(-number.exponent, 0))
    }
    return try number.fitted(to: shape)
  }

  private static func fifteenDigits(_ value: Double) throws(Diagnostic) -> (magnitude: UInt128, exponent: Int)
  {
    var exact = try exactDigits(value)
    let digits = Decimal.digitCount(exact.magnitude)
    if digits > 15 {
      let power = Decimal.powersOfTen[digits - 15]
      let rest = exact.magnitude % power
      exact.magnitude /= power
      exact.exponent += digits - 15
      if rest > power / 2 || (rest == power / 2 && exact.magnitude % 2 == 1) { exact.magnitude += 1 }
    }
    while exact.magnitude % 10 == 0 {
      exact.magnitude /= 10
      exact.exponent += 1
    }
    return exact
  }

  /// The shortest digits that read back as `value`: |value| = magnitude · 10^exponent.
  private static func exactDigits(_ value: Double) throws(Diagnostic) -> (magnitude: UInt128, exponent: Int) {
    let text = Array(value.magnitude.description.utf8)
    var range = 0..<text.count
    if text.count > 2, text[text.count - 2] == UInt8(ascii: "."), text[text.count - 1] == UInt8(ascii: "0") {
      range = 0..<text.count - 2
    }
    // At most 17 digits, so the shape holds them all.
    guard let shape = NumberShape(text.span, range), shape.isWhole else { throw Decimal.overflow }
    return (UInt128(shape.digits), shape.exponent)
  }
}
