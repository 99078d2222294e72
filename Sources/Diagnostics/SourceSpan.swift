/// A half-open range of UTF-8 byte offsets in the text of a statement or script.
package struct SourceSpan: Hashable, Sendable {
  package var start: Int
  package var end: Int

  package init(start: Int, end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// The smallest span that covers both.
  package func union(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(start: min(start, other.start), end: max(end, other.end))
  }

  /// The same stretch of text, seen from a text that begins `offset` bytes earlier.
  package func shifted(by offset: Int) -> SourceSpan {
    SourceSpan(start: start + offset, end: end + offset)
  }
}
