/// Whether bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
package enum UTF8Check {
  /// The index of the first byte that begins no whole scalar; a scalar cut off at the end counts.
  package static func firstInvalid(in bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex
    let end = bytes.endIndex
    while index < end {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      guard let form = form(of: lead), index + form.length <= end else { return index }
      guard form.second.contains(bytes[index + 1]) else { return index }
      for next in (index + 2)..<max(index + form.length, index + 2) {
        guard bytes[next] & 0xC0 == 0x80 else { return index }
      }
      index += form.length
    }
    return nil
  }

  /// The scalar's length in bytes and what its second byte may be (Unicode, table 3-7).
  private static func form(of lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch lead {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
  }
}
