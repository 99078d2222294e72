extension TokenStream {
  /// The numbers of a bracket whose `[` is the token at `index`, and the index after its `]`; nil unless every
  /// element is a number, with at most one sign, that a Double can hold.
  ///
  /// One call per bracket: a vector has hundreds of elements, and the parser takes none of them one by one.
  package func numericBracket(at index: Int) -> (values: [Double], end: Int)? {
    var values: [Double] = []
    var place = index + 1
    while place + 1 < tokens.count {
      var isNegative = false
      switch tokens[place].kind {
      case .minus:
        isNegative = true
        place += 1
      case .plus:
        place += 1
      default: break
      }
      guard place + 1 < tokens.count, let value = double(of: tokens[place]) else { return nil }
      values.append(isNegative ? -value : value)
      place += 1
      switch tokens[place].kind {
      case .comma: place += 1
      case .rightBracket: return (values, place + 1)
      default: return nil
      }
    }
    return nil
  }

  /// The nearest Double to a number token, if it is a number and not beyond a Double's range.
  private func double(of token: Token) -> Double? {
    switch token.kind {
    case .integer, .decimal, .scientific:
      let value = DecimalText.double(bytes[token.start..<token.end])
      return value.isFinite ? value : nil
    default:
      return nil
    }
  }
}

/// Decimal digits to the nearest Double.
enum DecimalText {
  /// 10^0 to 10^22: the powers of ten that a Double holds exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// `text` is a number as the lexer reads it, without sign. Infinity where it is too large.
  ///
  /// Up to 15 digits and a small power of ten, one exact multiplication or division is correctly rounded
  /// (Clinger); most embeddings' numbers are so. The rest goes to the standard library.
  static func double(_ text: ArraySlice<UInt8>) -> Double {
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var index = text.startIndex
    var sawPoint = false
    while index < text.endIndex {
      let byte = text[index]
      if ByteClass.isDigit(byte) {
        if mantissa != 0 || byte != UInt8(ascii: "0") { digits += 1 }
        if digits > 18 { return slow(text) }
        mantissa = mantissa &* 10 &+ UInt64(byte & 0x0F)
        if sawPoint { exponent -= 1 }
      } else if byte == UInt8(ascii: ".") {
        sawPoint = true
      } else {
        break
      }
      index += 1
    }
    if index < text.endIndex {
      guard let written = smallInteger(text[(index + 1)...]) else { return slow(text) }
      exponent += written
    }
    guard mantissa <= 1 << 53, (-22...22).contains(exponent) else { return slow(text) }
    let value = Double(mantissa)
    return exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
  }

  private static func slow(_ text: ArraySlice<UInt8>) -> Double {
    // "1." and "1.e5" are numbers here; a zero after the point makes them numbers everywhere.
    var digits = Array(text)
    if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      if point + 1 == digits.count || !ByteClass.isDigit(digits[point + 1]) {
        digits.insert(UInt8(ascii: "0"), at: point + 1)
      }
    }
    return Double(String(decoding: digits, as: UTF8.self)) ?? .infinity
  }

  /// A signed integer of at most four digits.
  private static func smallInteger(_ text: ArraySlice<UInt8>) -> Int? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
    guard digits.count <= 4 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    return isNegative ? -value : value
  }
}
