import VSQLSchema

extension Rule {
  /// A scan looks its rows up in a sorted run where that is cheaper than reading every row.
  static let chooseIndex = Rule("choose index") { root, context in
    root.rewritten { node in
      guard case .scan(var scan) = node.kind, scan.origin == .stored, let predicate = scan.predicate else {
        return node
      }
      let paths = context.catalog.accessPaths(ofTable: scan.tableName)
      if paths.isEmpty { return node }
      let terms = predicate.conjuncts
      let estimator = Estimator(catalog: context.catalog)
      var best = estimator.priced(node)
      if context.prefersIndexes { best.estimate.totalNanoseconds = .infinity }
      for path in paths {
        guard let access = IndexAccess(path, terms: terms, columns: scan.columns) else { continue }
        scan.index = access
        let candidate = estimator.priced(PlanNode(.scan(scan), output: node.output))
        if candidate.estimate.totalNanoseconds < best.estimate.totalNanoseconds { best = candidate }
      }
      best.estimate = node.estimate
      return best
    }
  }
}
