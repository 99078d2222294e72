import VSQLSchema

/// Upper and lower case, character by character, so that lengths in characters stay (ß has no single capital and stays too).
enum TextCase {
  static func appendLowered(_ text: Span<UInt8>, to out: inout [UInt8]) {
    append(text, to: &out, first: UInt8(ascii: "A"), last: UInt8(ascii: "Z")) {
      $0.properties.lowercaseMapping
    }
  }

  static func appendUppered(_ text: Span<UInt8>, to out: inout [UInt8]) {
    append(text, to: &out, first: UInt8(ascii: "a"), last: UInt8(ascii: "z")) {
      $0.properties.uppercaseMapping
    }
  }

  /// ASCII letters between `first` and `last` change by one bit; other characters by Unicode's mapping where it is one character.
  @inline(__always)
  private static func append(
    _ text: Span<UInt8>, to out: inout [UInt8], first: UInt8, last: UInt8,
    _ mapping: (Unicode.Scalar) -> String
  ) {
    if UTF8Steps.isASCII(text) {
      let start = out.count
      out.append(bytes: text)
      for index in start..<out.count where out[index] >= first && out[index] <= last { out[index] ^= 0x20 }
      return
    }
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte < 0x80 {
        out.append(byte >= first && byte <= last ? byte ^ 0x20 : byte)
        at += 1
        continue
      }
      let end = min(at + UTF8Steps.length(byte), text.count)
      if let scalar = scalar(text, at..<end), let mapped = mapping(scalar).singleScalar {
        out.append(contentsOf: Unicode.UTF8.encode(mapped) ?? Unicode.UTF8.encodedReplacementCharacter)
      } else {
        for index in at..<end { out.append(text[index]) }
      }
      at = end
    }
  }

  /// The character that the bytes of `range` write; nil when they write none.
  static func scalar(_ text: Span<UInt8>, _ range: Range<Int>) -> Unicode.Scalar? {
    let lead = UInt32(text[range.lowerBound])
    var value: UInt32
    switch range.count {
    case 1: return lead < 0x80 ? Unicode.Scalar(lead) : nil
    case 2: value = lead & 0x1F
    case 3: value = lead & 0x0F
    default: value = lead & 0x07
    }
    for index in range.dropFirst() { value = value << 6 | UInt32(text[index] & 0x3F) }
    return Unicode.Scalar(value)
  }
}

extension String {
  fileprivate var singleScalar: Unicode.Scalar? {
    let scalars = unicodeScalars
    guard let first = scalars.first, scalars.index(after: scalars.startIndex) == scalars.endIndex else {
      return nil
    }
    return first
  }
}
