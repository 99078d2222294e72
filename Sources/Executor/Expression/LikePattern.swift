import VSQLDiagnostics
import VSQLSchema

/// A prepared LIKE or ILIKE pattern.
///
/// Parts are found from left to right, each at its first place, which is right because a later place leaves less for those behind it.
/// The time is linear in the text; only a part of more than 64 characters with `_` among them costs its length at each place.
struct LikePattern: Sendable {
  private enum Shape: Sendable {
    /// Only `%`.
    case anything
    case equal([UInt8])
    case prefix([UInt8])
    case suffix([UInt8])
    case contains([UInt8])
    /// Parts between the `%`; the first is bound to the begin, the last to the end, unless a `%` stands there.
    case parts([LikePart], [WildcardSearch?], startsFree: Bool, endsFree: Bool)
  }

  private let shape: Shape
  private let isCaseInsensitive: Bool

  /// - Parameter escape: the UTF-8 of the escape character; empty: there is none.
  /// - Throws: 22025 when the pattern ends with the escape character.
  init(_ pattern: [UInt8], escape: [UInt8], isCaseInsensitive: Bool) throws(Diagnostic) {
    self.isCaseInsensitive = isCaseInsensitive
    var parts: [LikePart] = []
    var current = LikePart()
    var startsFree = false
    var endsFree = false
    var at = 0
    while at < pattern.count {
      endsFree = false
      if !escape.isEmpty, pattern[at...].starts(with: escape) {
        at += escape.count
        guard at < pattern.count else {
          throw Diagnostic(.invalidEscapeSequence, "a LIKE pattern must not end with its escape character")
        }
        let length = UTF8Steps.length(pattern[at])
        current.append(literal: pattern[at..<min(at + length, pattern.count)])
        at += length
      } else if pattern[at] == UInt8(ascii: "%") {
        if at == 0 { startsFree = true }
        if !current.isEmpty { parts.append(current) }
        current = LikePart()
        endsFree = true
        at += 1
      } else if pattern[at] == UInt8(ascii: "_") {
        current.appendAny()
        at += 1
      } else {
        current.append(literal: pattern[at...at])
        at += 1
      }
    }
    if !current.isEmpty { parts.append(current) }
    if isCaseInsensitive { parts = parts.map(\.folded) }
    shape = LikePattern.shape(parts, startsFree: startsFree, endsFree: endsFree)
  }

  private static func shape(_ parts: [LikePart], startsFree: Bool, endsFree: Bool) -> Shape {
    if parts.isEmpty { return startsFree || endsFree ? .anything : .equal([]) }
    guard parts.count == 1, let literal = parts[0].literal else {
      return .parts(parts, parts.map(\.wildcards), startsFree: startsFree, endsFree: endsFree)
    }
    switch (startsFree, endsFree) {
    case (false, false): return .equal(literal)
    case (false, true): return .prefix(literal)
    case (true, false): return .suffix(literal)
    case (true, true): return .contains(literal)
    }
  }

  /// The escape character's bytes.
  ///
  /// - Throws: 22019 when `text` is longer than one character.
  static func escape(_ text: String) throws(Diagnostic) -> [UInt8] {
    guard text.unicodeScalars.count <= 1 else {
      throw Diagnostic(.invalidEscapeCharacter, "an escape string must be empty or one character")
    }
    return Array(text.utf8)
  }

  /// Sets the flag of each selected row that is not NULL. The form of the pattern is looked at once, and nothing is allocated per row.
  func match(_ lane: TextLane, _ arguments: StrictArguments, negated: Bool, _ flags: inout [Bool]) {
    if isCaseInsensitive {
      let bytes = lane.list.bytes.span
      var scratch: [UInt8] = []
      return arguments.extent.forEachSelected(arguments.validity) { row in
        flags[row] = matches(bytes, lane.range(row), &scratch) != negated
      }
    }
    switch shape {
    case .anything: arguments.extent.forEachSelected(arguments.validity) { flags[$0] = !negated }
    case .equal(let text): LiteralMatching.match(.equal, text, lane, arguments, negated: negated, &flags)
    case .prefix(let text): LiteralMatching.match(.prefix, text, lane, arguments, negated: negated, &flags)
    case .suffix(let text): LiteralMatching.match(.suffix, text, lane, arguments, negated: negated, &flags)
    case .contains(let text):
      LiteralMatching.match(.contains, text, lane, arguments, negated: negated, &flags)
    case .parts(let parts, let searches, let startsFree, let endsFree):
      let bytes = lane.list.bytes.span
      arguments.extent.forEachSelected(arguments.validity) { row in
        let isMatch = LikePattern.matches(
          parts, searches, startsFree: startsFree, endsFree: endsFree, bytes, lane.range(row))
        flags[row] = isMatch != negated
      }
    }
  }

  /// Whether the text at `range` of `bytes` matches. `scratch` is room for folding its case.
  func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ scratch: inout [UInt8]) -> Bool {
    guard isCaseInsensitive else { return matchesAsWritten(bytes, range) }
    scratch.removeAll(keepingCapacity: true)
    TextCase.appendLowered(bytes.extracting(range), to: &scratch)
    return matchesAsWritten(scratch.span, 0..<scratch.count)
  }

  private func matchesAsWritten(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    switch shape {
    case .anything: true
    case .equal(let text): range.count == text.count && NeedleSearch.isAt(range.lowerBound, text, in: bytes)
    case .prefix(let text): range.count >= text.count && NeedleSearch.isAt(range.lowerBound, text, in: bytes)
    case .suffix(let text):
      range.count >= text.count && NeedleSearch.isAt(range.upperBound - text.count, text, in: bytes)
    case .contains(let text): NeedleSearch.first(text, in: bytes, range) != nil
    case .parts(let parts, let searches, let startsFree, let endsFree):
      LikePattern.matches(parts, searches, startsFree: startsFree, endsFree: endsFree, bytes, range)
    }
  }

  private static func matches(
    _ parts: [LikePart], _ searches: [WildcardSearch?], startsFree: Bool, endsFree: Bool,
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    var (start, end) = (range.lowerBound, range.upperBound)
    var (first, last) = (0, parts.count)
    if !startsFree {
      guard let next = parts[0].end(in: bytes, start..<end) else { return false }
      if parts.count == 1, !endsFree { return next == end }
      start = next
      first = 1
    }
    if !endsFree, first < last {
      guard let begin = parts[last - 1].begin(in: bytes, start..<end) else { return false }
      end = begin
      last -= 1
    }
    for index in first..<last {
      guard let next = parts[index].find(in: bytes, start..<end, searches[index]) else { return false }
      start = next
    }
    return true
  }
}
