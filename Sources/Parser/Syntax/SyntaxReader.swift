import VSQLDiagnostics
import VSQLLexer

/// A place in a token stream. `mutating` means: consumes tokens. Each file `SyntaxReader+….swift` reads one
/// family of the grammar's productions.
struct SyntaxReader {
  let stream: TokenStream
  private let tokens: [Token]
  /// The next token; never past the last, which is `endOfText` or `invalid`.
  private(set) var index = 0

  /// How many constructs enclose the next token.
  private(set) var depth = 0
  /// The deepest level of the tree read so far, counted as `depth` counts. A chain `a + b + c` is read by a
  /// loop, yet its tree leans to the left and is as deep as it is long: loops report it by `deepen`.
  var reach = 0
  /// The most levels a tree may have, for every later recursion over it, dropping it included.
  static let deepest = 256

  /// The token last read as an alias without AS: where a syntax error follows it, it may have been meant as
  /// a keyword (`FORM t`).
  var bareAlias: Token?

  init(_ stream: TokenStream) {
    self.stream = stream
    tokens = stream.tokens
  }

  var token: Token { tokens[index] }
  var isAtEnd: Bool { token.kind == .endOfText }

  /// The token `ahead` of the next, or the last one.
  func peek(_ ahead: Int) -> Token { tokens[min(index + ahead, tokens.count - 1)] }

  /// Where the token before the next one ended.
  var previousEnd: Int { index > 0 ? tokens[index - 1].end : 0 }

  /// From `start` to the end of what was read last.
  func span(from start: Int) -> SourceSpan { SourceSpan(start: start, end: previousEnd) }

  func at(_ kind: Token.Kind, ahead: Int = 0) -> Bool { peek(ahead).kind == kind }

  func at(_ keyword: Keyword, ahead: Int = 0) -> Bool {
    if case .keyword(let found) = peek(ahead).kind { found == keyword } else { false }
  }

  func at(_ first: Keyword, then second: Keyword) -> Bool { at(first) && at(second, ahead: 1) }

  /// Whether the token is an unquoted word of this spelling, keyword or not. `word` is in lower case.
  func at(word: String, ahead: Int = 0) -> Bool {
    let token = peek(ahead)
    switch token.kind {
    case .identifier, .keyword: return stream.name(of: token) == word
    default: return false
    }
  }

  @discardableResult
  mutating func take() -> Token {
    let taken = token
    if index < tokens.count - 1 { index += 1 }
    return taken
  }

  mutating func take(if kind: Token.Kind) -> Bool {
    guard at(kind) else { return false }
    take()
    return true
  }

  mutating func take(if keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    take()
    return true
  }

  mutating func take(if first: Keyword, then second: Keyword) -> Bool {
    guard at(first, then: second) else { return false }
    take()
    take()
    return true
  }

  mutating func expect(_ kind: Token.Kind, _ what: String) throws(SyntaxFault) {
    guard take(if: kind) else { throw unexpected(what) }
  }

  mutating func expect(_ keywords: Keyword...) throws(SyntaxFault) {
    for keyword in keywords {
      guard take(if: keyword) else { throw unexpected(keyword.rawValue, near: [keyword]) }
    }
  }

  /// Jumps to a token that was found by looking ahead.
  mutating func skip(to index: Int) { self.index = min(index, tokens.count - 1) }

  // MARK: Nesting

  /// Enters a construct that holds others of its kind; `ascend` leaves it. After an error nothing is read on,
  /// so nothing needs to be left.
  mutating func descend() throws(SyntaxFault) {
    depth += 1
    reach = max(reach, depth)
    if depth > Self.deepest { throw tooDeep(at: token.span) }
  }

  mutating func ascend() { depth -= 1 }

  /// One more level above what was read since `reach` was last set to `depth`.
  mutating func deepen(from levels: Int) throws(SyntaxFault) {
    reach = max(reach, levels + 1)
    if reach > Self.deepest { throw tooDeep(at: token.span) }
  }

  @inline(never)
  private func tooDeep(at span: SourceSpan) -> SyntaxFault {
    SyntaxFault(
      .statementTooComplex, "the statement nests deeper than \(Self.deepest) levels", at: span,
      hint: "a long chain of one operator counts a level for each: group its parts with parentheses")
  }
}
