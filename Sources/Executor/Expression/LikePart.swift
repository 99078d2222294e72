/// What stands between two `%` of a LIKE pattern: bytes, and places for any one character.
struct LikePart: Sendable {
  /// A byte, or `any`.
  private var elements: [UInt16] = []
  private static let any: UInt16 = 256
  private var hasAny = false
  /// The bytes, when there is no place for any character.
  private var bytes: [UInt8] = []

  var isEmpty: Bool { elements.isEmpty }
  var literal: [UInt8]? { hasAny ? nil : bytes }

  mutating func append(literal: ArraySlice<UInt8>) {
    for byte in literal { elements.append(UInt16(byte)) }
    bytes.append(contentsOf: literal)
  }

  mutating func appendAny() {
    elements.append(LikePart.any)
    hasAny = true
  }

  /// The part for texts whose case was folded.
  var folded: LikePart {
    var out = LikePart()
    var run: [UInt8] = []
    for element in elements + [LikePart.any] {
      if element != LikePart.any {
        run.append(UInt8(truncatingIfNeeded: element))
        continue
      }
      var lowered: [UInt8] = []
      TextCase.appendLowered(run.span, to: &lowered)
      out.append(literal: lowered[...])
      run = []
      out.appendAny()
    }
    // The sentinel that ended the last run.
    out.elements.removeLast()
    out.hasAny = out.elements.contains(LikePart.any)
    return out
  }

  /// The end of the part when it stands at the begin of `range`.
  func end(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if !hasAny {
      guard range.count >= bytes.count, NeedleSearch.isAt(range.lowerBound, bytes, in: text) else {
        return nil
      }
      return range.lowerBound + bytes.count
    }
    var at = range.lowerBound
    for element in elements {
      guard at < range.upperBound else { return nil }
      if element == LikePart.any {
        at = min(at + UTF8Steps.length(text[at]), range.upperBound)
      } else if UInt16(text[at]) == element {
        at += 1
      } else {
        return nil
      }
    }
    return at
  }

  /// The begin of the part when it stands at the end of `range`.
  func begin(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if !hasAny {
      guard range.count >= bytes.count, NeedleSearch.isAt(range.upperBound - bytes.count, bytes, in: text)
      else {
        return nil
      }
      return range.upperBound - bytes.count
    }
    var at = range.upperBound
    for element in elements.reversed() {
      guard at > range.lowerBound else { return nil }
      at -= 1
      if element == LikePart.any {
        while at > range.lowerBound, UTF8Steps.isContinuation(text[at]) { at -= 1 }
      } else if UInt16(text[at]) != element {
        return nil
      }
    }
    return at
  }

  /// What finds a part with places for any character in one pass; nil for one without, or with too many characters.
  var wildcards: WildcardSearch? {
    guard hasAny else { return nil }
    var characters: [Unicode.Scalar?] = []
    var run: [UInt8] = []
    for element in elements + [LikePart.any] {
      if element != LikePart.any {
        run.append(UInt8(truncatingIfNeeded: element))
        continue
      }
      for scalar in String(decoding: run, as: UTF8.self).unicodeScalars { characters.append(scalar) }
      run = []
      characters.append(nil)
    }
    return WildcardSearch(Array(characters.dropLast()))
  }

  /// The end of the part at its first place in `range`.
  func find(in text: Span<UInt8>, _ range: Range<Int>, _ wildcards: WildcardSearch?) -> Int? {
    if !hasAny { return NeedleSearch.first(bytes, in: text, range).map { $0 + bytes.count } }
    if let wildcards { return wildcards.end(in: text, range) }
    var at = range.lowerBound
    while at <= range.upperBound {
      if let end = end(in: text, at..<range.upperBound) { return end }
      guard at < range.upperBound else { return nil }
      at += UTF8Steps.length(text[at])
    }
    return nil
  }
}
