/// A number as text writes it: ± `digits` · 10^`exponent`, its grammar checked.
struct NumberShape {
  var isNegative = false
  /// The first 19 significant digits.
  var digits: UInt64 = 0
  var exponent = 0
  /// False when more than 19 digits were written; then the text itself must be read again, more slowly.
  var isWhole = true

  var isZero: Bool { digits == 0 }

  /// The number that `text[range]` is from its first to its last byte; nil when it is none.
  init?(_ text: Span<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    let end = range.upperBound
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    let first = at
    readDigits(text, &at, end, isFraction: false)
    var count = at - first
    if at < end, text[at] == UInt8(ascii: ".") {
      at += 1
      let start = at
      readDigits(text, &at, end, isFraction: true)
      count += at - start
    }
    guard count > 0 else { return nil }
    if at < end {
      guard text[at] | 0x20 == UInt8(ascii: "e") else { return nil }
      at += 1
      guard readExponent(text, &at, end) else { return nil }
    }
  }

  private mutating func readDigits(_ text: Span<UInt8>, _ at: inout Int, _ end: Int, isFraction: Bool) {
    while at < end, let digit = TextScanner.digit(text[at]) {
      if digits < 1_000_000_000_000_000_000 {
        digits = digits &* 10 &+ UInt64(digit)
        if isFraction { exponent -= 1 }
      } else {
        if digit != 0 { isWhole = false }
        if !isFraction { exponent += 1 }
      }
      at += 1
    }
  }

  private mutating func readExponent(_ text: Span<UInt8>, _ at: inout Int, _ end: Int) -> Bool {
    var isDown = false
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isDown = text[at] == UInt8(ascii: "-")
      at += 1
    }
    let start = at
    var value = 0
    while at < end, let digit = TextScanner.digit(text[at]) {
      // Past 100,000 a DOUBLE has overflowed or vanished; the cap keeps the sum small.
      value = min(value * 10 + digit, 100_000)
      at += 1
    }
    exponent += isDown ? -value : value
    return at > start && at == end
  }

  /// The nearest DOUBLE where one multiplication or division of exact numbers gives it (Clinger's fast path); else nil.
  var fastDouble: Double? {
    guard isWhole, digits < 1 << 53, (-22...22).contains(exponent) else { return nil }
    var value = Double(digits)
    if exponent < 0 { value /= NumberShape.powers[-exponent] } else { value *= NumberShape.powers[exponent] }
    return isNegative ? -value : value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}
