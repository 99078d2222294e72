import VSQLSchema

extension Rule {
  /// The terms of a filter that drop most for least come first; a term that can raise stays behind all that
  /// stood before it.
  static let orderTerms = Rule("order terms") { root, context in
    let estimator = Estimator(catalog: context.catalog)
    return root.rewritten { node in
      var copy = node
      switch node.kind {
      case .filter(let input, let predicate):
        copy.kind = .filter(input, predicate.ordered(over: estimator.profile(of: input)))
      case .scan(var scan):
        guard let predicate = scan.predicate else { return node }
        scan.predicate = nil
        let profile = estimator.profile(of: PlanNode(.scan(scan), output: node.output))
        scan.predicate = predicate.ordered(over: profile)
        copy.kind = .scan(scan)
      case .singleRow, .project, .hashJoin, .loopJoin, .aggregate, .distinct, .sort, .topK, .limit, .nearest,
        .nearestJoin:
        break
      }
      return copy
    }
  }
}

extension Scalar {
  fileprivate func ordered(over profile: RowProfile) -> Scalar {
    guard case .and(let terms) = kind else { return self }
    var ordered: [Scalar] = []
    var run: [Scalar] = []
    func close() {
      // (1 − share) / price, larger first; equals keep their order.
      let ranked = run.enumerated().map { index, term in
        let gain = (1 - Selectivity.of(term, over: profile)) / max(term.pricePerRow, 0.01)
        return (term: term, gain: gain, index: index)
      }
      ordered += ranked.sorted { ($0.gain, -$0.index) > ($1.gain, -$1.index) }.map(\.term)
      run = []
    }
    for term in terms {
      if term.canRaise {
        close()
        ordered.append(term)
      } else {
        run.append(term)
      }
    }
    close()
    return Scalar(.and(ordered), type: .boolean, span: span)
  }

  /// Whether its evaluation may end in an error: arithmetic, casts, functions; comparisons of columns and
  /// constants cannot.
  var canRaise: Bool {
    contains { node in
      switch node.kind {
      case .call, .cast, .subquery, .inSubquery, .like: true
      case .constant, .column, .parameter, .exists, .compare, .and, .or, .not, .isNull, .isTruth, .isDistinct,
        .inList, .case, .coalesce:
        false
      }
    }
  }
}
