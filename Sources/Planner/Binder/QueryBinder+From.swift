import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// FROM and WHERE.
extension QueryBinder {
  func bindFrom(_ relations: [Relation]) throws(Diagnostic) -> (PlanNode, Scope) {
    guard let first = relations.first else {
      var scope = Scope()
      scope.outer = outer
      return (.singleRow, scope)
    }
    var (node, scope) = try bind(first)
    for relation in relations.dropFirst() {
      let (right, rightScope) = try bind(relation)
      scope = try Scope.joined(scope, width: node.output.count, rightScope, span: relation.span)
      node = .loopJoin(.inner, node, right, nil)
    }
    scope.outer = outer
    return (node, scope)
  }

  private func bind(_ relation: Relation) throws(Diagnostic) -> (PlanNode, Scope) {
    switch relation {
    case .table(let name, let alias):
      let table = try TableNames.resolve(name, in: state.catalog)
      state.read(table)
      return scan(table, alias: alias?.text)
    case .derived(let query, let alias):
      let bound = try QueryBinder(state: state, outer: outer).bind(query)
      var scope = Scope()
      scope.relations = [Scope.Relation(alias: alias.text)]
      scope.columns = bound.columns.enumerated().map { ordinal, column in
        Scope.Column(qualifier: alias.text, name: column.name, type: column.type, ordinal: ordinal)
      }
      return (bound.node, scope)
    case .join(let join): return try bind(join)
    }
  }

  func scan(_ table: TableDefinition, alias: String?) -> (PlanNode, Scope) {
    let shortName = table.origin == .auditEvents ? AuditEventsTable.name : table.name
    let name = alias ?? shortName
    let scope = Scope.table(
      table, alias: name, relation: state.nextRelation(),
      hiddenName: alias == nil || alias == shortName ? nil : shortName)
    let scan = Scan(
      table: table.id, tableName: table.name, origin: table.origin, columns: Array(table.columns.indices),
      alias: name, columnNames: table.columns.map(\.name))
    return (PlanNode(.scan(scan), output: table.columns.map(\.type)), scope)
  }

  private func bind(_ join: Join) throws(Diagnostic) -> (PlanNode, Scope) {
    let (left, leftScope) = try bind(join.left)
    let (right, rightScope) = try bind(join.right)
    let kind: JoinKind = join.kind == .left ? .left : .inner
    var scope = try Scope.joined(
      leftScope, width: left.output.count, rightScope, span: join.right.span)
    scope.outer = outer
    switch join.condition {
    case .none: return (.loopJoin(kind, left, right, nil), scope)
    case .on(let condition):
      let predicate = try ExpressionBinder(state: state, scope: scope, clause: "JOIN/ON").predicate(condition)
      return (.loopJoin(kind, left, right, predicate), scope)
    case .using(let names):
      let predicate = try bindUsing(names, leftScope, rightScope, left.output.count, &scope)
      return (.loopJoin(kind, left, right, predicate), scope)
    case .nearest(let clause):
      return try bindNearestJoin(clause, kind: kind, left: left, right: right, scope: scope)
    }
  }

  /// The columns of USING come first in `*`; by its bare name each is the left one.
  private func bindUsing(
    _ names: [Name], _ left: Scope, _ right: Scope, _ width: Int, _ scope: inout Scope
  ) throws(Diagnostic) -> Scalar? {
    let binder = ExpressionBinder(state: state, scope: scope, clause: "JOIN/USING")
    var terms: [Scalar] = []
    var merged: [Scope.Column] = []
    for name in names {
      if merged.contains(where: { $0.name == name.text }) {
        throw Diagnostic(
          .duplicateColumn, "column \"\(name.text)\" appears more than once in USING", at: name.span)
      }
      let a = try left.resolve([name])
      let b = try right.resolve([name])
      for (column, side) in [(a, left), (b, right)] {
        if let source = column.source { state.read(source, in: side) }
      }
      terms.append(
        try binder.compare(
          .equal, Scalar(.column(a.ordinal), type: a.type, span: name.span),
          Scalar(.column(b.ordinal + width), type: b.type, span: name.span), at: name.span))
      guard let twin = scope.columns.firstIndex(where: { $0.ordinal == b.ordinal + width }),
        let kept = scope.columns.firstIndex(where: { $0.ordinal == a.ordinal })
      else { continue }
      scope.columns[twin].isHidden = true
      merged.append(scope.columns[kept])
    }
    let ordinals = Set(merged.map(\.ordinal))
    scope.columns = merged + scope.columns.filter { !ordinals.contains($0.ordinal) }
    return Scalar.conjunction(terms)
  }
}

// MARK: - WHERE

extension QueryBinder {
  func bindWhere(_ predicate: Expression, over node: PlanNode, scope: Scope) throws(Diagnostic) -> PlanNode {
    // WHERE binds before the top k: no ranking value exists yet.
    var before = scope
    before.columns.removeAll(where: \.isRanking)
    let bound: Scalar
    do {
      bound = try ExpressionBinder(state: state, scope: before, clause: "WHERE").predicate(predicate)
    } catch {
      throw rankingHint(error, scope: scope)
    }
    return try node.filteredBeforeNearest(bound)
  }

  private func rankingHint(_ error: Diagnostic, scope: Scope) -> Diagnostic {
    guard error.state == .undefinedColumn, scope.columns.contains(where: \.isRanking),
      error.message.contains("\"distance\"") || error.message.contains("\"similarity\"")
    else { return error }
    var copy = error
    copy.hint =
      "WHERE binds before the nearest are chosen; filter by the ranking value in a query around this one."
    return copy
  }
}

extension Relation {
  /// Where it stands in the text.
  var span: SourceSpan? {
    switch self {
    case .table(let name, let alias): alias?.span ?? name.span
    case .derived(_, let alias): alias.span
    case .join(let join): join.right.span
    }
  }
}

/// Which table a name means.
enum TableNames {
  /// - Throws: 42P01 with the nearest name.
  static func resolve(_ name: ObjectName, in catalog: any Catalog) throws(Diagnostic) -> TableDefinition {
    if let table = find(name, in: catalog) { return table }
    let known = catalog.tables.map(\.name) + [AuditEventsTable.definition.name]
    throw Diagnostic(
      .undefinedTable, "table \"\(name.text)\" does not exist", at: name.span,
      label: Suggestion.label(for: name.text, in: known))
  }

  static func find(_ name: ObjectName, in catalog: any Catalog) -> TableDefinition? {
    if name.text == AuditEventsTable.definition.name, name.parts.count == 2 {
      return AuditEventsTable.definition
    }
    guard name.parts.count == 1, let last = name.parts.last else { return nil }
    return catalog.table(named: last.text)
  }

  /// A table that statements may write.
  ///
  /// - Throws: 42P01, or 42809 for `audit.events`, which no statement writes.
  static func writable(_ name: ObjectName, in catalog: any Catalog) throws(Diagnostic) -> TableDefinition {
    let table = try resolve(name, in: catalog)
    guard table.origin == .stored else {
      throw Diagnostic(
        .wrongObjectType, "table \"\(table.name)\" is the audit chain: no statement changes it", at: name.span
      )
    }
    return table
  }
}
