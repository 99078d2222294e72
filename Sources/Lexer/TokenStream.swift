import VSQLDiagnostics

/// A text and its tokens. The last token is `endOfText`, or `invalid` where lexing stopped with `failure`: so a
/// parser that reads left to right reports whichever error comes first in the text.
///
/// A class, so that the frames of the parser's recursion hold a pointer to it and not the whole.
package final class TokenStream: Sendable {
  /// The text as UTF-8.
  package let bytes: [UInt8]
  /// Never empty.
  package let tokens: [Token]
  package let failure: Diagnostic?
  /// The values of `E'…'` strings by their token's start: decoded once, when their escapes are checked.
  let escapeValues: [Int: String]

  /// The longest statement: 64 MiB.
  package static let longestText = 64 << 20

  /// Lexes a whole text. Never fails as such: see `failure`.
  package convenience init(lexing text: String) {
    self.init(lexing: Array(text.utf8), isValid: true)
  }

  /// Lexes bytes that may not be UTF-8.
  package convenience init(lexingBytes bytes: [UInt8]) {
    self.init(lexing: bytes, isValid: false)
  }

  private init(lexing bytes: [UInt8], isValid: Bool) {
    var lexer = Lexer(bytes)
    do throws(Diagnostic) {
      guard bytes.count <= Self.longestText else { throw .textTooLong() }
      if !isValid, let offset = UTF8Check.firstInvalid(in: bytes[...]) { throw .invalidUTF8(at: offset) }
      try lexer.run()
      failure = nil
    } catch {
      lexer.markInvalid(at: error.span)
      failure = error
    }
    self.bytes = bytes
    tokens = lexer.tokens
    escapeValues = lexer.escapeValues
  }

  /// All tokens, or why there are none.
  package func checked() throws(Diagnostic) -> [Token] {
    if let failure { throw failure }
    return tokens
  }
}
