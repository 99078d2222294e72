import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// GROUP BY: its keys, and every other clause over the groups.
extension QueryBinder {
  /// PostgreSQL's rule: a bare name is a column of FROM, else an output name; an integer is an output's
  /// place.
  func bindGroupKeys(_ items: [Expression], outputs: [Output], scope: Scope) throws(Diagnostic) -> [Scalar] {
    let binder = ExpressionBinder(state: state, scope: scope, clause: "GROUP BY")
    var keys: [Scalar] = []
    for item in items {
      let key = try bindGroupKey(item, outputs: outputs, scope: scope, binder: binder)
      if key.contains({
        if case .column(let ordinal) = $0.kind { ordinal >= AggregateCollector.base } else { false }
      }) {
        throw Diagnostic(.groupingError, "aggregate functions are not allowed in GROUP BY", at: item.span)
      }
      if !keys.contains(where: { $0.unplaced == key.unplaced }) { keys.append(key) }
    }
    return keys
  }

  private func bindGroupKey(
    _ item: Expression, outputs: [Output], scope: Scope, binder: ExpressionBinder
  ) throws(Diagnostic) -> Scalar {
    switch item.kind {
    case .column(let parts) where parts.count == 1:
      let name = parts[0].text
      let named = outputs.filter { $0.name == name }
      if scope.columns.contains(where: { $0.name == name && !$0.isHidden }) || named.isEmpty {
        return try binder.bind(item)
      }
      return try Self.only(named, name: name, clause: "GROUP BY", at: item.span)
    case .literal(let literal) where literal.isPlain:
      return try Self.ordinal(literal, outputs: outputs, clause: "GROUP BY", at: item.span).scalar
    default: return try binder.settled(item)
    }
  }

  /// The one meaning of an output name.
  static func only(_ named: [Output], name: String, clause: String, at span: SourceSpan) throws(Diagnostic)
    -> Scalar
  {
    let meanings = Set(named.map(\.scalar.unplaced))
    guard meanings.count == 1, let scalar = named.first?.scalar else {
      throw Diagnostic(.ambiguousColumn, "\(clause) \"\(name)\" is ambiguous", at: span)
    }
    return scalar
  }

  /// `GROUP BY 2`, `ORDER BY 1`.
  static func ordinal(_ literal: Literal, outputs: [Output], clause: String, at span: SourceSpan)
    throws(Diagnostic) -> Output
  {
    guard case .integer(let digits) = literal else {
      throw Diagnostic(.syntaxError, "non-integer constant in \(clause)", at: span)
    }
    guard let place = Int(digits), outputs.indices.contains(place - 1) else {
      throw Diagnostic(
        .invalidColumnReference,
        "\(clause) position \(digits) is not in the select list of \(outputs.count) columns", at: span)
    }
    return outputs[place - 1]
  }
}

extension Literal {
  /// A bare constant, which in GROUP BY and ORDER BY can only be a place; `DATE '…'` is a cast.
  var isPlain: Bool {
    switch self {
    case .typed, .vector: false
    case .null, .boolean, .integer, .decimal, .scientific, .string, .bytes: true
    }
  }
}

/// Rewrites scalars over the rows of FROM into scalars over groups.
struct Grouping {
  /// The keys of GROUP BY, and those columns that they determine and that some clause asks for.
  private(set) var keys: [Scalar]
  private var forms: [Scalar]
  private let calls: [AggregateCall]
  private let scope: Scope

  init(keys: [Scalar], calls: [AggregateCall], scope: Scope) {
    self.keys = keys
    self.calls = calls
    self.scope = scope
    forms = keys.map(\.unplaced)
  }

  /// Key i becomes column i; aggregates stay past every ordinal until `placed`.
  ///
  /// - Throws: 42803 for a column that is neither in a key, nor determined by the keys, nor inside an
  ///   aggregate.
  mutating func rewrite(_ scalar: Scalar) throws(Diagnostic) -> Scalar {
    if let key = forms.firstIndex(of: scalar.unplaced) {
      return Scalar(.column(key), type: scalar.type, span: scalar.span)
    }
    if case .column(let ordinal) = scalar.kind {
      // The same column under another length, as a cast to TEXT leaves it.
      if let key = forms.firstIndex(where: { $0.kind == .column(ordinal) }) {
        return Scalar(.column(key), type: scalar.type, span: scalar.span)
      }
      if ordinal >= AggregateCollector.base { return scalar }
      return try determined(ordinal, scalar)
    }
    var children: [Scalar] = []
    for child in scalar.children { children.append(try rewrite(child)) }
    var rest = children[...]
    return scalar.mapChildren { (old: Scalar) throws(Never) in rest.popFirst() ?? old }
  }

  /// Aggregates at their place after the keys, whose number is known only when every clause was rewritten.
  func placed(_ scalar: Scalar) -> Scalar {
    scalar.remapped { $0 >= AggregateCollector.base ? $0 - AggregateCollector.base + keys.count : $0 }
  }

  private mutating func determined(_ ordinal: Int, _ scalar: Scalar) throws(Diagnostic) -> Scalar {
    guard let column = scope.columns.first(where: { $0.ordinal == ordinal }) else {
      throw Diagnostic(.groupingError, "a column must appear in the GROUP BY clause", at: scalar.span)
    }
    if let source = column.source, isKeyed(source) {
      keys.append(scalar)
      forms.append(scalar.unplaced)
      return Scalar(.column(keys.count - 1), type: scalar.type, span: scalar.span)
    }
    throw Diagnostic(
      .groupingError,
      "column \"\(column.qualifier).\(column.name)\" must appear in the GROUP BY clause or be used in an aggregate function",
      at: scalar.span)
  }

  /// Whether the keys hold the whole PRIMARY KEY of the relation that `source` is of.
  private func isKeyed(_ source: Scope.Source) -> Bool {
    let siblings = scope.columns.filter { $0.source?.relation == source.relation }
    let table = scope.relations.compactMap(\.table).first { $0.id == source.table }
    guard let table, !table.primaryKey.isEmpty else { return false }
    return table.primaryKey.allSatisfy { part in
      guard let column = siblings.first(where: { $0.source?.column == part }) else { return false }
      return forms.contains { $0.kind == .column(column.ordinal) }
    }
  }
}
