import VSQLDiagnostics

extension Expression {
  /// The lines of the expression's tree; see `ParsedStatement.treeLines`.
  package func treeLines() -> [String] { node.lines() }

  var node: TreeNode { TreeNode(label: kind.treeLabel, span: span, children: kind.treeChildren) }
}

extension Expression.Kind {
  fileprivate var treeLabel: String {
    switch self {
    case .literal(.vector(let values)): "vector of \(values.count)"
    case .literal(let literal): "literal \(literal.sql)"
    case .bracket(let elements): "bracket of \(elements.count)"
    case .column(let parts): "column " + parts.map(\.sql).joined(separator: ".")
    case .parameter(let parameter): "parameter \(parameter.sql)"
    case .unary(let op, _): "unary \(op.rawValue)"
    case .binary(let op, _, _): "binary \(op.rawValue)"
    case .and: "and"
    case .or: "or"
    case .not: "not"
    case .isNull(_, let negated): Self.word("is null", negated)
    case .isTruth(_, let value, let negated):
      Self.word(value.map { $0 ? "is true" : "is false" } ?? "is unknown", negated)
    case .isDistinct(_, _, let negated): Self.word("is distinct", negated)
    case .between(_, _, _, let negated): Self.word("between", negated)
    case .inList(_, _, let negated): Self.word("in list", negated)
    case .inSubquery(_, _, let negated): Self.word("in subquery", negated)
    case .exists: "exists"
    case .subquery: "subquery"
    case .like(_, _, _, let caseInsensitive, let negated):
      Self.word(caseInsensitive ? "ilike" : "like", negated)
    case .case: "case"
    case .cast(_, let type): "cast to \(type.sql)"
    case .call(let call):
      "call \(call.name.sql)" + (call.isStar ? " *" : "") + (call.isDistinct ? " distinct" : "")
    }
  }

  private static func word(_ text: String, _ negated: Bool) -> String { negated ? text + ", negated" : text }

  fileprivate var treeChildren: [TreeNode] {
    switch self {
    case .literal, .column, .parameter: []
    case .bracket(let list), .and(let list), .or(let list): list.map(\.node)
    case .unary(_, let operand), .not(let operand), .isNull(let operand, _), .isTruth(let operand, _, _),
      .cast(let operand, _):
      [operand.node]
    case .binary(_, let left, let right), .isDistinct(let left, let right, _): [left.node, right.node]
    case .between(let operand, let low, let high, _): [operand.node, low.node, high.node]
    case .inList(let operand, let list, _): [operand.node] + list.map(\.node)
    case .inSubquery(let operand, let query, _): [operand.node, query.node]
    case .exists(let query), .subquery(let query): [query.node]
    case .like(let operand, let pattern, let escape, _, _):
      [operand.node, pattern.node] + (escape.map { [.part("escape", [$0.node])] } ?? [])
    case .case(let operand, let branches, let otherwise):
      (operand.map { [$0.node] } ?? [])
        + branches.map { .part("when", [$0.condition.node, .part("then", [$0.result.node])]) }
        + (otherwise.map { [.part("else", [$0.node])] } ?? [])
    case .call(let call):
      call.arguments.map(\.node) + (call.filter.map { [.part("filter", [$0.node])] } ?? [])
    }
  }
}
