import VSQLParser

/// What a column of the answer is called when the statement does not say: PostgreSQL's rules.
enum OutputNames {
  static let unnamed = "?column?"

  static func name(of expression: Expression) -> String { found(expression) ?? unnamed }

  private static func found(_ expression: Expression) -> String? {
    switch expression.kind {
    case .column(let parts): parts.last?.text
    case .call(let call): call.name.text
    case .cast(let operand, let type): found(operand) ?? type.name
    case .literal(.typed(let type, _)): type.name
    case .literal(.boolean): "bool"
    case .literal: nil
    case .case(_, _, let otherwise):
      otherwise.flatMap { if case .column(let parts) = $0.kind { parts.last?.text } else { nil } } ?? "case"
    case .exists: "exists"
    case .subquery(let query):
      if case .expression(let only, let alias)? = query.select.first {
        alias?.text ?? found(only)
      } else {
        nil
      }
    case .bracket, .parameter, .unary, .binary, .and, .or, .not, .isNull, .isTruth, .isDistinct, .between,
      .inList, .inSubquery, .like:
      nil
    }
  }
}
