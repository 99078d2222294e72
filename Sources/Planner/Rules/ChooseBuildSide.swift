import VSQLSchema

extension Rule {
  /// A build side of fewer rows than this is never worth a swap.
  private static let leastRows = 10_000.0

  /// An inner hash join builds on its right side. Where the right side is large and the left one at most half
  /// of it, the sides swap.
  ///
  /// The rows are the same; their order is then that of the written right side first, as for every join that
  /// probes with it. The choice hangs on statement and statistics only, so the same snapshot gives the same
  /// order.
  static let chooseBuildSide = Rule("choose build side") { root, context in
    let estimator = Estimator(catalog: context.catalog)
    return root.rewritten { node in
      guard case .hashJoin(let join) = node.kind, join.kind == .inner else { return node }
      let left = estimator.profile(of: join.left).rows
      let right = estimator.profile(of: join.right).rows
      guard right >= leastRows, left * 2 <= right else { return node }
      return join.swapped
    }
  }
}

extension HashJoin {
  /// The sides exchanged, and a projection that gives the columns in their old order.
  fileprivate var swapped: PlanNode {
    let (width, rightWidth) = (left.output.count, right.output.count)
    let join = HashJoin(
      kind: kind, left: right, right: left, leftKeys: rightKeys, rightKeys: leftKeys,
      residual: residual?.remapped { $0 < width ? $0 + rightWidth : $0 - width })
    let node = PlanNode(.hashJoin(join), output: right.output + left.output)
    let list =
      left.output.enumerated().map { Scalar(.column($0 + rightWidth), type: $1) }
      + right.output.enumerated().map { Scalar(.column($0), type: $1) }
    return .project(node, list)
  }
}
