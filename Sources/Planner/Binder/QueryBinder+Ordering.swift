import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// ORDER BY.
extension QueryBinder {
  /// PostgreSQL's rule: a bare name is an output name, else a column of FROM; an integer is an output's
  /// place.
  func bindOrder(_ query: Query, outputs: [Output], scope: Scope, collector: AggregateCollector)
    throws(Diagnostic) -> [SortKey]
  {
    let binder = ExpressionBinder(state: state, scope: scope, clause: "ORDER BY", aggregates: collector)
    return try query.orderBy.map { (item) throws(Diagnostic) in
      SortKey(
        scalar: try bindOrderItem(item.expression, outputs: outputs, binder: binder),
        isDescending: item.isDescending, nullsFirst: item.nullsFirst ?? item.isDescending)
    }
  }

  private func bindOrderItem(_ item: Expression, outputs: [Output], binder: ExpressionBinder)
    throws(Diagnostic) -> Scalar
  {
    switch item.kind {
    case .column(let parts) where parts.count == 1:
      let named = outputs.filter { $0.name == parts[0].text }
      if named.isEmpty { return try binder.bind(item) }
      return try Self.only(named, name: parts[0].text, clause: "ORDER BY", at: item.span)
    case .literal(let literal) where literal.isPlain:
      return try Self.ordinal(literal, outputs: outputs, clause: "ORDER BY", at: item.span).scalar
    default: return try binder.settled(item)
    }
  }

  /// Sort keys over the distinct rows.
  ///
  /// - Throws: 42P10 for a key that is not in the select list.
  func distinctOrder(_ order: [SortKey], outputs: [Output]) throws(Diagnostic) -> [SortKey] {
    let forms = outputs.map(\.scalar.unplaced)
    return try order.map { (key) throws(Diagnostic) in
      guard let place = forms.firstIndex(of: key.scalar.unplaced) else {
        throw Diagnostic(
          .invalidColumnReference,
          "for SELECT DISTINCT, ORDER BY expressions must appear in select list", at: key.scalar.span)
      }
      return SortKey(
        scalar: Scalar(.column(place), type: key.scalar.type, span: key.scalar.span),
        isDescending: key.isDescending, nullsFirst: key.nullsFirst)
    }
  }
}
