import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// The error at the next token: what stands there, and what was expected instead.
  ///
  /// - Parameter keywords: the keywords that could stand here, for "did you mean".
  @inline(never)
  func unexpected(_ expected: String, near keywords: [Keyword] = [], hint: String? = nil) -> SyntaxFault {
    if token.kind == .invalid, let failure = stream.failure { return SyntaxFault(failure) }
    if let later = laterFeature() { return later }
    var diagnostic = Diagnostic(.syntaxError, "\(found): expected \(expected)", at: place, hint: hint)
    if let meant = misspelledAlias() {
      diagnostic.span = meant.span
      diagnostic.message = "syntax error at or near \"\(stream.text(of: meant.token))\""
      diagnostic.label = meant.label
    } else {
      diagnostic.label = suggestion(among: keywords)
      if diagnostic.hint == nil { diagnostic.hint = commonSlip() }
    }
    return SyntaxFault(diagnostic)
  }

  /// Where the next token stands; the end of the text is just after the last token.
  private var place: SourceSpan {
    isAtEnd ? SourceSpan(start: previousEnd, end: previousEnd) : token.span
  }

  private var found: String {
    switch token.kind {
    case .endOfText: "syntax error at end of input"
    case .string, .escapeString, .dollarString: "syntax error at or near a string"
    case .bytes: "syntax error at or near a byte string"
    default: "syntax error at or near \"\(stream.text(of: token))\""
    }
  }

  private func suggestion(among keywords: [Keyword]) -> String? {
    guard token.kind == .identifier else { return nil }
    let spellings = keywords.map(\.rawValue)
    return Suggestion.closest(to: stream.text(of: token), in: spellings).map { "did you mean \($0)?" }
  }

  /// The keywords that may follow a table or a select item, in a statement's order.
  static let clauseKeywords: [Keyword] = [
    .from, .join, .left, .cross, .on, .using, .where, .exact, .approx, .nearest, .group, .having, .order,
    .limit,
    .offset, .fetch, .set, .values, .as,
  ]

  /// A word just read as an alias that is nearly a keyword.
  private func misspelledAlias() -> (token: Token, span: SourceSpan, label: String)? {
    guard let alias = bareAlias, alias.kind == .identifier, alias.end == previousEnd,
      alias.end - alias.start > 2
    else { return nil }
    let spellings = Self.clauseKeywords.map(\.rawValue)
    guard let closest = Suggestion.closest(to: stream.text(of: alias), in: spellings) else { return nil }
    return (alias, alias.span, "did you mean \(closest)?")
  }

  /// Slips that many people make, told by the tokens around the error.
  private func commonSlip() -> String? {
    let previous = index > 0 ? stream.tokens[index - 1].kind : .endOfText
    switch token.kind {
    case .quotedIdentifier where previous == .equal || previous == .comma:
      return "double quotes are for names; a string is written 'text'"
    case .comma where previous == .comma:
      return "one of the two commas is too many"
    case .rightParen where previous == .comma, .keyword(.from) where previous == .comma:
      return "the comma before it is too many"
    case .integer, .decimal, .scientific, .string, .escapeString, .dollarString, .identifier, .leftBracket:
      return Self.endsValue(previous) ? "a comma or an operator may be missing before it" : nil
    case .keyword(let keyword) where keyword.mayEndValue && Self.endsValue(previous):
      return "as a column's name it needs AS before it"
    case .keyword(let keyword) where keyword.isReserved:
      return previous == .comma || Self.beginsName(previous)
        ? "\(keyword.rawValue) is a reserved word; as a name it is written \"\(keyword.rawValue.lowercased())\""
        : nil
    default:
      return nil
    }
  }

  private static func endsValue(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .integer, .decimal, .scientific, .string, .escapeString, .dollarString, .rightBracket, .rightParen,
      .identifier, .quotedIdentifier:
      true
    default: false
    }
  }

  private static func beginsName(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .keyword(.table), .keyword(.into), .keyword(.update), .keyword(.as), .keyword(.tenant): true
    default: false
    }
  }
}
