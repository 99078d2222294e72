import VSQLDiagnostics

/// Strings of JSON (RFC 8259): where one ends, and what its escapes stand for.
enum JSONString {
  /// Finds the end of the string whose opening quote stands at `start`.
  ///
  /// - Returns: the position of its closing quote, and whether a backslash stands inside.
  @inline(__always)
  static func close(_ text: Span<UInt8>, from start: Int, to limit: Int) throws(CopyFault) -> (Int, Bool) {
    var index = start + 1
    var hasEscape = false
    while index < limit {
      let byte = text[index]
      if byte == UInt8(ascii: "\"") { return (index, hasEscape) }
      if byte == UInt8(ascii: "\\") {
        hasEscape = true
        index += 2
      } else if byte < 0x20 {
        throw CopyFault(.badCopyFileFormat, "a control character stands unescaped in a JSON string")
      } else {
        index += 1
      }
    }
    throw CopyFault(.badCopyFileFormat, "a JSON string is not closed on its line")
  }

  /// Appends what the string between `from` and `to` (without its quotes) stands for.
  static func decode(
    _ text: Span<UInt8>, from: Int, to: Int, into out: inout [UInt8]
  ) throws(CopyFault) {
    var index = from
    while index < to {
      let byte = text[index]
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        index += 1
        continue
      }
      guard index + 1 < to else { throw wrongEscape }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "\""): out.append(UInt8(ascii: "\""))
      case UInt8(ascii: "\\"): out.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "/"): out.append(UInt8(ascii: "/"))
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"): try decodeUnicode(text, &index, to, &out)
      default: throw wrongEscape
      }
    }
  }

  /// Reads `XXXX`, and the second half of a surrogate pair where the first calls for one.
  private static func decodeUnicode(
    _ text: Span<UInt8>, _ index: inout Int, _ limit: Int, _ out: inout [UInt8]
  ) throws(CopyFault) {
    var code = try hex(text, index, limit)
    index += 4
    if (0xD800...0xDBFF).contains(code) {
      guard index + 6 <= limit, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
        throw loneSurrogate
      }
      let low = try hex(text, index + 2, limit)
      guard (0xDC00...0xDFFF).contains(low) else { throw loneSurrogate }
      index += 6
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw loneSurrogate }
    out.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
  }

  private static func hex(_ text: Span<UInt8>, _ from: Int, _ limit: Int) throws(CopyFault) -> UInt32 {
    guard from + 4 <= limit else { throw wrongEscape }
    var value: UInt32 = 0
    for index in from..<from + 4 {
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(text[index] - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt32(text[index] - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32(text[index] - UInt8(ascii: "A") + 10)
      default: throw wrongEscape
      }
    }
    return value
  }

  private static var wrongEscape: CopyFault {
    CopyFault(.badCopyFileFormat, "a JSON string holds a backslash that begins no escape")
  }

  private static var loneSurrogate: CopyFault {
    CopyFault(.badCopyFileFormat, "a JSON string holds half of a surrogate pair")
  }
}
