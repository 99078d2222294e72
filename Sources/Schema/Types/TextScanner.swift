/// Small steps over the bytes of one value's text form.
enum TextScanner {
  /// The range of `text` without white space at both ends.
  static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
    var (start, end) = (0, text.count)
    while start < end, isSpace(text[start]) { start += 1 }
    while end > start, isSpace(text[end - 1]) { end -= 1 }
    return start..<end
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The digit that `byte` writes, 0 to 9; nil for any other byte.
  static func digit(_ byte: UInt8) -> Int? {
    let value = byte &- UInt8(ascii: "0")
    return value <= 9 ? Int(value) : nil
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Reads up to `limit` digits from `at`, which is moved behind them; nil when there is none.
  static func digits(_ text: Span<UInt8>, _ at: inout Int, limit: Int) -> Int? {
    let start = at
    var value = 0
    while at < text.count, at - start < limit, let digit = digit(text[at]) {
      value = value * 10 + digit
      at += 1
    }
    return at > start ? value : nil
  }

  /// Whether `text[range]` is `word` (lower-case ASCII), upper case counting as lower.
  static func matches(_ text: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    // The pointer is of a literal's own bytes, `utf8CodeUnitCount` of them.
    let letters = unsafe UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for index in 0..<range.count {
      var byte = text[range.lowerBound + index]
      if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte |= 0x20 }
      if unsafe byte != letters[index] { return false }
    }
    return true
  }

  /// Appends `value` in decimal, filled with zeros to `width` digits.
  static func append(_ value: Int, width: Int, to out: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<max(width, 1) { divisor *= 10 }
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      out.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
