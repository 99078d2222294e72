/// Whether bytes are text: well-formed UTF-8 (Unicode, table 3-7) without U+0000.
enum UTF8Check {
  static func isText(_ text: Span<UInt8>) -> Bool {
    var index = 0
    let end = text.count
    while index < end {
      let byte = text[index]
      if byte < 0x80 {
        if byte == 0 { return false }
        index += 1
        continue
      }
      guard let length = sequenceLength(text, at: index) else { return false }
      index += length
    }
    return true
  }

  private static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int? {
    let lead = text[index]
    let left = text.count - index
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      offset < left && range.contains(text[index + offset])
    }
    switch lead {
    case 0xC2...0xDF: return follows(1) ? 2 : nil
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : nil
    case 0xE1...0xEC, 0xEE...0xEF: return follows(1) && follows(2) ? 3 : nil
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : nil
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : nil
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : nil
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : nil
    default: return nil
    }
  }
}
