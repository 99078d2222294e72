import VSQLDiagnostics

/// UUID as text writes it.
package enum UUIDText {
  /// Reads 32 hexadecimal digits, a hyphen allowed after each four, braces around it allowed.
  ///
  /// - Throws: 22P02.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> UInt128 {
    var range = TextScanner.trimmed(text)
    if range.count >= 2, text[range.lowerBound] == UInt8(ascii: "{"),
      text[range.upperBound - 1] == UInt8(ascii: "}")
    {
      range = range.lowerBound + 1..<range.upperBound - 1
    }
    var value: UInt128 = 0
    var digits = 0
    var isAfterHyphen = false
    for index in range {
      if let digit = TextScanner.hexDigit(text[index]), digits < 32 {
        value = value << 4 | UInt128(digit)
        digits += 1
        isAfterHyphen = false
      } else if text[index] == UInt8(ascii: "-"), digits % 4 == 0, digits > 0, digits < 32, !isAfterHyphen {
        isAfterHyphen = true
      } else {
        throw syntaxError
      }
    }
    guard digits == 32 else { throw syntaxError }
    return value
  }

  private static var syntaxError: Diagnostic {
    Diagnostic(.invalidTextRepresentation, "invalid input syntax for type UUID")
  }

  package static func append(_ value: UInt128, to out: inout [UInt8]) {
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 { out.append(UInt8(ascii: "-")) }
      out.append(BlobText.hexDigits[Int(truncatingIfNeeded: value >> UInt128(124 - 4 * index)) & 15])
    }
  }
}

/// BLOB as text writes it: `\x00ff`; without `\x` PostgreSQL's escape form, where `\\` is a backslash and `\001` an octal byte.
package enum BlobText {
  static let hexDigits = Array("0123456789abcdef".utf8)

  /// - Throws: 22P02.
  package static func parse(_ text: Span<UInt8>) throws(Diagnostic) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    if text.count >= 2, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") {
      var high: UInt8?
      for index in 2..<text.count {
        guard let digit = TextScanner.hexDigit(text[index]) else {
          if high == nil, TextScanner.isSpace(text[index]) { continue }
          throw Diagnostic(.invalidTextRepresentation, "invalid hexadecimal digit in a BLOB")
        }
        if let first = high {
          out.append(first << 4 | digit)
          high = nil
        } else {
          high = digit
        }
      }
      guard high == nil else {
        throw Diagnostic(.invalidTextRepresentation, "an odd number of hexadecimal digits in a BLOB")
      }
      return out
    }
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\") else {
        out.append(text[at])
        at += 1
        continue
      }
      if at + 1 < text.count, text[at + 1] == UInt8(ascii: "\\") {
        out.append(UInt8(ascii: "\\"))
        at += 2
        continue
      }
      guard at + 3 < text.count, let a = TextScanner.digit(text[at + 1]),
        let b = TextScanner.digit(text[at + 2]),
        let c = TextScanner.digit(text[at + 3]), a <= 3, b <= 7, c <= 7
      else { throw Diagnostic(.invalidTextRepresentation, "invalid input syntax for type BLOB") }
      out.append(UInt8(a * 64 + b * 8 + c))
      at += 4
    }
    return out
  }

  package static func append(_ bytes: Span<UInt8>, to out: inout [UInt8]) {
    out.append(contentsOf: "\\x".utf8)
    for index in bytes.indices {
      out.append(hexDigits[Int(bytes[index] >> 4)])
      out.append(hexDigits[Int(bytes[index] & 15)])
    }
  }
}
