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
      return best.readingOneKey
    }
  }
}

extension PlanNode {
  /// A scan whose index finds one row at most, as a read by key.
  fileprivate var readingOneKey: PlanNode {
    guard case .scan(var scan) = kind, let access = scan.index, access.findsSingleRows, access.keyCount == 1
    else { return self }
    var values: [Scalar] = []
    for list in access.equal { values += list }
    let residual = (scan.predicate?.conjuncts ?? []).filter { !$0.says(access, of: scan.columns) }
    scan.key = Scan.KeyRead(values: values, residual: Scalar.conjunction(residual))
    return PlanNode(.scan(scan), output: output, estimate: estimate)
  }
}

extension Scalar {
  /// Whether the term says no more than that a column of the index has the value that is looked up.
  fileprivate func says(_ access: IndexAccess, of columns: [Int]) -> Bool {
    guard case .compare(.equal, let a, let b) = kind else { return false }
    return zip(access.index.columns, access.equal).contains { ordinal, values in
      (a.isColumn(ordinal, of: columns) && values == [b])
        || (b.isColumn(ordinal, of: columns) && values == [a])
    }
  }

  private func isColumn(_ ordinal: Int, of columns: [Int]) -> Bool {
    guard case .column(let place) = kind, columns.indices.contains(place) else { return false }
    return columns[place] == ordinal
  }
}
