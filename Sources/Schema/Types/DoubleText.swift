import VSQLDiagnostics

/// DOUBLE as text writes it.
package enum DoubleText {
  /// Reads `[±]digits[.digits][e[±]digits]`, `NaN`, `[±]Infinity` or `[±]inf`, white space around it allowed.
  ///
  /// - Throws: 22P02 for any other text, 22003 for a number that a DOUBLE can only hold as infinity or zero.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> Double {
    let range = TextScanner.trimmed(text)
    guard let number = NumberShape(text, range) else {
      if let special = special(text, range) { return special }
      throw Diagnostic(.invalidTextRepresentation, "invalid input syntax for type DOUBLE")
    }
    if let fast = number.fastDouble { return fast }
    guard let value = Double(String(bytes: text.extracting(range))), value.isFinite,
      value != 0 || number.isZero
    else { throw Diagnostic(.numericValueOutOfRange, "a number is out of range for type DOUBLE") }
    return value
  }

  private static func special(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? {
    if TextScanner.matches(text, range, "nan") { return .nan }
    guard let first = range.first else { return nil }
    let isSigned = text[first] == UInt8(ascii: "-") || text[first] == UInt8(ascii: "+")
    let word = isSigned ? range.dropFirst() : range
    guard TextScanner.matches(text, word, "infinity") || TextScanner.matches(text, word, "inf") else {
      return nil
    }
    return text[first] == UInt8(ascii: "-") ? -.infinity : .infinity
  }

  /// The shortest digits that read back as `value`, in PostgreSQL's form: `0.1`, `1e+20`, `1e-05`, `NaN`.
  package static func append(_ value: Double, to out: inout [UInt8]) {
    append(
      value.description, isNaN: value.isNaN, isFinite: value.isFinite, neighbours: HalfwayPoints(value),
      plainExponents: -4..<15, to: &out)
  }

  /// As an element of a vector prints: the shortest digits that read back as the float32.
  package static func append(_ value: Float, to out: inout [UInt8]) {
    append(
      value.description, isNaN: value.isNaN, isFinite: value.isFinite, neighbours: HalfwayPoints(value),
      plainExponents: -4..<6, to: &out)
  }

  private static func append(
    _ description: String, isNaN: Bool, isFinite: Bool, neighbours: HalfwayPoints?,
    plainExponents: Range<Int>,
    to out: inout [UInt8]
  ) {
    if isNaN { return out.append(contentsOf: "NaN".utf8) }
    var description = description
    if description.utf8.first == UInt8(ascii: "-") {
      out.append(UInt8(ascii: "-"))
      description.removeFirst()
    }
    guard isFinite else { return out.append(contentsOf: "Infinity".utf8) }
    var form = ShortestDigits(description)
    if let neighbours { form.leaveHalfway(neighbours) }
    form.append(plainExponents: plainExponents, to: &out)
  }
}
