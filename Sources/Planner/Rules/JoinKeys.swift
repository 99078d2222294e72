import VSQLSchema

extension Rule {
  /// A join with equalities between its sides hashes them; the rest of its condition stays part of the match.
  static let joinKeys = eachNode("extract join keys") { node in
    guard case .loopJoin(let join) = node.kind, let predicate = join.predicate else { return node }
    let width = join.left.output.count
    var hash = HashJoin(
      kind: join.kind, left: join.left, right: join.right, leftKeys: [], rightKeys: [], residual: nil)
    var rest: [Scalar] = []
    for term in predicate.conjuncts {
      guard let (left, right) = term.equalSides(width: width) else {
        rest.append(term)
        continue
      }
      hash.leftKeys.append(left)
      hash.rightKeys.append(right.remapped { $0 - width })
    }
    if hash.leftKeys.isEmpty { return node }
    hash.residual = Scalar.conjunction(rest)
    return PlanNode(.hashJoin(hash), output: node.output)
  }
}

extension Scalar {
  /// The two sides of an equality of which one reads the left of a join only, the other the right.
  fileprivate func equalSides(width: Int) -> (Scalar, Scalar)? {
    guard case .compare(.equal, let a, let b) = kind, a.type.unmodified == b.type.unmodified,
      !a.isVolatile, !b.isVolatile
    else { return nil }
    let (x, y) = (a.columns, b.columns)
    if x.isEmpty || y.isEmpty { return nil }
    if x.allSatisfy({ $0 < width }), y.allSatisfy({ $0 >= width }) { return (a, b) }
    if y.allSatisfy({ $0 < width }), x.allSatisfy({ $0 >= width }) { return (b, a) }
    return nil
  }
}
