import VSQLDiagnostics
import VSQLLexer

/// The types whose names are several words.
enum TypeWords {
  static let doublePrecision = "double precision"
  static let characterVarying = "character varying"
  static let withZone = " with time zone"
  static let withoutZone = " without time zone"
  static let all = [
    doublePrecision, characterVarying, "timestamp" + withZone, "timestamp" + withoutZone, "time" + withZone,
    "time" + withoutZone,
  ]
}

extension SyntaxReader {
  /// `INTEGER`, `DECIMAL(10, 2)`, `VECTOR(384, FLOAT16)`, `TIMESTAMP(3) WITH TIME ZONE`.
  @inline(never)
  mutating func readTypeName() throws(SyntaxFault) -> TypeName {
    let start = token.start
    guard atName() else { throw unexpected("a type") }
    var type = TypeName("", span: token.span)
    if at(.double, then: .precision) {
      take()
      take()
      type.name = TypeWords.doublePrecision
    } else if at(.character, then: .varying) {
      take()
      take()
      type.name = TypeWords.characterVarying
      type.arguments = try readTypeArguments()
    } else {
      let isTime = at(.time) || at(.timestamp)
      type.name = takeName().text
      type.arguments = try readTypeArguments()
      if isTime, let zone = try readTimeZone() { type.name += zone }
    }
    if at(.leftBracket) || at(.array) { throw .featureNotSupported("an array type", at: token.span) }
    type.span = span(from: start)
    return type
  }

  private mutating func readTimeZone() throws(SyntaxFault) -> String? {
    let zone: String
    if at(.with), at(.time, ahead: 1) {
      zone = TypeWords.withZone
    } else if at(.without) {
      zone = TypeWords.withoutZone
    } else {
      return nil
    }
    take()
    try expect(.time, .zone)
    return zone
  }

  private mutating func readTypeArguments() throws(SyntaxFault) -> [String] {
    guard take(if: .leftParen) else { return [] }
    var arguments: [String] = []
    repeat { arguments.append(try readTypeArgument()) } while take(if: .comma)
    try expect(.rightParen, ", or ) after the type's argument")
    return arguments
  }

  private mutating func readTypeArgument() throws(SyntaxFault) -> String {
    switch token.kind {
    case .integer: return stream.text(of: take())
    case .identifier: return stream.name(of: take())
    case .keyword(let keyword) where !keyword.isReserved: return stream.name(of: take())
    default: throw unexpected("a length or an element type")
    }
  }

  /// The type of a literal `type 'text'`, read up to its string; nil, and nothing read, where no such stands.
  @inline(never)
  mutating func readLiteralType() throws(SyntaxFault) -> TypeName? {
    let isLiteral =
      atString(ahead: 1) || (at(.double, then: .precision) && atString(ahead: 2))
      || (at(.character, then: .varying) && atString(ahead: 2))
      || ((at(.time) || at(.timestamp)) && (at(.with, ahead: 1) || at(.without, ahead: 1))
        && at(.time, ahead: 2) && at(.zone, ahead: 3) && atString(ahead: 4))
    return isLiteral ? try readTypeName() : nil
  }
}
