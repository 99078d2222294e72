import VSQLDiagnostics

/// The errors of the lexer. A literal's text is never part of a message: it may be data.
extension Diagnostic {
  static func unterminated(_ what: String, closedBy closing: String, at start: Int, width: Int) -> Diagnostic
  {
    Diagnostic(
      .syntaxError, "unterminated \(what), expected \(closing) before the end of the text",
      at: SourceSpan(start: start, end: start + width), label: "opened here")
  }

  static func nullByte(at offset: Int) -> Diagnostic {
    Diagnostic(
      .characterNotInRepertoire, "the text holds the zero byte, which no SQL text may",
      at: SourceSpan(start: offset, end: offset + 1))
  }

  package static func invalidUTF8(at offset: Int) -> Diagnostic {
    Diagnostic(
      .characterNotInRepertoire, "the text is not valid UTF-8",
      at: SourceSpan(start: offset, end: offset + 1))
  }

  package static func textTooLong() -> Diagnostic {
    Diagnostic(
      .programLimitExceeded, "the statement is longer than \(TokenStream.longestText >> 20) MiB",
      at: SourceSpan(start: 0, end: 0), hint: "load rows with COPY, or split the statement")
  }

  static func nameTooLong(_ length: Int, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .nameTooLong, "the name is \(length) bytes long, expected at most \(Lexer.longestName)", at: span)
  }

  static func emptyName(at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .syntaxError, "a quoted name is empty, expected at least one character", at: span,
      hint: "an empty string is written ''")
  }

  static func badNumber(_ text: String, at span: SourceSpan, hint: String?) -> Diagnostic {
    Diagnostic(.syntaxError, "\"\(text)\" is no number", at: span, hint: hint)
  }

  static func badParameter(_ message: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.syntaxError, message, at: span)
  }

  static func badHexadecimal(_ message: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.invalidTextRepresentation, message, at: span)
  }

  static func badEscape(
    _ message: String, at span: SourceSpan, state: SQLState = .invalidEscapeSequence
  ) -> Diagnostic {
    Diagnostic(state, message, at: span)
  }

  static func unknownOperator(_ text: String, at span: SourceSpan, hint: String?) -> Diagnostic {
    Diagnostic(.syntaxError, "there is no operator \(text)", at: span, hint: hint)
  }

  static func strayCharacter(_ text: String, at span: SourceSpan, hint: String?) -> Diagnostic {
    Diagnostic(.syntaxError, "syntax error at or near \"\(text)\": no token begins so", at: span, hint: hint)
  }

  /// What the language has, and this release has not.
  package static func featureNotSupported(
    _ feature: String, at span: SourceSpan, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(.featureNotSupported, "\(feature) is not supported yet", at: span, hint: hint)
  }
}
