import VSQLDiagnostics

/// BOOLEAN as text writes it: any beginning of true, false, yes, no that is not ambiguous, on, off, 1, 0.
package enum BooleanText {
  /// - Throws: 22P02.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> Bool {
    let range = TextScanner.trimmed(text)
    if isBeginning(text, range, of: ["true", "yes"]) { return true }
    if isBeginning(text, range, of: ["false", "no"]) { return false }
    if TextScanner.matches(text, range, "on") || TextScanner.matches(text, range, "1") { return true }
    if TextScanner.matches(text, range, "off") || TextScanner.matches(text, range, "of")
      || TextScanner.matches(text, range, "0")
    {
      return false
    }
    throw Diagnostic(.invalidTextRepresentation, "invalid input syntax for type BOOLEAN")
  }

  private static func isBeginning(_ text: Span<UInt8>, _ range: Range<Int>, of words: [String]) -> Bool {
    guard !range.isEmpty else { return false }
    return words.contains { word in
      let letters = Array(word.utf8.prefix(range.count))
      return letters.count == range.count
        && range.indices.allSatisfy { text[$0] | 0x20 == letters[$0 - range.lowerBound] }
    }
  }
}
