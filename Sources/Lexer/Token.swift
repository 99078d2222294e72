import VSQLDiagnostics

/// The smallest piece of SQL text that means something: what it is and where it stands.
///
/// A token holds no text of its own; `TokenStream` reads it from the statement. So a token is 12 bytes, and a
/// vector of a thousand numbers is lexed without one allocation per number.
package struct Token: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case identifier
    /// `"name"`: taken as it is.
    case quotedIdentifier
    case keyword(Keyword)

    case integer
    /// `1.5`, `.5`, `1.`
    case decimal
    /// `1e9`, `1.5e-3`
    case scientific
    /// `'it''s'`
    case string
    /// `E'\n'`
    case escapeString
    /// `$$text$$`, `$tag$text$tag$`
    case dollarString
    /// `x'00ff'`
    case bytes
    /// `$1`
    case positionalParameter
    /// `:name`, `:"name"`
    case namedParameter

    case plus, minus, star, slash, percent, concat
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// `<->`, `<=>`, `<#>`, `<+>`, `<~>`, `<%>`
    case l2Distance, cosineDistance, negativeInnerProduct, l1Distance, hammingDistance, jaccardDistance
    /// `::`
    case doubleColon
    case comma, dot, semicolon, leftParen, rightParen, leftBracket, rightBracket

    /// After the last token, without width.
    case endOfText
    /// Where lexing stopped: `TokenStream.failure` says why.
    case invalid
  }

  package let kind: Kind
  private let startOffset: UInt32
  private let endOffset: UInt32

  /// Offsets are UTF-8 bytes, at most `TokenStream.longestText`.
  init(_ kind: Kind, start: Int, end: Int) {
    self.kind = kind
    startOffset = UInt32(clamping: start)
    endOffset = UInt32(clamping: end)
  }

  package var start: Int { Int(startOffset) }
  package var end: Int { Int(endOffset) }
  package var span: SourceSpan { SourceSpan(start: start, end: end) }
}

extension Token.Kind {
  /// What kind of token this is, as `EXPLAIN (TOKENS)` calls it.
  package var label: String {
    switch self {
    case .identifier: "identifier"
    case .quotedIdentifier: "quoted identifier"
    case .keyword: "keyword"
    case .integer: "integer"
    case .decimal: "decimal"
    case .scientific: "scientific"
    case .string: "string"
    case .escapeString: "escape string"
    case .dollarString: "dollar string"
    case .bytes: "bytes"
    case .positionalParameter, .namedParameter: "parameter"
    case .plus, .minus, .star, .slash, .percent, .concat, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .l2Distance, .cosineDistance, .negativeInnerProduct, .l1Distance, .hammingDistance,
      .jaccardDistance, .doubleColon:
      "operator"
    case .comma, .dot, .semicolon, .leftParen, .rightParen, .leftBracket, .rightBracket: "punctuation"
    case .endOfText: "end"
    case .invalid: "invalid"
    }
  }
}
