import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// NEAREST in its three forms: the clause, the join, and `ORDER BY distance LIMIT k`.
extension QueryBinder {
  func bindNearest(_ clause: NearestClause, over node: PlanNode, scope: Scope) throws(Diagnostic)
    -> (PlanNode, Scope)
  {
    guard !scope.relations.isEmpty else {
      throw Diagnostic(.syntaxError, "NEAREST needs a table in FROM", at: clause.span)
    }
    let scalar = try bindRankingScalar(clause, scope: scope)
    let width = node.output.count
    let ranking: Ranking
    if let metric = metricRanking(scalar) {
      ranking = metric
    } else {
      ranking = .expression(scalar, isDescending: clause.ranking == .similarity)
    }
    noteRanked(scalar, scope: scope)
    let nearest = Nearest(
      input: node, ranking: ranking, count: try bindK(clause), isApproximate: isApproximate(clause),
      targetRecall: try targetRecall(clause))
    var after = scope
    let owner = scope.columns.first { scalar.columns.contains($0.ordinal) }?.qualifier
    after.columns.append(rankingColumn(clause, qualifier: owner ?? scope.relations[0].alias, ordinal: width))
    return (.nearest(nearest), after)
  }

  func bindNearestJoin(
    _ clause: NearestClause, kind: JoinKind, left: PlanNode, right: PlanNode, scope: Scope
  ) throws(Diagnostic) -> (PlanNode, Scope) {
    let scalar = try bindRankingScalar(clause, scope: scope)
    let width = left.output.count
    guard case .call(let function, let sides) = scalar.kind, let entry = DistanceFunctions.of(function),
      let pair = joinSides(sides, width: width)
    else {
      throw Diagnostic(
        .featureNotSupported,
        "NEAREST of a join ranks by a distance of a vector of the left table to a vector column of the right one",
        at: clause.expression.span)
    }
    noteRanked(scalar, scope: scope)
    _ = isApproximate(clause)
    _ = try targetRecall(clause)
    let join = NearestJoin(
      kind: kind, left: left, right: right, metric: entry.metric, isSimilarity: entry.isSimilarity,
      query: pair.query, column: pair.column - width, count: try bindK(clause))
    let node = PlanNode.nearestJoin(join)
    var after = scope
    let owner = scope.columns.first { $0.ordinal == pair.column }?.qualifier
    after.columns.append(
      rankingColumn(
        clause, qualifier: owner ?? scope.relations[scope.relations.count - 1].alias,
        ordinal: node.output.count - 1))
    return (node, after)
  }

  /// `ORDER BY embedding <=> q LIMIT k`: the same plan as NEAREST k; then the rows with a NULL distance are
  /// never among them.
  ///
  /// - Returns: the node that ranks, its value last, and the scalar that it ranks by; nil for any other ORDER
  ///   BY.
  func rankedByOrder(_ query: Query, node: PlanNode, order: [SortKey], window: Window, scope: Scope)
    -> (PlanNode, Scalar)?
  {
    guard query.nearest == nil, order.count == 1, !order[0].isDescending, !order[0].nullsFirst,
      let count = window.count, let ranking = metricRanking(order[0].scalar),
      case .metric(_, _, _, isSimilarity: false) = ranking
    else { return nil }
    if case .aggregate = node.kind { return nil }
    noteRanked(order[0].scalar, scope: scope)
    var rows = count
    if let offset = window.offset { rows = sum(count, offset) }
    let nearest = Nearest(
      input: node, ranking: ranking, count: rows, isApproximate: state.session.settings.nearestIsApproximate)
    if nearest.isApproximate { noteExactAnswer() }
    return (.nearest(nearest), order[0].scalar)
  }

  /// `scalar` with every writing of `ranking` read from the ranking value's column.
  func replacing(_ ranking: Scalar, by ordinal: Int, in scalar: Scalar) -> Scalar {
    let form = ranking.unplaced
    func replace(_ node: Scalar) -> Scalar {
      if node.unplaced == form { return Scalar(.column(ordinal), type: .double, span: node.span) }
      return node.mapChildren { (child: Scalar) throws(Never) in replace(child) }
    }
    return replace(scalar)
  }
}

