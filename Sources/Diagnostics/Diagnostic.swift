/// The one error shape: a SQLSTATE, what was found and expected, the place, and a hint where one helps.
///
/// No field ever holds a stored value, a key, or a row that the session may not see.
package struct Diagnostic: Error, Hashable, Sendable {
  /// The SQLSTATE.
  package var state: SQLState
  /// Lower case; what was found and what was expected.
  package var message: String
  /// Where in the statement's text, when the fault lies in the text.
  package var span: SourceSpan?
  /// Said beside the caret: `did you mean "embedding"?`.
  package var label: String?
  /// What to do about it, as a sentence of its own.
  package var hint: String?

  package init(
    _ state: SQLState, _ message: String, at span: SourceSpan? = nil, label: String? = nil,
    hint: String? = nil
  ) {
    self.state = state
    self.message = message
    self.span = span
    self.label = label
    self.hint = hint
  }

  /// The same diagnostic with `span` where it has no place of its own yet.
  package func located(at span: SourceSpan?) -> Diagnostic {
    var copy = self
    if copy.span == nil { copy.span = span }
    return copy
  }

  /// The same diagnostic, its place seen from a text that begins `offset` bytes earlier.
  package func shifted(by offset: Int) -> Diagnostic {
    var copy = self
    copy.span = span?.shifted(by: offset)
    return copy
  }
}

/// An error of one room (a closed enum with typed facts) that knows its form at the public edge.
package protocol DiagnosableError: Error {
  var diagnostic: Diagnostic { get }
}

extension Diagnostic: DiagnosableError {
  package var diagnostic: Diagnostic { self }
}
