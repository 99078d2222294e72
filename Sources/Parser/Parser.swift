import VSQLDiagnostics
import VSQLLexer

/// Text to syntax trees, by recursive descent over `Grammar/vsql.ebnf`.
package enum Parser {
  /// Every statement of a text, separated by semicolons; empty for a text of white space and comments.
  package static func parse(_ text: String) throws(Diagnostic) -> [ParsedStatement] {
    try parse(TokenStream(lexing: text))
  }

  /// As `parse(_: String)`, of a text that is lexed already.
  package static func parse(_ stream: TokenStream) throws(Diagnostic) -> [ParsedStatement] {
    try reading(stream) { (reader) throws(SyntaxFault) in
      var statements: [ParsedStatement] = []
      while true {
        while reader.take(if: .semicolon) {}
        if reader.isAtEnd { return statements }
        statements.append(try reader.readStatement())
        try reader.expectStatementEnd()
      }
    }
  }

  /// The one statement of a text, which a semicolon may end.
  package static func parseStatement(_ text: String) throws(Diagnostic) -> ParsedStatement {
    try parseStatement(TokenStream(lexing: text))
  }

  /// As `parseStatement(_: String)`, of a text that is lexed already.
  package static func parseStatement(_ stream: TokenStream) throws(Diagnostic) -> ParsedStatement {
    try reading(stream) { (reader) throws(SyntaxFault) in
      while reader.take(if: .semicolon) {}
      if reader.isAtEnd { throw reader.unexpected("a statement") }
      let statement = try reader.readStatement()
      try reader.expectStatementEnd()
      while reader.take(if: .semicolon) {}
      guard reader.isAtEnd else {
        throw SyntaxFault(
          .syntaxError, "the text holds more than one statement, expected one", at: reader.token.span,
          label: "the second begins here")
      }
      return statement
    }
  }

  /// The one expression of a text.
  package static func parseExpression(_ text: String) throws(Diagnostic) -> Expression {
    try reading(TokenStream(lexing: text)) { (reader) throws(SyntaxFault) in
      let expression = try reader.readExpression()
      guard reader.isAtEnd else { throw reader.unexpected("the end of the expression") }
      return expression
    }
  }

  /// The tokens of a text within `span`, or of the whole of it, as `EXPLAIN (TOKENS)` shows them.
  package static func tokenLines(
    _ text: String, in span: SourceSpan? = nil
  ) throws(Diagnostic) -> [TokenLine] {
    let stream = TokenStream(lexing: text)
    let tokens = try stream.checked()
    return tokenLines(of: tokens[...], in: stream).filter { line in
      span.map { $0.start <= line.span.start && line.span.end <= $0.end } ?? true
    }
  }

  static func tokenLines(of tokens: ArraySlice<Token>, in stream: TokenStream) -> [TokenLine] {
    tokens.filter { $0.kind != .endOfText }.map {
      TokenLine(kind: $0.kind.label, text: stream.text(of: $0), span: $0.span)
    }
  }
}
