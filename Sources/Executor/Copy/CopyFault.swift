import VSQLDiagnostics

/// What is wrong with one cell or record of a file, before its place is known.
struct CopyFault: Error {
  var state: SQLState
  /// Lower case; never a value of the file.
  var message: String
  var hint: String?

  init(_ state: SQLState, _ message: String, hint: String? = nil) {
    self.state = state
    self.message = message
    self.hint = hint
  }

  /// The fault as the user reads it.
  ///
  /// - Parameters:
  ///   - unit: how the file counts, with its number from 1: `line 3`, `row 7`.
  func diagnostic(file: String, at unit: String, column: String?) -> Diagnostic {
    let column = column.map { ", column \"\($0)\"" } ?? ""
    return Diagnostic(state, "\"\(file)\", \(unit)\(column): \(message)", hint: hint)
  }
}
