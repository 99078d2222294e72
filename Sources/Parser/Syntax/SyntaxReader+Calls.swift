import VSQLDiagnostics
import VSQLLexer

/// Function calls, and the few whose arguments are written with words of their own.
extension SyntaxReader {
  /// `name([DISTINCT | ALL] arguments | *) [FILTER (WHERE …)]`, at the name.
  @inline(never)
  mutating func readCall() throws(SyntaxFault) -> Expression {
    let start = token.start
    var call = FunctionCall(name: takeName(), arguments: [])
    take()
    if take(if: .star) {
      call.isStar = true
    } else if !at(.rightParen) {
      if take(if: .distinct) { call.isDistinct = true } else { _ = take(if: .all) }
      call.arguments = try readExpressionList()
    }
    if at(.order) { throw .featureNotSupported("ORDER BY in an aggregate", at: token.span) }
    try expect(.rightParen, ", or ) after the argument")
    if at(.filter), at(.leftParen, ahead: 1) { call.filter = try readFilter() }
    if at(word: "over"), at(.leftParen, ahead: 1) || atName(ahead: 1) {
      throw .featureNotSupported("OVER (…)", at: token.span)
    }
    if at(word: "within"), at(.group, ahead: 1) { throw .featureNotSupported("WITHIN GROUP", at: token.span) }
    return Expression(.call(call), span: span(from: start))
  }

  @inline(never)
  private mutating func readFilter() throws(SyntaxFault) -> Expression {
    take()
    take()
    try expect(.where)
    let condition = try readNested()
    try expect(.rightParen, ") after the condition")
    return condition
  }

  /// `CURRENT_DATE` and the like: a call without parentheses.
  @inline(never)
  mutating func takeBareCall() -> Expression {
    let name = takeName()
    return Expression(.call(FunctionCall(name: name, arguments: [])), span: name.span)
  }

  /// `EXTRACT(field FROM e)` is `extract('field', e)`.
  @inline(never)
  mutating func readExtract() throws(SyntaxFault) -> Expression {
    let start = token.start
    let name = takeName()
    take()
    let field: Expression
    if atString() {
      field = takeLiteral()
    } else {
      let word = try readName("a field: year, month, day, hour, …")
      field = Expression(.literal(.string(word.text)), span: word.span)
    }
    try expect(.from)
    let source = try readNested()
    try expect(.rightParen, ")")
    return call(name, [field, source], from: start)
  }

  /// `POSITION(a IN b)` is `position(a, b)`.
  @inline(never)
  mutating func readPosition() throws(SyntaxFault) -> Expression {
    let start = token.start
    let name = takeName()
    take()
    let part = try readNested(.operator)
    try expect(.in)
    let whole = try readNested(.operator)
    try expect(.rightParen, ")")
    return call(name, [part, whole], from: start)
  }

  /// `SUBSTRING(s FROM a FOR b)` is `substring(s, a, b)`; without FROM, a is 1.
  @inline(never)
  mutating func readSubstring() throws(SyntaxFault) -> Expression {
    let start = token.start
    let name = takeName()
    take()
    var arguments = [try readNested()]
    switch token.kind {
    case .keyword(.from):
      take()
      arguments.append(try readNested())
      if take(if: .for) { arguments.append(try readNested()) }
    case .keyword(.for):
      arguments.append(Expression(.literal(.integer("1")), span: token.span))
      take()
      arguments.append(try readNested())
    default:
      while take(if: .comma) { arguments.append(try readNested()) }
    }
    try expect(.rightParen, "FROM, FOR, a comma or )")
    return call(name, arguments, from: start)
  }

  /// `TRIM([BOTH | LEADING | TRAILING] [c] FROM s)` is PostgreSQL's `btrim`, `ltrim` or `rtrim` of (s[, c]).
  @inline(never)
  mutating func readTrim() throws(SyntaxFault) -> Expression {
    let start = token.start
    var name = takeName()
    take()
    name.text = "btrim"
    switch token.kind {
    case .keyword(.leading):
      take()
      name.text = "ltrim"
    case .keyword(.trailing):
      take()
      name.text = "rtrim"
    default:
      _ = take(if: .both)
    }
    var arguments: [Expression]
    if take(if: .from) {
      arguments = [try readNested()]
    } else {
      arguments = [try readNested()]
      if take(if: .from) {
        arguments.insert(try readNested(), at: 0)
      } else if take(if: .comma) {
        arguments.append(try readNested())
      }
    }
    try expect(.rightParen, "FROM, a comma or )")
    return call(name, arguments, from: start)
  }

  private func call(_ name: Name, _ arguments: [Expression], from start: Int) -> Expression {
    Expression(.call(FunctionCall(name: name, arguments: arguments)), span: span(from: start))
  }
}
