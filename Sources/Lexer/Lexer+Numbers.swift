import VSQLDiagnostics

extension Lexer {
  /// `1`, `1.5`, `.5`, `1.`, `1e9`: a number without sign, which no letter, digit or dot may follow.
  mutating func readNumber() throws(Diagnostic) {
    let start = index
    var kind = Token.Kind.integer
    skipDigits()
    if peek() == UInt8(ascii: "."), peek(1) != UInt8(ascii: ".") {
      kind = .decimal
      index += 1
      skipDigits()
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if ByteClass.isDigit(peek(signed ? 2 : 1)) {
        kind = .scientific
        index += signed ? 2 : 1
        skipDigits()
      }
    }
    if ByteClass.isIdentifierPart(peek()) || (kind != .integer && peek() == UInt8(ascii: ".")) {
      throw badNumber(from: start)
    }
    emit(kind, from: start)
  }

  private mutating func skipDigits() {
    while ByteClass.isDigit(peek()) { index += 1 }
  }

  /// The whole run of letters and digits is shown, so that the caret marks what was typed as one word.
  private mutating func badNumber(from start: Int) -> Diagnostic {
    while ByteClass.isIdentifierPart(peek()) || peek() == UInt8(ascii: ".") { index += 1 }
    let text = bytes[start..<index]
    let second = text.dropFirst().first.map { $0 | 0x20 }
    var hint: String?
    if text.first == UInt8(ascii: "0"), second == UInt8(ascii: "x") {
      hint = "numbers are decimal; bytes are written x'00ff'"
    } else if text.contains(UInt8(ascii: "_")),
      text.allSatisfy({ ByteClass.isDigit($0) || $0 == UInt8(ascii: "_") })
    {
      hint = "write the digits without underscores"
    } else if text.last.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
      hint = "an exponent has at least one digit, as in 1e9"
    } else if text.allSatisfy({ ByteClass.isDigit($0) || $0 == UInt8(ascii: ".") }) {
      hint = "a number has one decimal point"
    } else {
      hint = "a name that begins with a digit must be written in double quotes"
    }
    return .badNumber(shown(text), at: SourceSpan(start: start, end: index), hint: hint)
  }

  /// A piece of the text for a message: at most 40 bytes of it.
  func shown(_ text: ArraySlice<UInt8>) -> String {
    guard text.count > 40 else { return String(decoding: text, as: UTF8.self) }
    let end = text.prefix(40).lastIndex { $0 & 0xC0 != 0x80 } ?? text.startIndex
    return String(decoding: text[..<end], as: UTF8.self) + "…"
  }
}
