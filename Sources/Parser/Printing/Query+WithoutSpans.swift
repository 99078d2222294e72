import VSQLDiagnostics

extension Query {
  /// The same tree with every span empty.
  package var withoutSpans: Query {
    Query(
      isDistinct: isDistinct, select: select.map(\.withoutSpans), from: from.map(\.withoutSpans),
      predicate: predicate?.withoutSpans, groupBy: groupBy.map(\.withoutSpans), having: having?.withoutSpans,
      nearest: nearest?.withoutSpans, orderBy: orderBy.map(\.withoutSpans), limit: limit?.withoutSpans,
      offset: offset?.withoutSpans, span: .none)
  }
}

extension SelectItem {
  fileprivate var withoutSpans: SelectItem {
    switch self {
    case .star(let qualifier, _): .star(qualifier: qualifier?.withoutSpans, span: .none)
    case .expression(let expression, let alias):
      .expression(expression.withoutSpans, alias: alias?.withoutSpans)
    }
  }
}

extension Relation {
  fileprivate var withoutSpans: Relation {
    switch self {
    case .table(let name, let alias): .table(name.withoutSpans, alias: alias?.withoutSpans)
    case .derived(let query, let alias): .derived(query.withoutSpans, alias: alias.withoutSpans)
    case .join(let join):
      .join(
        Join(
          kind: join.kind, left: join.left.withoutSpans, right: join.right.withoutSpans,
          condition: join.condition.withoutSpans))
    }
  }
}

extension Join.Condition {
  fileprivate var withoutSpans: Join.Condition {
    switch self {
    case .on(let expression): .on(expression.withoutSpans)
    case .using(let names): .using(names.map(\.withoutSpans))
    case .nearest(let clause): .nearest(clause.withoutSpans)
    case .none: .none
    }
  }
}

extension NearestClause {
  fileprivate var withoutSpans: NearestClause {
    NearestClause(
      mode: mode, count: count?.withoutSpans, ranking: ranking, expression: expression.withoutSpans,
      options: options.map(\.withoutSpans), span: .none)
  }
}

extension OrderItem {
  fileprivate var withoutSpans: OrderItem {
    OrderItem(expression: expression.withoutSpans, isDescending: isDescending, nullsFirst: nullsFirst)
  }
}
