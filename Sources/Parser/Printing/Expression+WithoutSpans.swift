import VSQLDiagnostics

/// The same tree with every span empty: two trees that differ in their places alone become equal.
extension Expression {
  package var withoutSpans: Expression { Expression(kind.withoutSpans, span: .none) }
}

extension SourceSpan {
  static let none = SourceSpan(start: 0, end: 0)
}

extension Name {
  var withoutSpans: Name { Name(text, span: .none) }
}

extension ObjectName {
  var withoutSpans: ObjectName { ObjectName(parts.map(\.withoutSpans)) }
}

extension TypeName {
  var withoutSpans: TypeName { TypeName(name, arguments: arguments, span: .none) }
}

extension Literal {
  fileprivate var withoutSpans: Literal {
    switch self {
    case .typed(let type, let text): .typed(type.withoutSpans, text)
    case .null, .boolean, .integer, .decimal, .scientific, .string, .bytes, .vector: self
    }
  }
}

extension [Expression] {
  fileprivate var withoutSpans: [Expression] { map(\.withoutSpans) }
}

extension Expression.Kind {
  fileprivate var withoutSpans: Expression.Kind {
    switch self {
    case .literal(let literal): .literal(literal.withoutSpans)
    case .bracket(let elements): .bracket(elements.withoutSpans)
    case .column(let parts): .column(parts.map(\.withoutSpans))
    case .parameter: self
    case .unary(let op, let operand): .unary(op, operand.withoutSpans)
    case .binary(let op, let left, let right): .binary(op, left.withoutSpans, right.withoutSpans)
    case .and(let terms): .and(terms.withoutSpans)
    case .or(let terms): .or(terms.withoutSpans)
    case .not(let operand): .not(operand.withoutSpans)
    case .isNull(let operand, let negated): .isNull(operand.withoutSpans, negated: negated)
    case .isTruth(let operand, let value, let negated):
      .isTruth(operand.withoutSpans, value, negated: negated)
    case .isDistinct(let left, let right, let negated):
      .isDistinct(left.withoutSpans, from: right.withoutSpans, negated: negated)
    case .between(let operand, let low, let high, let negated):
      .between(operand.withoutSpans, low: low.withoutSpans, high: high.withoutSpans, negated: negated)
    case .inList(let operand, let list, let negated):
      .inList(operand.withoutSpans, list.withoutSpans, negated: negated)
    case .inSubquery(let operand, let query, let negated):
      .inSubquery(operand.withoutSpans, query.withoutSpans, negated: negated)
    case .exists(let query): .exists(query.withoutSpans)
    case .subquery(let query): .subquery(query.withoutSpans)
    case .like(let operand, let pattern, let escape, let caseInsensitive, let negated):
      .like(
        operand.withoutSpans, pattern: pattern.withoutSpans, escape: escape?.withoutSpans,
        caseInsensitive: caseInsensitive, negated: negated)
    case .case(let operand, let branches, let otherwise):
      .case(
        operand: operand?.withoutSpans, branches: branches.map(\.withoutSpans),
        otherwise: otherwise?.withoutSpans)
    case .cast(let operand, let type): .cast(operand.withoutSpans, type.withoutSpans)
    case .call(let call): .call(call.withoutSpans)
    }
  }
}

extension CaseBranch {
  fileprivate var withoutSpans: CaseBranch {
    CaseBranch(condition: condition.withoutSpans, result: result.withoutSpans)
  }
}

extension FunctionCall {
  fileprivate var withoutSpans: FunctionCall {
    FunctionCall(
      name: name.withoutSpans, arguments: arguments.withoutSpans, isStar: isStar, isDistinct: isDistinct,
      filter: filter?.withoutSpans)
  }
}