// MARK: - Parts of the clause

extension QueryBinder {
  private func bindRankingScalar(_ clause: NearestClause, scope: Scope) throws(Diagnostic) -> Scalar {
    let span = clause.expression.span
    let word = clause.ranking.rawValue
    let bound = try ExpressionBinder(state: state, scope: scope, clause: "NEAREST").bind(clause.expression)
    let scalar = try state.coerce(
      bound, to: .double,
      mismatch: Diagnostic(
        .datatypeMismatch, "BY \(word) needs a number, not \(bound.type.plainName)", at: span))
    if case .call(let function, _) = scalar.kind, let entry = DistanceFunctions.of(function),
      entry.isSimilarity != (clause.ranking == .similarity)
    {
      let other = entry.isSimilarity ? "SIMILARITY" : "DISTANCE"
      throw Diagnostic(
        .wrongObjectType,
        "\(entry.name) is a \(other.lowercased()): found BY \(word), expected BY \(other)",
        at: span)
    }
    return scalar
  }

  /// The kernels' way: one vector column against one vector that is the same for every row.
  private func metricRanking(_ scalar: Scalar) -> Ranking? {
    guard case .call(let function, let sides) = scalar.kind, sides.count == 2,
      let entry = DistanceFunctions.of(function)
    else { return nil }
    for (side, other) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      if case .column(let ordinal) = side.kind, ordinal < AggregateCollector.base, other.isRowIndependent {
        return .metric(entry.metric, column: ordinal, query: other, isSimilarity: entry.isSimilarity)
      }
    }
    return nil
  }

  /// Which side is the left table's vector and which the right table's column; nil: neither way.
  private func joinSides(_ sides: [Scalar], width: Int) -> (query: Scalar, column: Int)? {
    guard sides.count == 2 else { return nil }
    for (query, target) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      if case .column(let ordinal) = target.kind, ordinal >= width,
        query.columns.allSatisfy({ $0 < width })
      {
        return (query, ordinal)
      }
    }
    return nil
  }

  private func bindK(_ clause: NearestClause) throws(Diagnostic) -> Scalar {
    guard let expression = clause.count else {
      return Scalar(.constant(.integer(1)), type: .bigint, span: clause.span)
    }
    guard let count = try bindCount(expression, clause: "NEAREST k", state: .invalidRowCountInLimit) else {
      throw Diagnostic(.invalidRowCountInLimit, "NEAREST must not be NULL", at: expression.span)
    }
    return count
  }

  private func isApproximate(_ clause: NearestClause) -> Bool {
    let isApproximate =
      switch clause.mode {
      case .approx: true
      case .exact: false
      case nil: state.session.settings.nearestIsApproximate
      }
    if isApproximate { noteExactAnswer() }
    return isApproximate
  }

  private func noteExactAnswer() {
    state.notice("APPROX NEAREST is answered exactly: there is no vector index")
  }

  private func targetRecall(_ clause: NearestClause) throws(Diagnostic) -> Double? {
    var recall: Double?
    for option in clause.options {
      guard option.name.text == "target_recall" else {
        throw Diagnostic(
          .invalidParameterValue, "NEAREST has no option \"\(option.name.text)\"", at: option.name.span,
          label: Suggestion.label(for: option.name.text, in: ["target_recall"]))
      }
      let bound = try ExpressionBinder(state: state, scope: Scope(), clause: "WITH").bind(option.value)
      let refusal = Diagnostic(
        .invalidParameterValue, "target_recall is a number above 0 and at most 1", at: option.value.span)
      let scalar = try state.coerce(bound, to: .double, mismatch: refusal)
      guard case .double(let value) = scalar.constantValue, value > 0, value <= 1 else { throw refusal }
      recall = value
    }
    if recall != nil, clause.mode == .exact {
      throw Diagnostic(
        .invalidParameterValue, "EXACT NEAREST finds every neighbour: target_recall belongs to APPROX",
        at: clause.options[0].name.span)
    }
    return recall
  }

  private func rankingColumn(_ clause: NearestClause, qualifier: String, ordinal: Int) -> Scope.Column {
    Scope.Column(
      qualifier: qualifier, name: clause.ranking.rawValue.lowercased(), type: .double, ordinal: ordinal,
      isRanking: true)
  }

  /// The tables whose rows are ranked need the privilege for it.
  private func noteRanked(_ scalar: Scalar, scope: Scope) {
    for column in scope.columns where scalar.columns.contains(column.ordinal) {
      guard let source = column.source else { continue }
      if let table = scope.relations.compactMap(\.table).first(where: { $0.id == source.table }) {
        state.rank(table)
      }
    }
  }

  private func sum(_ a: Scalar, _ b: Scalar) -> Scalar {
    if case .integer(let x) = a.constantValue, case .integer(let y) = b.constantValue {
      let (total, over) = x.addingReportingOverflow(y)
      return Scalar(.constant(.integer(over ? .max : total)), type: .bigint, span: a.span)
    }
    return Scalar(.call(.add, [a, b]), type: .bigint, span: a.span)
  }
}

