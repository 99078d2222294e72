import VSQLDiagnostics

/// The escapes of `E'…'`, PostgreSQL's: `\n \t \r \b \f`, octal `\ooo`, `\xhh`, `\uXXXX`, `\UXXXXXXXX`; any other
/// character after a backslash stands for itself.
struct EscapeString {
  private let text: ArraySlice<UInt8>
  private var index: Int
  private var value: [UInt8] = []

  /// The value of `text`, which begins and ends with a quote and may be several parts.
  static func decode(_ text: ArraySlice<UInt8>) throws(Diagnostic) -> String {
    var decoder = EscapeString(text: text, index: text.startIndex)
    try decoder.run()
    let span = SourceSpan(start: text.startIndex, end: text.endIndex)
    if decoder.value.contains(0) { throw .badEscape("an escape stands for the zero byte", at: span) }
    if UTF8Check.firstInvalid(in: decoder.value[...]) != nil {
      throw .badEscape("the escapes do not make valid UTF-8", at: span, state: .characterNotInRepertoire)
    }
    return String(decoding: decoder.value, as: UTF8.self)
  }

  private init(text: ArraySlice<UInt8>, index: Int) {
    self.text = text
    self.index = index
  }

  private func peek(_ ahead: Int = 0) -> UInt8 {
    index + ahead < text.endIndex ? text[index + ahead] : 0
  }

  private mutating func run() throws(Diagnostic) {
    while index < text.endIndex {
      // At a part's opening quote, or white space before it.
      let isQuote = peek() == UInt8(ascii: "'")
      index += 1
      if isQuote { try readPart() }
    }
  }

  private mutating func readPart() throws(Diagnostic) {
    while index < text.endIndex {
      let byte = peek()
      if byte == UInt8(ascii: "'") {
        index += 1
        guard peek() == UInt8(ascii: "'") else { return }
        value.append(byte)
        index += 1
      } else if byte == UInt8(ascii: "\\") {
        try readEscape()
      } else {
        value.append(byte)
        index += 1
      }
    }
  }

  private mutating func readEscape() throws(Diagnostic) {
    let start = index
    let letter = peek(1)
    index = min(index + 2, text.endIndex)
    switch letter {
    case UInt8(ascii: "n"): value.append(10)
    case UInt8(ascii: "t"): value.append(9)
    case UInt8(ascii: "r"): value.append(13)
    case UInt8(ascii: "b"): value.append(8)
    case UInt8(ascii: "f"): value.append(12)
    case UInt8(ascii: "0")...UInt8(ascii: "7"): readOctal(first: letter & 7)
    case UInt8(ascii: "x") where ByteClass.hexDigit(peek()) != nil:
      value.append(UInt8(truncatingIfNeeded: hexadecimal(atMost: 2).value))
    case UInt8(ascii: "u"): try readScalar(digits: 4, from: start)
    case UInt8(ascii: "U"): try readScalar(digits: 8, from: start)
    default: value.append(letter)
    }
  }

  private mutating func readOctal(first: UInt8) {
    var number = UInt(first)
    for _ in 0..<2 where peek() & 0xF8 == 0x30 {
      number = number << 3 | UInt(peek() & 7)
      index += 1
    }
    value.append(UInt8(truncatingIfNeeded: number))
  }

  private mutating func hexadecimal(atMost limit: Int) -> (value: UInt32, count: Int) {
    var number: UInt32 = 0
    var count = 0
    while count < limit, let digit = ByteClass.hexDigit(peek()) {
      number = number << 4 | UInt32(digit)
      index += 1
      count += 1
    }
    return (number, count)
  }

  private mutating func readScalar(digits: Int, from start: Int) throws(Diagnostic) {
    var code = try scalarValue(digits: digits, from: start)
    if (0xD800...0xDBFF).contains(code), peek() == UInt8(ascii: "\\"), peek(1) | 0x20 == UInt8(ascii: "u") {
      let wide = peek(1) == UInt8(ascii: "U")
      index += 2
      let low = try scalarValue(digits: wide ? 8 : 4, from: start)
      guard (0xDC00...0xDFFF).contains(low) else { throw badScalar(from: start) }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw badScalar(from: start) }
    value.append(contentsOf: Array(String(scalar).utf8))
  }

  private mutating func scalarValue(digits: Int, from start: Int) throws(Diagnostic) -> UInt32 {
    let (code, count) = hexadecimal(atMost: digits)
    guard count == digits else {
      throw .badEscape(
        "a Unicode escape has 4 hexadecimal digits after \\u or 8 after \\U",
        at: SourceSpan(start: start, end: index))
    }
    return code
  }

  private func badScalar(from start: Int) -> Diagnostic {
    .badEscape("a Unicode escape stands for no character", at: SourceSpan(start: start, end: index))
  }
}
