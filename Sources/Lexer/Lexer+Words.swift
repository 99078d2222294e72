import VSQLDiagnostics

extension Lexer {
  /// The longest name in bytes, as in PostgreSQL, which cuts off the rest; here a longer one is an error.
  static let longestName = 63

  /// An identifier, a keyword, or the letter before a string: `E'…'`, `x'…'`.
  mutating func readWord() throws(Diagnostic) {
    let start = index
    if peek(1) == UInt8(ascii: "'"), try readPrefixedString() { return }
    var word = PackedWord()
    while index < bytes.count, ByteClass.isIdentifierPart(bytes[index]) {
      let byte = bytes[index]
      if byte >= 0x80 { try checkLetter() }
      word.append(byte)
      index += 1
    }
    if let keyword = KeywordTable.shared.keyword(of: word) { return emit(.keyword(keyword), from: start) }
    try checkNameLength(word.count, from: start)
    emit(.identifier, from: start)
  }

  /// `"name"`, with `""` for a quote inside.
  mutating func readQuotedIdentifier() throws(Diagnostic) {
    let start = index
    let length = try skipQuotedName()
    if length == 0 { throw .emptyName(at: SourceSpan(start: start, end: index)) }
    try checkNameLength(length, from: start)
    emit(.quotedIdentifier, from: start)
  }

  /// Past the closing quote; the name's length in bytes, with `""` as one.
  private mutating func skipQuotedName() throws(Diagnostic) -> Int {
    let start = index
    var length = 0
    index += 1
    while true {
      guard index < bytes.count else {
        throw .unterminated("quoted identifier", closedBy: "\"", at: start, width: 1)
      }
      if bytes[index] == 0 { throw .nullByte(at: index) }
      if bytes[index] == UInt8(ascii: "\"") {
        guard peek(1) == UInt8(ascii: "\"") else { break }
        index += 1
      }
      index += 1
      length += 1
    }
    index += 1
    return length
  }

  /// `:name`, `:"name"` and `::`.
  mutating func readColon() throws(Diagnostic) {
    let start = index
    if peek(1) == UInt8(ascii: ":") {
      index += 2
      return emit(.doubleColon, from: start)
    }
    index += 1
    if peek() == UInt8(ascii: "\"") {
      let length = try skipQuotedName()
      if length == 0 { throw .emptyName(at: SourceSpan(start: start, end: index)) }
      try checkNameLength(length, from: start)
      return emit(.namedParameter, from: start)
    }
    guard ByteClass.isIdentifierStart(peek()) else {
      throw .strayCharacter(
        ":", at: SourceSpan(start: start, end: index),
        hint: "a parameter is written :name, a cast x::type")
    }
    while index < bytes.count, ByteClass.isIdentifierPart(bytes[index]) {
      if bytes[index] >= 0x80 { try checkLetter() }
      index += 1
    }
    try checkNameLength(index - start - 1, from: start)
    emit(.namedParameter, from: start)
  }

  private func checkNameLength(_ length: Int, from start: Int) throws(Diagnostic) {
    guard length > Self.longestName else { return }
    throw .nameTooLong(length, at: SourceSpan(start: start, end: index))
  }

  /// Letters of every script are letters; quotes, dashes and spaces that a word processor put in are not,
  /// and inside a name they would be a riddle.
  private func checkLetter() throws(Diagnostic) {
    guard bytes[index] & 0xC0 != 0x80 else { return }
    let (scalar, length) = scalar()
    let span = SourceSpan(start: index, end: index + length)
    switch scalar.value {
    case 0x2018, 0x2019, 0x201A, 0x201B, 0x2032:
      throw .strayCharacter(String(scalar), at: span, hint: "a string is written in straight quotes: 'text'")
    case 0x201C, 0x201D, 0x201E, 0x201F, 0x2033:
      throw .strayCharacter(
        String(scalar), at: span,
        hint:
          "a string is written in straight single quotes: 'text', a name in straight double quotes: \"name\"")
    case 0x2010...0x2015, 0x2212:
      throw .strayCharacter(String(scalar), at: span, hint: "minus is written -")
    case 0xA0, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x206F, 0x3000, 0xFEFF:
      throw .strayCharacter(
        codePoint(scalar), at: span, hint: "this space is none of SQL's: type a plain one")
    case 0x80...0x9F, 0x2016...0x2031, 0x2034...0x205E, 0xFFFD:
      throw .strayCharacter(codePoint(scalar), at: span, hint: nil)
    default: return
    }
  }

  private func codePoint(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The scalar at the next byte. The text is known to be UTF-8.
  private func scalar() -> (Unicode.Scalar, length: Int) {
    let lead = peek()
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var value = UInt32(lead & (0xFF >> UInt8(length + 1)))
    for ahead in 1..<length { value = value << 6 | UInt32(peek(ahead) & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
