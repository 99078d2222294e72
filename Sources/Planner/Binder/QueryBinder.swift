import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Binds one SELECT to a naive plan: FROM, WHERE, NEAREST, GROUP BY, HAVING, DISTINCT, ORDER BY, LIMIT, in
/// that order of operators.
struct QueryBinder {
  let state: BindingState
  /// The queries around this one, nearest first.
  let outer: [Scope]

  struct Bound {
    var node: PlanNode
    var columns: [ResultColumn]
  }

  /// One column of the answer, over the rows before projection.
  struct Output {
    var name: String
    var scalar: Scalar
  }

  func bind(_ query: Query) throws(Diagnostic) -> Bound {
    var (node, scope) = try bindFrom(query.from)
    if let predicate = query.predicate {
      node = try bindWhere(predicate, over: node, scope: scope)
    }
    if let nearest = query.nearest {
      (node, scope) = try bindNearest(nearest, over: node, scope: scope)
    }
    let collector = AggregateCollector()
    var outputs = try bindSelectList(query.select, scope: scope, collector: collector)
    let keys = try bindGroupKeys(query.groupBy, outputs: outputs, scope: scope)
    var having: Scalar?
    if let condition = query.having {
      having = try ExpressionBinder(state: state, scope: scope, clause: "HAVING", aggregates: collector)
        .predicate(condition)
    }
    var order = try bindOrder(query, outputs: outputs, scope: scope, collector: collector)
    if !query.groupBy.isEmpty || having != nil || !collector.calls.isEmpty {
      if let nearest = query.nearest {
        throw Diagnostic(
          .featureNotSupported, "NEAREST beside GROUP BY or aggregates is not supported", at: nearest.span,
          hint: "Put the NEAREST query into a derived table and aggregate over that.")
      }
      var grouping = Grouping(keys: keys, calls: collector.calls, scope: scope)
      outputs = try outputs.map { (output) throws(Diagnostic) in
        Output(name: output.name, scalar: try grouping.rewrite(output.scalar))
      }
      having = if let having { try grouping.rewrite(having) } else { nil }
      order = try order.map { (key) throws(Diagnostic) in
        SortKey(
          scalar: try grouping.rewrite(key.scalar), isDescending: key.isDescending, nullsFirst: key.nullsFirst
        )
      }
      node = .aggregate(node, keys: grouping.keys, calls: collector.calls)
      outputs = outputs.map { Output(name: $0.name, scalar: grouping.placed($0.scalar)) }
      order = order.map {
        SortKey(
          scalar: grouping.placed($0.scalar), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
      }
      if let having { node = .filter(node, grouping.placed(having)) }
    }
    let window = try bindWindow(query)
    let columns = outputs.map { ResultColumn(name: $0.name, type: $0.scalar.type) }
    if query.isDistinct {
      node = .distinct(.project(node, outputs.map(\.scalar)))
      if !order.isEmpty { node = .sort(node, try distinctOrder(order, outputs: outputs)) }
      return Bound(node: limited(node, window), columns: columns)
    }
    if let (ranked, ranking) = rankedByOrder(query, node: node, order: order, window: window, scope: scope) {
      let ordinal = ranked.output.count - 1
      outputs = outputs.map { Output(name: $0.name, scalar: replacing(ranking, by: ordinal, in: $0.scalar)) }
      node = window.offset == nil ? ranked : limited(ranked, window)
      return Bound(node: .project(node, outputs.map(\.scalar)), columns: columns)
    }
    if order.contains(where: \.scalar.isVolatile) {
      return Bound(node: drawnOnce(node, outputs, order, window), columns: columns)
    }
    if !order.isEmpty { node = .sort(node, order) }
    return Bound(node: .project(limited(node, window), outputs.map(\.scalar)), columns: columns)
  }

  /// What is drawn anew for each row is drawn before the sort, so that rows show what they were sorted by.
  private func drawnOnce(_ node: PlanNode, _ outputs: [Output], _ order: [SortKey], _ window: Window)
    -> PlanNode
  {
    let forms = outputs.map(\.scalar.unplaced)
    let extra = order.map(\.scalar).filter { !forms.contains($0.unplaced) }
    let list = outputs.map(\.scalar) + extra
    let all = list.map(\.unplaced)
    let keys = order.map { key in
      let place = all.firstIndex(of: key.scalar.unplaced) ?? 0
      return SortKey(
        scalar: Scalar(.column(place), type: key.scalar.type, span: key.scalar.span),
        isDescending: key.isDescending, nullsFirst: key.nullsFirst)
    }
    let sorted = limited(.sort(.project(node, list), keys), window)
    return .project(sorted, outputs.indices.map { Scalar(.column($0), type: list[$0].type) })
  }

  /// LIMIT and OFFSET.
  struct Window {
    var count: Scalar?
    var offset: Scalar?
  }

  private func limited(_ node: PlanNode, _ window: Window) -> PlanNode {
    if window.count == nil, window.offset == nil { return node }
    return .limit(node, count: window.count, offset: window.offset)
  }
}

// MARK: - SELECT list, LIMIT

extension QueryBinder {
  private func bindSelectList(_ items: [SelectItem], scope: Scope, collector: AggregateCollector)
    throws(Diagnostic) -> [Output]
  {
    let binder = ExpressionBinder(state: state, scope: scope, clause: "SELECT", aggregates: collector)
    var outputs: [Output] = []
    for item in items {
      switch item {
      case .star(let qualifier, let span): outputs += try expandStar(qualifier, at: span, scope: scope)
      case .expression(let expression, let alias):
        outputs.append(
          Output(
            name: alias?.text ?? OutputNames.name(of: expression), scalar: try binder.settled(expression)))
      }
    }
    return outputs
  }

