import VSQLDiagnostics
import VSQLLexer

/// A diagnostic behind one pointer, as the reader's functions throw it.
///
/// A diagnostic is some 120 bytes, and every call that may throw keeps room for what it throws: thrown as it is, it
/// would make the frames of the recursion several times as large.
struct SyntaxFault: Error {
  private let box: Indirect<Diagnostic>

  var diagnostic: Diagnostic { box.value }

  @inline(never)
  init(_ diagnostic: Diagnostic) { box = .value(diagnostic) }

  @inline(never)
  init(
    _ state: SQLState, _ message: String, at span: SourceSpan, label: String? = nil, hint: String? = nil
  ) {
    self.init(Diagnostic(state, message, at: span, label: label, hint: hint))
  }

  @inline(never)
  static func featureNotSupported(_ feature: String, at span: SourceSpan, hint: String? = nil) -> SyntaxFault
  {
    SyntaxFault(.featureNotSupported(feature, at: span, hint: hint))
  }
}

extension Parser {
  /// Runs the reader and gives its fault the form that all other rooms know.
  static func reading<Result>(
    _ stream: TokenStream, _ body: (inout SyntaxReader) throws(SyntaxFault) -> Result
  ) throws(Diagnostic) -> Result {
    var reader = SyntaxReader(stream)
    do throws(SyntaxFault) {
      return try body(&reader)
    } catch {
      throw error.diagnostic
    }
  }
}
