internal import VSQLDiagnostics

/// The one error that the library throws: a SQLSTATE, what was found and expected, the place, and a hint.
///
/// No part of it ever holds a stored value or a key.
public struct VSQLError: Error, Hashable, Sendable {
  /// Five characters: PostgreSQL's codes where one fits; classes that begin with V are vsql's own.
  public let sqlState: String
  /// Lower case: what was found and what was expected.
  public let message: String
  /// Where in the statement's text, as UTF-8 byte offsets, when the fault lies in the text.
  public let position: Range<Int>?
  /// Said beside the caret: `did you mean "embedding"?`.
  public let label: String?
  /// What to do about it.
  public let hint: String?

  /// An error of a program around the library, in the library's own form.
  public init(sqlState: String, message: String, hint: String?) {
    self.init(Diagnostic(SQLState(sqlState), message, hint: hint))
  }

  /// The error as a person reads it, with the line and a caret under the place where it has one.
  ///
  /// - Parameters:
  ///   - source: the whole text that `position` points into.
  ///   - name: what the text is called, for example `demo.sql`.
  ///   - firstLine: the number of `source`'s first line, where it is a part of a longer text.
  public func rendered(source: String? = nil, name: String = "statement", firstLine: Int = 1) -> String {
    diagnostic.rendered(source: source, name: name, firstLine: firstLine)
  }

  /// The same error, its place seen from a text that begins `offset` bytes earlier: a statement's error in its script.
  public func shifted(by offset: Int) -> VSQLError { VSQLError(diagnostic.shifted(by: offset)) }

  /// The line and column of the place in `source`, both from 1, columns in Unicode scalars.
  public func lineAndColumn(in source: String) -> (line: Int, column: Int)? {
    guard let position else { return nil }
    let place = SourcePlace(offset: position.lowerBound, in: source)
    return (place.line, place.column)
  }

  init(_ diagnostic: Diagnostic) {
    sqlState = diagnostic.state.code
    message = diagnostic.message
    position = diagnostic.span.map { $0.start..<$0.end }
    label = diagnostic.label
    hint = diagnostic.hint
  }

  /// Any error of a room at the public edge.
  init(wrapping error: any Error) {
    if let error = error as? VSQLError {
      self = error
    } else if let known = error as? any DiagnosableError {
      self.init(known.diagnostic)
    } else {
      self.init(Diagnostic(.internalError, "an error of an unknown kind: \(type(of: error))"))
    }
  }

  private var diagnostic: Diagnostic {
    Diagnostic(
      SQLState(sqlState), message, at: position.map { SourceSpan(start: $0.lowerBound, end: $0.upperBound) },
      label: label, hint: hint)
  }
}

extension VSQLError: CustomStringConvertible {
  /// As `rendered()` has it.
  public var description: String { rendered() }
}

/// Runs `body` and turns whatever it throws into the public error.
func atTheEdge<Result>(_ body: () throws -> Result) throws(VSQLError) -> Result {
  do {
    return try body()
  } catch {
    throw VSQLError(wrapping: error)
  }
}
