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
    append(value.description, isNaN: value.isNaN, isFinite: value.isFinite, plainExponents: -4..<15, to: &out)
  }

  /// As an element of a vector prints: the shortest digits that read back as the float32.
  package static func append(_ value: Float, to out: inout [UInt8]) {
    append(value.description, isNaN: value.isNaN, isFinite: value.isFinite, plainExponents: -4..<6, to: &out)
  }

  private static func append(
    _ description: String, isNaN: Bool, isFinite: Bool, plainExponents: Range<Int>, to out: inout [UInt8]
  ) {
    if isNaN { return out.append(contentsOf: "NaN".utf8) }
    var description = description
    if description.utf8.first == UInt8(ascii: "-") {
      out.append(UInt8(ascii: "-"))
      description.removeFirst()
    }
    guard isFinite else { return out.append(contentsOf: "Infinity".utf8) }
    let form = ShortestDigits(description)
    form.append(plainExponents: plainExponents, to: &out)
  }
}

/// A number's digits without zeros at either end: 0.d₁d₂d₃… · 10^(`exponent` + 1).
private struct ShortestDigits {
  var digits: [UInt8] = []
  var exponent = 0

  /// Reads what the standard library prints: `12.5`, `1e-07`, `1.5e+20`.
  init(_ description: String) {
    var whole = 0
    var isFraction = false
    var power = 0
    var isDown = false
    var isPower = false
    for byte in description.utf8 {
      switch byte {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"): isPower = true
      case UInt8(ascii: "-"): isDown = true
      case UInt8(ascii: "+"): break
      default:
        if isPower {
          power = power * 10 + Int(byte - UInt8(ascii: "0"))
        } else {
          digits.append(byte)
          if !isFraction { whole += 1 }
        }
      }
    }
    let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(zeros)
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    exponent = whole - zeros - 1 + (isDown ? -power : power)
  }

  func append(plainExponents: Range<Int>, to out: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    if digits.isEmpty { return out.append(zero) }
    if plainExponents.contains(exponent) {
      if exponent < 0 {
        out.append(contentsOf: [zero, UInt8(ascii: ".")])
        out.append(contentsOf: repeatElement(zero, count: -exponent - 1))
        out.append(contentsOf: digits)
      } else {
        out.append(contentsOf: digits.prefix(exponent + 1))
        out.append(contentsOf: repeatElement(zero, count: max(0, exponent + 1 - digits.count)))
        if digits.count > exponent + 1 {
          out.append(UInt8(ascii: "."))
          out.append(contentsOf: digits[(exponent + 1)...])
        }
      }
      return
    }
    out.append(digits[0])
    if digits.count > 1 {
      out.append(UInt8(ascii: "."))
      out.append(contentsOf: digits[1...])
    }
    out.append(UInt8(ascii: "e"))
    out.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    TextScanner.append(abs(exponent), width: 2, to: &out)
  }
}
