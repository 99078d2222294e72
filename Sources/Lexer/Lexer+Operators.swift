import VSQLDiagnostics

extension Lexer {
  /// Operators and punctuation: the longest that fits.
  mutating func readOperator(_ byte: UInt8) throws(Diagnostic) {
    switch byte {
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: "."): take(.dot, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: "("): take(.leftParen, 1)
    case UInt8(ascii: ")"): take(.rightParen, 1)
    case UInt8(ascii: "["): take(.leftBracket, 1)
    case UInt8(ascii: "]"): take(.rightBracket, 1)
    case UInt8(ascii: "+"): take(.plus, 1)
    case UInt8(ascii: "*"): take(.star, 1)
    case UInt8(ascii: "/"): take(.slash, 1)
    case UInt8(ascii: "%"): take(.percent, 1)
    case UInt8(ascii: "-"):
      if peek(1) == UInt8(ascii: ">") {
        throw unknownOperator(peek(2) == UInt8(ascii: ">") ? 3 : 2, hint: "JSON paths are not supported yet")
      }
      take(.minus, 1)
    case UInt8(ascii: "="): try readEqual()
    case UInt8(ascii: "<"): try readLess()
    case UInt8(ascii: ">"): try readGreater()
    case UInt8(ascii: "|"):
      guard peek(1) == byte else { throw unknownOperator(1, hint: "text is joined by ||, conditions by OR") }
      take(.concat, 2)
    case UInt8(ascii: "!"):
      guard peek(1) == UInt8(ascii: "=") else { throw unknownOperator(1, hint: "negation is written NOT") }
      take(.notEqual, 2)
    case UInt8(ascii: "&"):
      throw unknownOperator(
        peek(1) == byte ? 2 : 1, hint: peek(1) == byte ? "conditions are joined by AND" : nil)
    case 0: throw .nullByte(at: index)
    default: throw unknownCharacter(byte)
    }
  }

  private mutating func take(_ kind: Token.Kind, _ length: Int) {
    let start = index
    index += length
    emit(kind, from: start)
  }

  private mutating func readEqual() throws(Diagnostic) {
    switch peek(1) {
    case UInt8(ascii: "="): throw unknownOperator(2, hint: "equality is written with one =")
    case UInt8(ascii: ">"): throw unknownOperator(2, hint: "arguments by name are not supported")
    default: take(.equal, 1)
    }
  }

  private mutating func readLess() throws(Diagnostic) {
    if peek(2) == UInt8(ascii: ">"), let distance = Self.distance(of: peek(1)) { return take(distance, 3) }
    switch peek(1) {
    case UInt8(ascii: ">"): take(.notEqual, 2)
    case UInt8(ascii: "="): take(.lessOrEqual, 2)
    case UInt8(ascii: "<"): throw unknownOperator(2, hint: nil)
    default: take(.less, 1)
    }
  }

  /// The middle of `<->` and its companions.
  private static func distance(of middle: UInt8) -> Token.Kind? {
    switch middle {
    case UInt8(ascii: "-"): .l2Distance
    case UInt8(ascii: "="): .cosineDistance
    case UInt8(ascii: "#"): .negativeInnerProduct
    case UInt8(ascii: "+"): .l1Distance
    case UInt8(ascii: "~"): .hammingDistance
    case UInt8(ascii: "%"): .jaccardDistance
    default: nil
    }
  }

  private mutating func readGreater() throws(Diagnostic) {
    switch peek(1) {
    case UInt8(ascii: "="): take(.greaterOrEqual, 2)
    case UInt8(ascii: ">"): throw unknownOperator(2, hint: nil)
    default: take(.greater, 1)
    }
  }

  private func unknownOperator(_ length: Int, hint: String?) -> Diagnostic {
    let end = min(index + length, bytes.count)
    return .unknownOperator(shown(bytes[index..<end]), at: SourceSpan(start: index, end: end), hint: hint)
  }

  private func unknownCharacter(_ byte: UInt8) -> Diagnostic {
    let span = SourceSpan(start: index, end: index + 1)
    switch byte {
    case UInt8(ascii: "`"):
      return .strayCharacter("`", at: span, hint: "a name is quoted with double quotes: \"name\"")
    case UInt8(ascii: "?"):
      return .strayCharacter("?", at: span, hint: "a parameter is written $1 or :name")
    case UInt8(ascii: "\\"):
      return .strayCharacter("\\", at: span, hint: "backslash escapes are written in E'…' strings only")
    case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "#"), UInt8(ascii: "@"):
      return unknownOperator(1, hint: nil)
    case 0x20...0x7E:
      return .strayCharacter(shown(bytes[index...index]), at: span, hint: nil)
    default:
      return .strayCharacter("control character \(byte)", at: span, hint: nil)
    }
  }
}
