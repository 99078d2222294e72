import VSQLDiagnostics

extension Lexer {
  /// `'it''s'`. A further quoted part after a line break belongs to the same string, as the standard has it.
  mutating func readString() throws(Diagnostic) {
    let start = index
    repeat { try skipQuotedPart(hasEscapes: false) } while skipToContinuation()
    emit(.string, from: start)
  }

  /// `E'…'`, `x'…'` at the letter; false where the letter is none of these.
  mutating func readPrefixedString() throws(Diagnostic) -> Bool {
    let start = index
    switch peek() | 0x20 {
    case UInt8(ascii: "e"):
      index += 1
      repeat { try skipQuotedPart(hasEscapes: true) } while skipToContinuation()
      escapeValues[start] = try EscapeString.decode(bytes[(start + 1)..<index])
      emit(.escapeString, from: start)
    case UInt8(ascii: "x"):
      index += 1
      try skipQuotedPart(hasEscapes: false)
      try checkHexadecimal(from: start)
      emit(.bytes, from: start)
    case UInt8(ascii: "b"):
      throw .featureNotSupported(
        "a bit string literal", at: SourceSpan(start: start, end: start + 2), hint: "write '101'::bit(3)")
    default:
      return false
    }
    return true
  }

  /// From the opening quote past the closing one.
  private mutating func skipQuotedPart(hasEscapes: Bool) throws(Diagnostic) {
    let start = index
    index += 1
    while true {
      guard index < bytes.count else { throw .unterminated("string", closedBy: "'", at: start, width: 1) }
      switch bytes[index] {
      case UInt8(ascii: "'"):
        index += 1
        if peek() != UInt8(ascii: "'") { return }
        index += 1
      case UInt8(ascii: "\\") where hasEscapes:
        index = min(index + 2, bytes.count)
      case 0:
        throw .nullByte(at: index)
      default:
        index += 1
      }
    }
  }

  /// To the quote of a further part, if white space with a line break and a quote follow.
  private mutating func skipToContinuation() -> Bool {
    guard let next = QuotedText.continuation(in: bytes, after: index) else { return false }
    index = next
    return true
  }

  private func checkHexadecimal(from start: Int) throws(Diagnostic) {
    let digits = bytes[(start + 2)..<(index - 1)]
    if let bad = digits.firstIndex(where: { ByteClass.hexDigit($0) == nil }) {
      throw .badHexadecimal(
        "x'…' holds a character that is no hexadecimal digit", at: SourceSpan(start: bad, end: bad + 1))
    }
    if digits.count % 2 != 0 {
      throw .badHexadecimal(
        "x'…' holds \(digits.count) hexadecimal digits, expected an even number",
        at: SourceSpan(start: start, end: index))
    }
  }

  /// `$1`, `$$…$$`, `$tag$…$tag$`.
  mutating func readDollar() throws(Diagnostic) {
    let start = index
    if ByteClass.isDigit(peek(1)) { return try readPositionalParameter() }
    index += 1
    while ByteClass.isTagPart(peek()) { index += 1 }
    guard peek() == UInt8(ascii: "$") else {
      index = start + 1
      throw .strayCharacter(
        "$", at: SourceSpan(start: start, end: start + 1),
        hint: "a parameter is written $1, a string $$text$$")
    }
    index += 1
    let tag = Array(bytes[start..<index])
    guard let close = DollarQuote.find(tag, in: bytes, from: index) else {
      throw .unterminated(
        "dollar-quoted string", closedBy: String(decoding: tag, as: UTF8.self), at: start, width: tag.count)
    }
    if let null = bytes[index..<close].firstIndex(of: 0) { throw .nullByte(at: null) }
    index = close + tag.count
    emit(.dollarString, from: start)
  }

  private mutating func readPositionalParameter() throws(Diagnostic) {
    let start = index
    index += 1
    var number = 0
    while ByteClass.isDigit(peek()) {
      number = min(number * 10 + Int(peek() & 0x0F), 1_000_000)
      index += 1
    }
    let isJunk = ByteClass.isIdentifierPart(peek())
    while ByteClass.isIdentifierPart(peek()) { index += 1 }
    let span = SourceSpan(start: start, end: index)
    if isJunk { throw .badParameter("letters follow the parameter's number", at: span) }
    if number == 0 { throw .badParameter("there is no parameter $0, expected $1 or higher", at: span) }
    if number > 65_535 { throw .badParameter("the parameter's number is above 65535", at: span) }
    emit(.positionalParameter, from: start)
  }
}
