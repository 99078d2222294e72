import VSQLDiagnostics
import VSQLLexer

/// The operands of operators.
extension SyntaxReader {
  mutating func readPrimary() throws(SyntaxFault) -> Expression {
    let primary = try readPrimaryStart()
    if at(.leftBracket) { throw .featureNotSupported("a subscript", at: token.span) }
    if at(word: "at"), at(.time, ahead: 1) { throw .featureNotSupported("AT TIME ZONE", at: token.span) }
    return primary
  }

  private mutating func readPrimaryStart() throws(SyntaxFault) -> Expression {
    switch token.kind {
    case .integer, .decimal, .scientific, .string, .escapeString, .dollarString, .bytes:
      takeLiteral()
    case .positionalParameter, .namedParameter:
      takeParameter()
    case .leftParen:
      try readParenthesized()
    case .leftBracket:
      try readBracket()
    case .identifier, .quotedIdentifier:
      try readNamed()
    case .keyword(let keyword):
      try readKeyword(keyword)
    default:
      throw unexpected("an expression")
    }
  }

  @inline(never)
  private mutating func readKeyword(_ keyword: Keyword) throws(SyntaxFault) -> Expression {
    switch keyword {
    case .null, .true, .false: takeLiteral()
    case .case: try readCase()
    case .cast: try readCast()
    case .exists where at(.leftParen, ahead: 1): try readExists()
    case .extract where at(.leftParen, ahead: 1): try readExtract()
    case .position where at(.leftParen, ahead: 1): try readPosition()
    case .substring where at(.leftParen, ahead: 1): try readSubstring()
    case .trim where at(.leftParen, ahead: 1): try readTrim()
    case .currentDate, .currentTimestamp, .currentUser: takeBareCall()
    case .left where at(.leftParen, ahead: 1), .right where at(.leftParen, ahead: 1): try readCall()
    default:
      if keyword.isReserved { throw unexpected("an expression") } else { try readNamed() }
    }
  }

  /// The next token as a literal; it is known to be one.
  @inline(never)
  mutating func takeLiteral() -> Expression {
    let token = take()
    let literal: Literal
    switch token.kind {
    case .integer: literal = .integer(stream.text(of: token))
    case .decimal: literal = .decimal(stream.text(of: token))
    case .scientific: literal = .scientific(stream.text(of: token))
    case .bytes: literal = .bytes(stream.byteString(of: token))
    case .keyword(.true): literal = .boolean(true)
    case .keyword(.false): literal = .boolean(false)
    case .keyword(.null): literal = .null
    default: literal = .string(stream.string(of: token))
    }
    return Expression(.literal(literal), span: token.span)
  }

  @inline(never)
  private mutating func takeParameter() -> Expression {
    let token = take()
    let parameter: Parameter =
      token.kind == .positionalParameter
      ? .positional(stream.parameterNumber(of: token)) : .named(stream.name(of: token))
    return Expression(.parameter(parameter), span: token.span)
  }

  /// `(expression)` or `(SELECT …)`.
  @inline(never)
  private mutating func readParenthesized() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    if at(.select) {
      let query = try readNestedQuery()
      try expect(.rightParen, ") after the subquery")
      return Self.subquery(query, span: span(from: start))
    }
    var inner = try readNested()
    if at(.comma) { throw .featureNotSupported("a row value", at: token.span) }
    try expect(.rightParen, ")")
    inner.span = span(from: start)
    return inner
  }

  /// `[…]`: numbers alone make one vector literal.
  @inline(never)
  private mutating func readBracket() throws(SyntaxFault) -> Expression {
    let start = token.start
    if let (values, end) = stream.numericBracket(at: index) {
      skip(to: end)
      return Expression(.literal(.vector(values)), span: span(from: start))
    }
    take()
    if take(if: .rightBracket) { return Expression(.bracket([]), span: span(from: start)) }
    let elements = try readExpressionList()
    try expect(.rightBracket, ", or ] in the vector")
    return Expression(.bracket(elements), span: span(from: start))
  }

  /// A column, a call, or `type 'literal'`.
  @inline(never)
  private mutating func readNamed() throws(SyntaxFault) -> Expression {
    let start = token.start
    if let type = try readLiteralType() {
      let text = stream.string(of: take())
      return Expression(.literal(.typed(type, text)), span: span(from: start))
    }
    if at(.leftParen, ahead: 1) { return try readCall() }
    var parts = [takeName()]
    while take(if: .dot) {
      if at(.star) { throw unexpected("a column's name", hint: "t.* stands in a select list only") }
      if parts.count == 3 { throw unexpected("no fourth name: schema.table.column is the longest") }
      parts.append(try readLabel("a name after the dot"))
    }
    if at(.leftParen) { throw .featureNotSupported("a function of a schema", at: span(from: start)) }
    return Expression(.column(parts), span: span(from: start))
  }

  @inline(never)
  private mutating func readCase() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    let operand = at(.when) ? nil : try readNested()
    var branches: [CaseBranch] = []
    while take(if: .when) {
      let condition = try readNested()
      try expect(.then)
      branches.append(CaseBranch(condition: condition, result: try readNested()))
    }
    if branches.isEmpty { throw unexpected("WHEN", near: [.when]) }
    let otherwise = take(if: .else) ? try readNested() : nil
    guard take(if: .end) else { throw unexpected("WHEN, ELSE or END", near: [.when, .else, .end]) }
    return Expression(
      .case(operand: operand, branches: branches, otherwise: otherwise), span: span(from: start))
  }

  @inline(never)
  private mutating func readCast() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    try expect(.leftParen, "( after CAST")
    let operand = try readNested()
    try expect(.as)
    let type = try readTypeName()
    try expect(.rightParen, ") after the type")
    return Expression(.cast(operand, type), span: span(from: start))
  }

  @inline(never)
  private mutating func readExists() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    take()
    guard at(.select) else { throw unexpected("SELECT", near: [.select]) }
    let query = try readNestedQuery()
    try expect(.rightParen, ") after the subquery")
    return Self.exists(query, span: span(from: start))
  }

  @inline(never)
  private static func subquery(_ query: Indirect<Query>, span: SourceSpan) -> Expression {
    Expression(.subquery(query.value), span: span)
  }

  @inline(never)
  private static func exists(_ query: Indirect<Query>, span: SourceSpan) -> Expression {
    Expression(.exists(query.value), span: span)
  }
}
