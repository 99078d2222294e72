extension Query {
  var node: TreeNode {
    TreeNode(label: isDistinct ? "query, distinct" : "query", span: span, children: treeChildren)
  }

  /// The clauses in the order in which they are written.
  var treeChildren: [TreeNode] {
    var parts: [TreeNode] = [.part("select", select.map(\.node))]
    if !from.isEmpty { parts.append(.part("from", from.map(\.node))) }
    if let predicate { parts.append(.part("where", [predicate.node])) }
    if let nearest { parts.append(nearest.node) }
    if !groupBy.isEmpty { parts.append(.part("group by", groupBy.map(\.node))) }
    if let having { parts.append(.part("having", [having.node])) }
    if !orderBy.isEmpty { parts.append(.part("order by", orderBy.map(\.node))) }
    if let limit { parts.append(.part("limit", [limit.node])) }
    if let offset { parts.append(.part("offset", [offset.node])) }
    return parts
  }
}

extension SelectItem {
  fileprivate var node: TreeNode {
    switch self {
    case .star(_, let span): TreeNode(label: sql, span: span)
    case .expression(let expression, nil): expression.node
    case .expression(let expression, let alias?):
      TreeNode(label: "as \(alias.sql)", span: alias.span, children: [expression.node])
    }
  }
}

extension Relation {
  fileprivate var node: TreeNode {
    switch self {
    case .table(let name, nil): name.node("table")
    case .table(let name, let alias?):
      TreeNode(label: "as \(alias.sql)", span: alias.span, children: [name.node("table")])
    case .derived(let query, let alias):
      TreeNode(label: "as \(alias.sql)", span: alias.span, children: [query.node])
    case .join(let join):
      .part(
        "\(join.kind.rawValue.lowercased()) join", [join.left.node, join.right.node] + join.condition.nodes)
    }
  }
}

extension Join.Condition {
  fileprivate var nodes: [TreeNode] {
    switch self {
    case .on(let expression): [.part("on", [expression.node])]
    case .using(let names): [.part("using", names.map { $0.node("column") })]
    case .nearest(let clause): [clause.node]
    case .none: []
    }
  }
}

extension NearestClause {
  fileprivate var node: TreeNode {
    let word = mode.map { "\($0.rawValue.lowercased()) nearest" } ?? "nearest"
    return TreeNode(
      label: "\(word) by \(ranking.rawValue.lowercased())", span: span,
      children: (count.map { [.part("count", [$0.node])] } ?? []) + [expression.node] + options.map(\.node))
  }
}

extension OrderItem {
  fileprivate var node: TreeNode {
    let order = isDescending ? "descending" : "ascending"
    return .part(order + (nullsFirst.map { $0 ? ", nulls first" : ", nulls last" } ?? ""), [expression.node])
  }
}
