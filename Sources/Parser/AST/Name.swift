import VSQLDiagnostics

/// An identifier as it was meant: folded to lower case unless it was quoted.
package struct Name: Hashable, Sendable {
  package var text: String
  package var span: SourceSpan

  package init(_ text: String, span: SourceSpan) {
    self.text = text
    self.span = span
  }
}

/// `table`, `schema.table`.
package struct ObjectName: Hashable, Sendable {
  /// From the outermost qualifier to the name itself; never empty.
  package var parts: [Name]

  package init(_ parts: [Name]) { self.parts = parts }

  package var span: SourceSpan {
    parts.dropFirst().reduce(parts.first?.span ?? SourceSpan(start: 0, end: 0)) { $0.union($1.span) }
  }
  /// The parts joined by dots, as messages show them.
  package var text: String { parts.map(\.text).joined(separator: ".") }
}
