/// Text between quotes: finding its parts and reading what it means.
enum QuotedText {
  /// Where the next part of a string opens: after white space that holds a line break, at a quote.
  static func continuation(in bytes: [UInt8], after end: Int) -> Int? {
    var place = end
    var sawLineBreak = false
    while place < bytes.count, ByteClass.isWhitespace(bytes[place]) {
      if bytes[place] == UInt8(ascii: "\n") || bytes[place] == UInt8(ascii: "\r") { sawLineBreak = true }
      place += 1
    }
    return sawLineBreak && place < bytes.count && bytes[place] == UInt8(ascii: "'") ? place : nil
  }

  /// What stands between the quotes, parts joined, a doubled quote as one. `text` begins at a quote and is
  /// known to be well formed.
  static func unquoted(_ text: ArraySlice<UInt8>, quote: UInt8) -> String {
    let inner = text.dropFirst().dropLast()
    guard inner.contains(quote) else { return String(decoding: inner, as: UTF8.self) }
    var value: [UInt8] = []
    value.reserveCapacity(inner.count)
    var index = inner.startIndex
    while index < inner.endIndex {
      let byte = inner[index]
      index += 1
      if byte != quote {
        value.append(byte)
      } else if index < inner.endIndex, inner[index] == quote {
        value.append(quote)
        index += 1
      } else {
        // The part ends here: on to the byte after the next part's opening quote.
        while index < inner.endIndex, inner[index] != quote { index += 1 }
        index += 1
      }
    }
    return String(decoding: value, as: UTF8.self)
  }
}

/// `$tag$ … $tag$`.
enum DollarQuote {
  /// Where `tag`, dollars included, stands next. A tag holds `$` at its two ends only, so after a failed match
  /// the only byte that can begin another is the one where it failed: no byte is looked at three times.
  static func find(_ tag: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var matched = 0
    var index = start
    while index < bytes.count {
      if bytes[index] == tag[matched] {
        matched += 1
        index += 1
        if matched == tag.count { return index - tag.count }
      } else if matched > 0 {
        matched = 0
      } else {
        index += 1
      }
    }
    return nil
  }
}
