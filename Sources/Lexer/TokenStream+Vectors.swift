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
