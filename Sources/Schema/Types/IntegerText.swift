import VSQLDiagnostics

/// INTEGER as text writes it.
package enum IntegerText {
  /// Reads `[±]digits`, white space around it allowed.
  ///
  /// - Throws: 22P02 for any other text, 22003 past 64 bits.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> Int64 {
    let range = TextScanner.trimmed(text)
    var at = range.lowerBound
    var isNegative = false
    if at < range.upperBound, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    guard at < range.upperBound else { throw syntaxError }
    var value: Int64 = 0
    var isOver = false
    while at < range.upperBound {
      guard let digit = TextScanner.digit(text[at]) else { throw syntaxError }
      let product = value.multipliedReportingOverflow(by: 10)
      // Summed below zero, where −2⁶³ has a place.
      let sum = product.partialValue.subtractingReportingOverflow(Int64(digit))
      isOver = isOver || product.overflow || sum.overflow
      value = sum.partialValue
      at += 1
    }
    if !isNegative, value == .min { isOver = true }
    if isOver { throw Diagnostic(.numericValueOutOfRange, "a number is out of range for type INTEGER") }
    return isNegative ? value : -value
  }

  private static var syntaxError: Diagnostic {
    Diagnostic(.invalidTextRepresentation, "invalid input syntax for type INTEGER")
  }

  package static func append(_ value: Int64, to out: inout [UInt8]) {
    if value < 0 { out.append(UInt8(ascii: "-")) }
    append(magnitude: UInt128(value.magnitude), to: &out)
  }

  /// Appends the digits of `magnitude`, and of zero one.
  static func append(magnitude: UInt128, to out: inout [UInt8]) {
    var rest = magnitude
    let start = out.count
    while rest > UInt128(UInt64.max) {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      out.append(UInt8(ascii: "0") + UInt8(digit))
      rest = quotient
    }
    var small = UInt64(rest)
    repeat {
      let (quotient, digit) = small.quotientAndRemainder(dividingBy: 10)
      out.append(UInt8(ascii: "0") + UInt8(digit))
      small = quotient
    } while small > 0
    out[start...].reverse()
  }
}
