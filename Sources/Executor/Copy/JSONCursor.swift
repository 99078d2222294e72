/// A place in a JSON text.
struct JSONCursor {
  var at: Int
  let end: Int

  init(at: Int, end: Int) {
    self.at = at
    self.end = end
  }

  @inline(__always)
  mutating func skipSpace(_ text: Span<UInt8>) {
    while at < end {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  @inline(__always)
  func isAt(_ byte: UInt8, _ text: Span<UInt8>) -> Bool { at < end && text[at] == byte }

  /// Moves behind `word` where it stands here.
  mutating func take(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
    let count = word.utf8CodeUnitCount
    guard end - at >= count else { return false }
    for index in 0..<count {
      // `index` is less than the static string's length.
      let expected = unsafe word.utf8Start[index]
      guard text[at + index] == expected else { return false }
    }
    at += count
    return true
  }
}
