import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// An expression, by precedence climbing: the longest whose operators all hold at least as tightly as `least`.
  ///
  /// The functions on the way from here to here again are kept small, and each construct has its own: the
  /// frames of a recursion are as large as everything that its functions could do.
  mutating func readExpression(_ least: Precedence = .or) throws(SyntaxFault) -> Expression {
    // What was read before this expression reaches no deeper because of a chain within it.
    let before = reach
    reach = depth
    let start = token.start
    var left = try readOperand(least)
    var previous = Precedence.primary
    while let precedence = followingPrecedence(), precedence >= least {
      if precedence > previous || (precedence == previous && precedence.isSingle) {
        throw unchainable(precedence)
      }
      let levels = reach
      reach = depth
      left = try readRest(of: left, precedence, from: start)
      try deepen(from: levels)
      previous = precedence
    }
    reach = max(before, reach)
    return left
  }

  /// An expression one level down: an operand to the right, an argument, what stands in parentheses.
  mutating func readNested(_ least: Precedence = .or) throws(SyntaxFault) -> Expression {
    try descend()
    let expression = try readExpression(least)
    ascend()
    return expression
  }

  /// What precedes an operand, and the operand.
  private mutating func readOperand(_ least: Precedence) throws(SyntaxFault) -> Expression {
    switch token.kind {
    case .minus, .plus: try readSigned()
    case .keyword(.not):
      if least <= .not { try readNot() } else { throw unexpected("an operand", hint: "write (NOT …)") }
    default: try readPrimary()
    }
  }

  @inline(never)
  private mutating func readSigned() throws(SyntaxFault) -> Expression {
    let start = token.start
    let sign: UnaryOperator = take().kind == .minus ? .minus : .plus
    let operand = try readNested(.sign)
    return Expression(.unary(sign, operand), span: span(from: start))
  }

  @inline(never)
  private mutating func readNot() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    let operand = try readNested(.not)
    return Expression(.not(operand), span: span(from: start))
  }

  /// The precedence of the operator at the next token, if it is one.
  private func followingPrecedence() -> Precedence? {
    switch token.kind {
    case .keyword(let keyword): keywordPrecedence(keyword)
    case .doubleColon: .cast
    default: BinaryOperator(token.kind)?.precedence
    }
  }

  private func keywordPrecedence(_ keyword: Keyword) -> Precedence? {
    switch keyword {
    case .or: .or
    case .and: .and
    case .is: .is
    case .between, .in, .like, .ilike: .membership
    case .not:
      at(.between, ahead: 1) || at(.in, ahead: 1) || at(.like, ahead: 1) || at(.ilike, ahead: 1)
        ? .membership : nil
    default: nil
    }
  }

  /// The operator at the next token and what follows it.
  private mutating func readRest(
    of left: Expression, _ precedence: Precedence, from start: Int
  ) throws(SyntaxFault) -> Expression {
    switch precedence {
    case .or: try readOr(left, from: start)
    case .and: try readAnd(left, from: start)
    case .is: try readIs(left, from: start)
    case .membership: try readMembership(left, from: start)
    case .cast: try readCastSuffix(left, from: start)
    case .not, .comparison, .operator, .sum, .product, .sign, .primary:
      try readBinary(left, precedence, from: start)
    }
  }

  @inline(never)
  private mutating func readBinary(
    _ left: Expression, _ precedence: Precedence, from start: Int
  ) throws(SyntaxFault) -> Expression {
    guard let op = BinaryOperator(token.kind) else { throw unexpected("an operator") }
    take()
    let right = try readNested(precedence.next)
    return Expression(.binary(op, left, right), span: span(from: start))
  }

  /// Terms of a chain, flat: parentheses around a chain of the same kind change nothing and are forgotten.
  @inline(never)
  private mutating func readOr(_ left: Expression, from start: Int) throws(SyntaxFault) -> Expression {
    var terms = Self.orTerms(left)
    while take(if: .or) { terms += Self.orTerms(try readNested(.and)) }
    return Expression(.or(terms), span: span(from: start))
  }

  @inline(never)
  private mutating func readAnd(_ left: Expression, from start: Int) throws(SyntaxFault) -> Expression {
    var terms = Self.andTerms(left)
    while take(if: .and) { terms += Self.andTerms(try readNested(.not)) }
    return Expression(.and(terms), span: span(from: start))
  }

  private static func orTerms(_ expression: Expression) -> [Expression] {
    if case .or(let terms) = expression.kind { terms } else { [expression] }
  }

  private static func andTerms(_ expression: Expression) -> [Expression] {
    if case .and(let terms) = expression.kind { terms } else { [expression] }
  }

  @inline(never)
  private mutating func readCastSuffix(_ left: Expression, from start: Int) throws(SyntaxFault) -> Expression
  {
    take()
    let type = try readTypeName()
    return Expression(.cast(left, type), span: span(from: start))
  }

  @inline(never)
  private func unchainable(_ precedence: Precedence) -> SyntaxFault {
    let isComparison = precedence == .comparison
    return SyntaxFault(
      .syntaxError,
      "syntax error at or near \"\(stream.text(of: token))\": "
        + (isComparison ? "comparisons do not chain" : "the predicate before it stands in no parentheses"),
      at: token.span,
      hint: isComparison ? "write a < b AND b < c, or use parentheses" : "use parentheses")
  }
}
