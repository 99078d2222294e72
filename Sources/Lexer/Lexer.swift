import VSQLDiagnostics

/// Bytes to tokens, one pass, no `Character`. Each file `Lexer+….swift` holds one kind of token.
struct Lexer {
  let bytes: [UInt8]
  /// The next byte to read.
  var index = 0
  var tokens: [Token] = []
  var escapeValues: [Int: String] = [:]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A third of the bytes: names and numbers with their separators; a guess that saves most of the growth.
    tokens.reserveCapacity(bytes.count / 3 + 2)
  }

  mutating func run() throws(Diagnostic) {
    skipByteOrderMark()
    while true {
      try skipBlanks()
      guard index < bytes.count else { break }
      try readToken()
    }
    emit(.endOfText, from: bytes.count)
  }

  /// Ends the tokens where lexing stopped.
  mutating func markInvalid(at span: SourceSpan?) {
    let start = min(span?.start ?? index, bytes.count)
    tokens.append(Token(.invalid, start: start, end: min(max(start, span?.end ?? start), bytes.count)))
  }

  /// The byte `ahead` of the next one, or 0 past the end: 0 is no byte of SQL text, so it matches nothing.
  func peek(_ ahead: Int = 0) -> UInt8 {
    let place = index + ahead
    return place < bytes.count ? bytes[place] : 0
  }

  /// Adds a token that ends before the next byte.
  mutating func emit(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind, start: start, end: index))
  }

  private mutating func readToken() throws(Diagnostic) {
    let byte = bytes[index]
    if ByteClass.isDigit(byte) || (byte == UInt8(ascii: ".") && ByteClass.isDigit(peek(1))) {
      return try readNumber()
    }
    if ByteClass.isIdentifierStart(byte) { return try readWord() }
    switch byte {
    case UInt8(ascii: "'"): try readString()
    case UInt8(ascii: "\""): try readQuotedIdentifier()
    case UInt8(ascii: "$"): try readDollar()
    case UInt8(ascii: ":"): try readColon()
    default: try readOperator(byte)
    }
  }

  /// Some editors begin a file with U+FEFF.
  private mutating func skipByteOrderMark() {
    if peek() == 0xEF, peek(1) == 0xBB, peek(2) == 0xBF { index = 3 }
  }

  /// White space and comments.
  private mutating func skipBlanks() throws(Diagnostic) {
    while index < bytes.count {
      let byte = bytes[index]
      if ByteClass.isWhitespace(byte) {
        index += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  /// `/* … */`, nested as deep as the text has it: a counter, no recursion.
  private mutating func skipBlockComment() throws(Diagnostic) {
    let start = index
    var depth = 0
    repeat {
      guard index < bytes.count else { throw .unterminated("comment", closedBy: "*/", at: start, width: 2) }
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
      } else {
        index += 1
      }
    } while depth > 0
  }
}
