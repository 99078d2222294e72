import VSQLDiagnostics
import VSQLLexer

/// The predicates written after their operand: IS …, BETWEEN, IN, LIKE.
extension SyntaxReader {
  @inline(never)
  mutating func readIs(_ left: Expression, from start: Int) throws(SyntaxFault) -> Expression {
    take()
    let negated = take(if: .not)
    let kind: Expression.Kind
    switch token.kind {
    case .keyword(.null):
      take()
      kind = .isNull(left, negated: negated)
    case .keyword(.true):
      take()
      kind = .isTruth(left, true, negated: negated)
    case .keyword(.false):
      take()
      kind = .isTruth(left, false, negated: negated)
    case .keyword(.unknown):
      take()
      kind = .isTruth(left, nil, negated: negated)
    case .keyword(.distinct):
      take()
      try expect(.from)
      kind = .isDistinct(left, from: try readNested(.comparison), negated: negated)
    default:
      throw unexpected(
        "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM\(negated ? "" : ", or NOT and one of them")",
        near: [.null, .true, .false, .unknown, .distinct, .not], hint: "values are compared with =")
    }
    return Expression(kind, span: span(from: start))
  }

  @inline(never)
  mutating func readMembership(_ left: Expression, from start: Int) throws(SyntaxFault) -> Expression {
    let negated = take(if: .not)
    let kind: Expression.Kind
    switch take().kind {
    case .keyword(.between): kind = try readBetween(left, negated: negated)
    case .keyword(.in): kind = try readIn(left, negated: negated)
    case .keyword(.ilike): kind = try readLike(left, caseInsensitive: true, negated: negated)
    default: kind = try readLike(left, caseInsensitive: false, negated: negated)
    }
    return Expression(kind, span: span(from: start))
  }

  @inline(never)
  private mutating func readBetween(_ left: Expression, negated: Bool) throws(SyntaxFault) -> Expression.Kind
  {
    let low = try readNested(.operator)
    try expect(.and)
    let high = try readNested(.operator)
    return .between(left, low: low, high: high, negated: negated)
  }

  @inline(never)
  private mutating func readLike(
    _ left: Expression, caseInsensitive: Bool, negated: Bool
  ) throws(SyntaxFault) -> Expression.Kind {
    let pattern = try readNested(.operator)
    let escape = take(if: .escape) ? try readNested(.operator) : nil
    return .like(left, pattern: pattern, escape: escape, caseInsensitive: caseInsensitive, negated: negated)
  }

  @inline(never)
  private mutating func readIn(_ left: Expression, negated: Bool) throws(SyntaxFault) -> Expression.Kind {
    try expect(.leftParen, "( after IN")
    if at(.select) {
      let query = try readNestedQuery()
      try expect(.rightParen, ") after the subquery")
      return Self.inSubquery(left, query, negated: negated)
    }
    if at(.rightParen) { throw unexpected("an expression", hint: "IN needs at least one value") }
    let list = try readExpressionList()
    try expect(.rightParen, ", or ) in the list")
    return Self.inList(left, list, negated: negated)
  }

  @inline(never)
  private static func inSubquery(
    _ left: Expression, _ query: Indirect<Query>, negated: Bool
  ) -> Expression.Kind {
    .inSubquery(left, query.value, negated: negated)
  }

  /// `IN ((SELECT …))` is a subquery in superfluous parentheses, not a list of one scalar.
  @inline(never)
  private static func inList(_ left: Expression, _ list: [Expression], negated: Bool) -> Expression.Kind {
    if list.count == 1, case .subquery(let query) = list[0].kind {
      return .inSubquery(left, query, negated: negated)
    }
    return .inList(left, list, negated: negated)
  }

  /// One or more expressions with commas between them.
  @inline(never)
  mutating func readExpressionList() throws(SyntaxFault) -> [Expression] {
    var list = [try readNested()]
    while take(if: .comma) { list.append(try readNested()) }
    return list
  }
}
