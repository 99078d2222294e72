import VSQLSchema

extension Rule {
  /// Terms of filters and joins go as far down as the rows that they read: into scans at best.
  static let pushDownFilters = Rule("push down filters") { root, _ in root.pushing([]) }
}

extension PlanNode {
  /// This node below a filter of `terms`, which are over its output.
  fileprivate func pushing(_ terms: [Scalar]) -> PlanNode {
    var copy = self
    switch kind {
    case .filter(let input, let predicate):
      // The terms of the inner filter stood before those from above.
      return input.pushing(predicate.conjuncts + terms)
    case .scan(var scan):
      scan.predicate = Scalar.conjunction((scan.predicate?.conjuncts ?? []) + terms)
      copy.kind = .scan(scan)
      return copy
    case .project(let input, let list):
      let (below, above) = terms.lowered(through: list) { !list[$0].isVolatile }
      copy.kind = .project(input.pushing(below), list)
      return copy.filtered(above)
    case .aggregate(var aggregate):
      let keys = aggregate.keys
      // A term without columns decides whether the one group of an empty input stands, so it stays above.
      let (below, above) = terms.lowered(through: keys, isConstantKept: true) {
        $0 < keys.count && !keys[$0].isVolatile
      }
      aggregate.input = aggregate.input.pushing(below)
      copy.kind = .aggregate(aggregate)
      return copy.filtered(above)
    case .loopJoin(let join): return pushing(terms, through: join)
    case .nearestJoin(var join):
      let width = join.left.output.count
      let (below, above) = terms.split { term in term.columns.allSatisfy { $0 < width } }
      join.left = join.left.pushing(below)
      join.right = join.right.pushing([])
      copy.kind = .nearestJoin(join)
      return copy.filtered(above)
    case .sort(let input, let keys):
      copy.kind = .sort(input.pushing(terms), keys)
      return copy
    case .distinct(let input):
      copy.kind = .distinct(input.pushing(terms))
      return copy
    case .singleRow, .hashJoin, .topK, .limit, .nearest:
      return mapChildren { $0.pushing([]) }.filtered(terms)
    }
  }

  private func pushing(_ terms: [Scalar], through join: LoopJoin) -> PlanNode {
    var (join, copy) = (join, self)
    let width = join.left.output.count
    let own = join.predicate?.conjuncts ?? []
    switch join.kind {
    case .inner:
      var (left, right, rest): ([Scalar], [Scalar], [Scalar]) = ([], [], [])
      for term in own + terms {
        let columns = term.columns
        if columns.allSatisfy({ $0 < width }) {
          left.append(term)
        } else if columns.allSatisfy({ $0 >= width }) {
          right.append(term.remapped { $0 - width })
        } else {
          rest.append(term)
        }
      }
      join.left = join.left.pushing(left)
      join.right = join.right.pushing(right)
      join.predicate = Scalar.conjunction(rest)
      copy.kind = .loopJoin(join)
      return copy
    case .left:
      // ON decides what matches, WHERE what stays: only the terms about the left side may go below from
      // above.
      let (below, above) = terms.split { term in term.columns.allSatisfy { $0 < width } }
      let (right, rest) = own.split { term in
        !term.columns.isEmpty && term.columns.allSatisfy { $0 >= width }
      }
      join.left = join.left.pushing(below)
      join.right = join.right.pushing(right.map { term in term.remapped { $0 - width } })
      join.predicate = Scalar.conjunction(rest)
      copy.kind = .loopJoin(join)
      return copy.filtered(above)
    }
  }

  private func filtered(_ terms: [Scalar]) -> PlanNode {
    guard let predicate = Scalar.conjunction(terms) else { return self }
    return .filter(self, predicate)
  }
}

extension Scalar {
  /// The same scalar below a projection of `list`: each column is what it was computed from.
  func substituting(_ list: [Scalar]) -> Scalar {
    if case .column(let ordinal) = kind, list.indices.contains(ordinal) { return list[ordinal] }
    return mapChildren { (child: Scalar) throws(Never) in child.substituting(list) }
  }
}

extension [Scalar] {
  /// The terms whose columns all pass the test, as they read below a projection of `list`, and the others as they are. A
  /// term that would grow large stays above: through projections of `a + a` it doubles with each.
  fileprivate func lowered(
    through list: [Scalar], isConstantKept: Bool = false, _ test: (Int) -> Bool
  ) -> ([Scalar], [Scalar]) {
    var (below, above): ([Scalar], [Scalar]) = ([], [])
    for term in self {
      var room = 1_000
      let columns = term.columns
      let mayPass = columns.allSatisfy(test) && !(isConstantKept && columns.isEmpty)
      let lowered = mayPass ? term.substituting(list) : nil
      if let lowered, lowered.fits(in: &room) { below.append(lowered) } else { above.append(term) }
    }
    return (below, above)
  }
}

extension Array {
  /// Those that pass the test, and the others, each in their order.
  func split(_ test: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(test), filter { !test($0) })
  }
}
