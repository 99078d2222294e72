import VSQLDiagnostics

extension TokenStream {
  /// The token as it is written.
  package func text(of token: Token) -> String {
    String(decoding: slice(of: token), as: UTF8.self)
  }

  /// The name that an identifier, a keyword or a `:name` stands for: folded unless quoted.
  package func name(of token: Token) -> String {
    var slice = slice(of: token)
    if token.kind == .namedParameter { slice = slice.dropFirst() }
    if slice.first == UInt8(ascii: "\"") { return QuotedText.unquoted(slice, quote: UInt8(ascii: "\"")) }
    guard slice.contains(where: { ByteClass.folded($0) != $0 }) else {
      return String(decoding: slice, as: UTF8.self)
    }
    return String(decoding: slice.map(ByteClass.folded), as: UTF8.self)
  }

  /// What a string token stands for: quotes taken off, escapes resolved.
  package func string(of token: Token) -> String {
    let slice = slice(of: token)
    switch token.kind {
    case .escapeString:
      return escapeValues[token.start] ?? ""
    case .dollarString:
      guard let close = slice.dropFirst().firstIndex(of: UInt8(ascii: "$")) else { return "" }
      let tagLength = close - slice.startIndex + 1
      return String(decoding: slice.dropFirst(tagLength).dropLast(tagLength), as: UTF8.self)
    default:
      return QuotedText.unquoted(slice, quote: UInt8(ascii: "'"))
    }
  }

  /// The bytes that `x'…'` stands for.
  package func byteString(of token: Token) -> [UInt8] {
    let digits = slice(of: token).dropFirst(2).dropLast().compactMap(ByteClass.hexDigit)
    return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map {
      digits[$0] << 4 | digits[$0 + 1]
    }
  }

  /// The number of `$1`.
  package func parameterNumber(of token: Token) -> Int {
    slice(of: token).dropFirst().reduce(0) { $0 * 10 + Int($1 & 0x0F) }
  }

  private func slice(of token: Token) -> ArraySlice<UInt8> {
    bytes[min(token.start, bytes.count)..<min(token.end, bytes.count)]
  }
}
