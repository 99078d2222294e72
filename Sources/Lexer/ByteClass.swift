/// What a byte of UTF-8 may be in SQL text. A byte from 0x80 on is part of a letter beyond ASCII.
enum ByteClass {
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  static func isIdentifierStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  /// PostgreSQL's rule: letters, digits, `_` and `$`.
  static func isIdentifierPart(_ byte: UInt8) -> Bool {
    isIdentifierStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
  }

  /// A letter of a `$tag$`: as an identifier's, without `$`.
  static func isTagPart(_ byte: UInt8) -> Bool { isIdentifierStart(byte) || isDigit(byte) }

  static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte &- 9 < 5
  }

  /// ASCII letters in lower case, every other byte as it is: identifiers fold so.
  static func folded(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// The value of a hexadecimal digit.
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter + 10 : nil
  }
}