  private func expandStar(_ qualifier: Name?, at span: SourceSpan, scope: Scope) throws(Diagnostic)
    -> [Output]
  {
    var columns = scope.columns.filter { !$0.isRanking }
    if let qualifier {
      guard scope.relations.contains(where: { $0.alias == qualifier.text }) else {
        throw Diagnostic(
          .undefinedTable, "missing FROM-clause entry for table \"\(qualifier.text)\"", at: qualifier.span,
          label: Suggestion.label(for: qualifier.text, in: scope.relations.map(\.alias)))
      }
      columns = columns.filter { $0.qualifier == qualifier.text }.sorted { $0.ordinal < $1.ordinal }
    } else {
      guard !scope.relations.isEmpty else {
        throw Diagnostic(.syntaxError, "SELECT * with no tables specified is not valid", at: span)
      }
      columns = columns.filter { !$0.isHidden }
    }
    return columns.map { column in
      if let source = column.source { state.read(source, in: scope) }
      return Output(
        name: column.name, scalar: Scalar(.column(column.ordinal), type: column.type, span: span))
    }
  }

  private func bindWindow(_ query: Query) throws(Diagnostic) -> Window {
    Window(
      count: try bindCount(query.limit, clause: "LIMIT", state: .invalidRowCountInLimit),
      offset: try bindCount(query.offset, clause: "OFFSET", state: .invalidRowCountInOffset))
  }

  /// A number of rows: one INTEGER for the whole statement. Nil: none, or NULL.
  func bindCount(_ expression: Expression?, clause: String, state code: SQLState) throws(Diagnostic)
    -> Scalar?
  {
    guard let expression else { return nil }
    var scope = Scope()
    scope.outer = outer
    let bound = try ExpressionBinder(state: state, scope: scope, clause: clause).bind(expression)
    let count = try state.coerce(
      bound, to: .bigint, .assignment,
      mismatch: Diagnostic(
        .datatypeMismatch, "argument of \(clause) must be INTEGER, not \(bound.type.plainName)",
        at: expression.span))
    if count.isNullConstant { return nil }
    if case .integer(let number) = count.constantValue, number < 0 {
      throw Diagnostic(code, "\(clause) must not be negative", at: expression.span)
    }
    return count
  }
}
