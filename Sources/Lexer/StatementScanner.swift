/// Where a script stands, byte by byte: as much of the lexer as it takes to tell which semicolon ends a statement.
///
/// It looks back, never ahead, so it can stop after any byte.
struct StatementScanner: Sendable {
  enum Mode: Hashable, Sendable {
    case code
    case lineComment
    case blockComment(depth: Int)
    case string(hasEscapes: Bool)
    case quotedName
    /// After `$` and letters that may become a tag.
    case dollarTag
    case dollarString
  }

  /// What the bytes just read in code may be the beginning of.
  private enum Word: Hashable, Sendable {
    case none
    /// A single `e`, after which a quote opens a string with escapes.
    case escapeLetter
    case other
    /// After one colon: the next word is a parameter's name.
    case colon
  }

  /// After a string: another part of it may follow, at once or after a line break.
  private enum AfterString: Hashable, Sendable {
    case no
    case here(hasEscapes: Bool)
    case blanks(hasEscapes: Bool, sawLineBreak: Bool)
  }

  private(set) var mode = Mode.code
  /// Bytes of the statement that are neither white space nor comment.
  private(set) var contentBytes = 0

  private var word = Word.none
  private var afterString = AfterString.no
  /// The byte before, where two together mean something: `--`, `/*`, `*/`.
  private var previous: UInt8 = 0
  private var isEscaped = false
  /// `$tag$`, and how much of it the end of the text so far matches.
  private var tag: [UInt8] = []
  private var matched = 0

  var isBetweenTokens: Bool { mode == .code }

  mutating func beginStatement() {
    contentBytes = 0
    word = .none
    afterString = .no
    previous = 0
  }

  /// Reads one byte; whether it is the semicolon that ends the statement.
  mutating func read(_ byte: UInt8) -> Bool {
    switch mode {
    case .code: return readCode(byte)
    case .lineComment:
      if byte == UInt8(ascii: "\n") { mode = .code }
    case .blockComment(let depth): readBlockComment(byte, depth)
    case .string(let hasEscapes): readString(byte, hasEscapes)
    case .quotedName:
      contentBytes += 1
      if byte == UInt8(ascii: "\"") { mode = .code }
    case .dollarTag: return readDollarTag(byte)
    case .dollarString: readDollarString(byte)
    }
    return false
  }

  private mutating func readCode(_ byte: UInt8) -> Bool {
    if ByteClass.isWhitespace(byte) {
      readBlank(byte)
      return false
    }
    if byte == UInt8(ascii: ";") { return true }
    contentBytes += 1
    let before = previous
    previous = 0
    if byte == UInt8(ascii: "'") {
      openString()
    } else if word != .none, word != .colon, ByteClass.isIdentifierPart(byte) {
      word = .other
    } else if ByteClass.isIdentifierStart(byte) || ByteClass.isDigit(byte) {
      word = byte | 0x20 == UInt8(ascii: "e") && word != .colon ? .escapeLetter : .other
    } else {
      readPunctuation(byte, after: before)
    }
    if mode == .code { afterString = .no }
    return false
  }

  private mutating func readBlank(_ byte: UInt8) {
    word = .none
    previous = 0
    let isLineBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    switch afterString {
    case .no: break
    case .here(let hasEscapes): afterString = .blanks(hasEscapes: hasEscapes, sawLineBreak: isLineBreak)
    case .blanks(let hasEscapes, let saw):
      afterString = .blanks(hasEscapes: hasEscapes, sawLineBreak: saw || isLineBreak)
    }
  }

  private mutating func openString() {
    var hasEscapes = word == .escapeLetter
    switch afterString {
    case .here(let before), .blanks(let before, sawLineBreak: true): hasEscapes = hasEscapes || before
    case .no, .blanks: break
    }
    mode = .string(hasEscapes: hasEscapes)
    word = .none
    isEscaped = false
  }

  private mutating func readPunctuation(_ byte: UInt8, after before: UInt8) {
    let afterColon = word == .colon
    word = .none
    switch byte {
    case UInt8(ascii: "\""): mode = .quotedName
    case UInt8(ascii: "$"):
      mode = .dollarTag
      tag = [byte]
    case UInt8(ascii: "-") where before == byte:
      contentBytes -= 2
      mode = .lineComment
    case UInt8(ascii: "*") where before == UInt8(ascii: "/"):
      contentBytes -= 2
      mode = .blockComment(depth: 1)
    case UInt8(ascii: ":"): word = afterColon ? .none : .colon
    case UInt8(ascii: "-"), UInt8(ascii: "/"): previous = byte
    default: break
    }
  }

  private mutating func readBlockComment(_ byte: UInt8, _ depth: Int) {
    let before = previous
    previous = 0
    if before == UInt8(ascii: "/"), byte == UInt8(ascii: "*") {
      mode = .blockComment(depth: depth + 1)
    } else if before == UInt8(ascii: "*"), byte == UInt8(ascii: "/") {
      mode = depth == 1 ? .code : .blockComment(depth: depth - 1)
    } else {
      previous = byte
    }
  }

  private mutating func readString(_ byte: UInt8, _ hasEscapes: Bool) {
    contentBytes += 1
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\"), hasEscapes {
      isEscaped = true
    } else if byte == UInt8(ascii: "'") {
      mode = .code
      afterString = .here(hasEscapes: hasEscapes)
    }
  }

  private mutating func readDollarTag(_ byte: UInt8) -> Bool {
    if byte == UInt8(ascii: "$") {
      contentBytes += 1
      tag.append(byte)
      matched = 0
      mode = .dollarString
      return false
    }
    if ByteClass.isTagPart(byte), tag.count > 1 || !ByteClass.isDigit(byte) {
      contentBytes += 1
      tag.append(byte)
      return false
    }
    // No tag after all: `$1`, or an error that the lexer will tell.
    mode = .code
    word = .other
    return readCode(byte)
  }

  private mutating func readDollarString(_ byte: UInt8) {
    contentBytes += 1
    // A tag holds `$` at its two ends only: only a `$` can begin another match.
    if byte == tag[matched] {
      matched += 1
    } else {
      matched = byte == UInt8(ascii: "$") ? 1 : 0
    }
    if matched == tag.count {
      mode = .code
      tag = []
    }
  }
}