// MARK: - WHERE before the nearest of a join

extension PlanNode {
  /// `predicate` above this FROM; its terms about the right side of a NEAREST join go below that join, before
  /// the nearest are chosen.
  ///
  /// - Throws: 0A000 for a term that mixes such a right side with other tables.
  func filteredBeforeNearest(_ predicate: Scalar) throws(Diagnostic) -> PlanNode {
    let ranges = nearestRanges(from: 0)
    if ranges.isEmpty { return .filter(self, predicate) }
    var node = self
    var above: [Scalar] = []
    for term in predicate.conjuncts {
      let columns = term.columns
      guard let range = ranges.first(where: { range in columns.contains(where: range.contains) }) else {
        above.append(term)
        continue
      }
      guard columns.allSatisfy(range.contains) else {
        throw Diagnostic(
          .featureNotSupported,
          "a condition over both sides of a NEAREST join is not supported yet", at: term.span)
      }
      node = node.filteringNearestRight(range, term, from: 0)
      // Rows that a left join fills with NULLs still have to pass.
      if hasLeftJoin { above.append(term) }
    }
    guard let rest = Scalar.conjunction(above) else { return node }
    return .filter(node, rest)
  }

  /// The ordinals that the right sides of NEAREST joins have among the columns of FROM.
  private func nearestRanges(from start: Int) -> [Range<Int>] {
    switch kind {
    case .loopJoin(let join):
      return join.left.nearestRanges(from: start)
        + join.right.nearestRanges(from: start + join.left.output.count)
    case .nearestJoin(let join):
      let middle = start + join.left.output.count
      return join.left.nearestRanges(from: start) + [middle..<middle + join.right.output.count]
    case .singleRow, .scan, .filter, .project, .hashJoin, .aggregate, .distinct, .sort, .topK, .limit,
      .nearest:
      return []
    }
  }

  private func filteringNearestRight(_ range: Range<Int>, _ term: Scalar, from start: Int) -> PlanNode {
    var copy = self
    switch kind {
    case .loopJoin(var join):
      let middle = start + join.left.output.count
      if range.lowerBound < middle {
        join.left = join.left.filteringNearestRight(range, term, from: start)
      } else {
        join.right = join.right.filteringNearestRight(range, term, from: middle)
      }
      copy.kind = .loopJoin(join)
    case .nearestJoin(var join):
      let middle = start + join.left.output.count
      if range.lowerBound == middle {
        join.right = .filter(join.right, term.remapped { $0 - middle })
      } else {
        join.left = join.left.filteringNearestRight(range, term, from: start)
      }
      copy.kind = .nearestJoin(join)
    case .singleRow, .scan, .filter, .project, .hashJoin, .aggregate, .distinct, .sort, .topK, .limit,
      .nearest:
      break
    }
    return copy
  }

  private var hasLeftJoin: Bool {
    switch kind {
    case .loopJoin(let join): join.kind == .left || join.left.hasLeftJoin || join.right.hasLeftJoin
    case .nearestJoin(let join): join.kind == .left || join.left.hasLeftJoin || join.right.hasLeftJoin
    case .singleRow, .scan, .filter, .project, .hashJoin, .aggregate, .distinct, .sort, .topK, .limit,
      .nearest:
      false
    }
  }
}
