import VSQLSchema

extension Rule {
  /// A left join is inner when something above lets no row through whose right side is NULL.
  static let outerToInner = Rule("outer to inner join") { root, _ in root.withInnerJoins(rejected: []) }
}

extension PlanNode {
  /// - Parameter rejected: ordinals of the output of which something above lets no NULL through.
  fileprivate func withInnerJoins(rejected: Set<Int>) -> PlanNode {
    var copy = self
    switch kind {
    case .filter(let input, let predicate):
      copy.kind = .filter(
        input.withInnerJoins(rejected: rejected.union(predicate.rejectedNulls)), predicate)
    case .project(let input, let list):
      var below: Set<Int> = []
      for ordinal in rejected {
        if case .column(let source) = list[ordinal].kind { below.insert(source) }
      }
      copy.kind = .project(input.withInnerJoins(rejected: below), list)
    case .loopJoin(var join):
      let width = join.left.output.count
      if join.kind == .left, rejected.contains(where: { $0 >= width }) { join.kind = .inner }
      var all = rejected
      if join.kind == .inner, let predicate = join.predicate { all.formUnion(predicate.rejectedNulls) }
      join.left = join.left.withInnerJoins(rejected: all.filter { $0 < width })
      // Below the right side of a join that stays outer, what is above says nothing.
      let right = join.kind == .inner ? Set(all.filter { $0 >= width }.map { $0 - width }) : []
      join.right = join.right.withInnerJoins(rejected: right)
      copy.kind = .loopJoin(join)
    case .sort(let input, let keys): copy.kind = .sort(input.withInnerJoins(rejected: rejected), keys)
    case .distinct(let input): copy.kind = .distinct(input.withInnerJoins(rejected: rejected))
    case .singleRow, .scan, .hashJoin, .aggregate, .topK, .limit, .nearest, .nearestJoin:
      copy = mapChildren { $0.withInnerJoins(rejected: []) }
    }
    return copy
  }
}

extension Scalar {
  /// Columns whose NULL makes this predicate FALSE or NULL.
  var rejectedNulls: Set<Int> {
    switch kind {
    case .and(let terms): return terms.reduce(into: []) { $0.formUnion($1.rejectedNulls) }
    case .or(let terms):
      guard let first = terms.first else { return [] }
      return terms.dropFirst().reduce(first.rejectedNulls) { $0.intersection($1.rejectedNulls) }
    case .compare(_, let a, let b): return a.strictColumns.union(b.strictColumns)
    case .inList(let a, _, _), .inSubquery(let a, _, negated: false): return a.strictColumns
    case .like(let a, let pattern, _, _, _): return a.strictColumns.union(pattern.strictColumns)
    case .isNull(let a, negated: true): return a.strictColumns
    case .isTruth(let a, true, negated: false): return a.rejectedNulls.union(a.strictColumns)
    case .isTruth(let a, false, negated: false): return a.strictColumns
    case .column(let ordinal): return [ordinal]
    case .not(let a): return a.strictColumns
    case .constant, .parameter, .subquery, .exists, .inSubquery, .call, .isNull, .isTruth, .isDistinct,
      .case, .coalesce, .cast:
      return []
    }
  }

  /// Columns whose NULL makes this scalar NULL.
  var strictColumns: Set<Int> {
    switch kind {
    case .column(let ordinal): return [ordinal]
    case .cast(let a, _), .not(let a): return a.strictColumns
    case .compare(_, let a, let b): return a.strictColumns.union(b.strictColumns)
    case .call(let function, let list):
      switch function {
      case .concat, .greatest, .least, .nullIf, .typeOf: return []
      default: return list.reduce(into: []) { $0.formUnion($1.strictColumns) }
      }
    case .constant, .parameter, .subquery, .exists, .inSubquery, .and, .or, .isNull, .isTruth, .isDistinct,
      .inList, .like, .case, .coalesce:
      return []
    }
  }
}
