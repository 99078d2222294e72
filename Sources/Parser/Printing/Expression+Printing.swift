extension Expression {
  /// The expression as SQL text with no more parentheses than it needs; parsed again it is the same tree.
  package var sql: String { sql(atLeast: .or) }

  /// In parentheses where it holds less tightly than `least`.
  func sql(atLeast least: Precedence) -> String {
    let text = kind.sql
    return kind.precedence < least ? "(" + text + ")" : text
  }
}

extension Expression.Kind {
  /// How tightly the printed form holds together. A cast is printed as CAST (…), so it is a primary.
  var precedence: Precedence {
    switch self {
    case .or: .or
    case .and: .and
    case .not: .not
    case .isNull, .isTruth, .isDistinct: .is
    case .between, .inList, .inSubquery, .like: .membership
    case .binary(let op, _, _): op.precedence
    case .unary: .sign
    case .literal, .bracket, .column, .parameter, .exists, .subquery, .case, .cast, .call: .primary
    }
  }

  var sql: String {
    switch self {
    case .literal(let literal): literal.sql
    case .bracket(let elements): "[" + elements.sqlList + "]"
    case .column(let parts): parts.map(\.sql).joined(separator: ".")
    case .parameter(let parameter): parameter.sql
    case .unary(let op, let operand): Self.unary(op, operand)
    case .binary(let op, let left, let right): Self.binary(op, left, right)
    case .and(let terms): terms.map { $0.sql(atLeast: .not) }.joined(separator: " AND ")
    case .or(let terms): terms.map { $0.sql(atLeast: .and) }.joined(separator: " OR ")
    case .not(let operand): "NOT " + operand.sql(atLeast: .not)
    case .isNull(let operand, let negated): operand.sql(atLeast: .is) + Self.is(negated) + "NULL"
    case .isTruth(let operand, let value, let negated):
      operand.sql(atLeast: .is) + Self.is(negated) + (value.map { $0 ? "TRUE" : "FALSE" } ?? "UNKNOWN")
    case .isDistinct(let left, let right, let negated):
      left.sql(atLeast: .is) + Self.is(negated) + "DISTINCT FROM " + right.sql(atLeast: .comparison)
    case .between(let operand, let low, let high, let negated):
      operand.member + Self.not(negated) + "BETWEEN " + low.member + " AND " + high.member
    case .inList(let operand, let list, let negated):
      operand.member + Self.not(negated) + "IN (" + list.sqlList + ")"
    case .inSubquery(let operand, let query, let negated):
      operand.member + Self.not(negated) + "IN (" + query.sql + ")"
    case .exists(let query): "EXISTS (" + query.sql + ")"
    case .subquery(let query): "(" + query.sql + ")"
    case .like(let operand, let pattern, let escape, let caseInsensitive, let negated):
      operand.member + Self.not(negated) + (caseInsensitive ? "ILIKE " : "LIKE ") + pattern.member
        + (escape.map { " ESCAPE " + $0.member } ?? "")
    case .case(let operand, let branches, let otherwise): Self.case(operand, branches, otherwise)
    case .cast(let operand, let type): "CAST(" + operand.sql + " AS " + type.sql + ")"
    case .call(let call): call.sql
    }
  }

  private static func unary(_ op: UnaryOperator, _ operand: Expression) -> String {
    // Two signs without a space would begin a comment.
    let space = if case .unary = operand.kind { " " } else { "" }
    return op.rawValue + space + operand.sql(atLeast: .sign)
  }

  private static func binary(_ op: BinaryOperator, _ left: Expression, _ right: Expression) -> String {
    // Comparisons do not chain, every other operator leans to the left.
    let leftLeast = op.precedence == .comparison ? op.precedence.next : op.precedence
    return left.sql(atLeast: leftLeast) + " " + op.rawValue + " " + right.sql(atLeast: op.precedence.next)
  }

  private static func not(_ negated: Bool) -> String { negated ? " NOT " : " " }
  private static func `is`(_ negated: Bool) -> String { negated ? " IS NOT " : " IS " }

  private static func `case`(
    _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?
  ) -> String {
    var text = "CASE"
    if let operand { text += " " + operand.sql }
    for branch in branches { text += " WHEN " + branch.condition.sql + " THEN " + branch.result.sql }
    if let otherwise { text += " ELSE " + otherwise.sql }
    return text + " END"
  }
}

extension Expression {
  /// As an operand of BETWEEN, IN and LIKE, which do not chain.
  fileprivate var member: String { sql(atLeast: .operator) }
}

extension [Expression] {
  fileprivate var sqlList: String { map(\.sql).joined(separator: ", ") }
}

extension FunctionCall {
  package var sql: String {
    specialForm ?? plainForm
  }

  private var plainForm: String {
    var text = NameText.function(name.text) + "("
    if isStar { text += "*" } else { text += (isDistinct ? "DISTINCT " : "") + arguments.sqlList }
    text += ")"
    if let filter { text += " FILTER (WHERE " + filter.sql + ")" }
    return text
  }

  /// The calls that are written with words of their own.
  private var specialForm: String? {
    guard !isStar, !isDistinct, filter == nil else { return nil }
    switch (name.text, arguments.count) {
    case ("current_date", 0), ("current_timestamp", 0), ("current_user", 0):
      return name.text.uppercased()
    case ("extract", 2):
      guard case .literal(.string(let field)) = arguments[0].kind else { return nil }
      let word = field.isEmpty ? Literal.quoted(field) : NameText.name(field)
      return "EXTRACT(" + word + " FROM " + arguments[1].sql + ")"
    case ("position", 2):
      return "POSITION(" + arguments[0].member + " IN " + arguments[1].member + ")"
    case ("substring", 1...):
      return "SUBSTRING(" + arguments.sqlList + ")"
    default:
      return nil
    }
  }
}
