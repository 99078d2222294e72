/// Finds a part of a LIKE pattern that has places for any character, in one pass over the text (Shift-And: bit i says
/// that the part's first i + 1 characters end here).
struct WildcardSearch: Sendable {
  static let maxCharacters = 64

  /// Of each ASCII character, the places in the part that it fits.
  private var ascii: [UInt64]
  /// The same of other characters that the part names, ascending.
  private var others: [(scalar: UInt32, places: UInt64)] = []
  /// The places for any character.
  private var any: UInt64 = 0
  private let last: UInt64

  /// Nil when the part has more than 64 characters.
  ///
  /// - Parameter characters: the part, nil for any character.
  init?(_ characters: [Unicode.Scalar?]) {
    guard (1...WildcardSearch.maxCharacters).contains(characters.count) else { return nil }
    last = 1 << UInt64(characters.count - 1)
    for (index, character) in characters.enumerated() where character == nil { any |= 1 << UInt64(index) }
    ascii = Array(repeating: any, count: 128)
    for (index, character) in characters.enumerated() {
      guard let value = character?.value else { continue }
      let place: UInt64 = 1 << UInt64(index)
      if value < 128 {
        ascii[Int(value)] |= place
      } else if let known = others.firstIndex(where: { $0.scalar == value }) {
        others[known].places |= place
      } else {
        others.append((value, any | place))
      }
    }
    others.sort { $0.scalar < $1.scalar }
  }

  /// The end of the part at its first place in `range`.
  func end(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var state: UInt64 = 0
    var at = range.lowerBound
    while at < range.upperBound {
      let next = min(at + UTF8Steps.length(text[at]), range.upperBound)
      state = (state << 1 | 1) & places(text, at..<next)
      at = next
      if state & last != 0 { return at }
    }
    return nil
  }

  private func places(_ text: Span<UInt8>, _ character: Range<Int>) -> UInt64 {
    let lead = text[character.lowerBound]
    if lead < 128 { return ascii[Int(lead)] }
    guard let scalar = TextCase.scalar(text, character)?.value else { return any }
    var (low, high) = (0, others.count)
    while low < high {
      let middle = (low + high) / 2
      if others[middle].scalar == scalar { return others[middle].places }
      if others[middle].scalar < scalar { low = middle + 1 } else { high = middle }
    }
    return any
  }
}
