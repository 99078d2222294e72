import VSQLSchema

extension Rule {
  /// Two projections in a row are one; a projection that changes nothing goes.
  static let mergeProjections = eachNode("merge projections") { node in
    guard case .project(let input, let list) = node.kind else { return node }
    if list.enumerated().allSatisfy({ $1.kind == .column($0) }), list.count == input.output.count {
      return input
    }
    guard case .project(let below, let inner) = input.kind, inner.canBeMerged(into: list) else { return node }
    return .project(below, list.map { $0.substituting(inner) })
  }
}

extension [Scalar] {
  /// Nothing is computed twice that was computed once, and nothing volatile moves.
  fileprivate func canBeMerged(into outer: [Scalar]) -> Bool {
    indices.allSatisfy { ordinal in
      if self[ordinal].isVolatile { return false }
      switch self[ordinal].kind {
      case .column, .constant, .parameter: return true
      default: return outer.reduce(0) { $0 + $1.uses(of: ordinal) } <= 1
      }
    }
  }
}

extension Scalar {
  fileprivate func uses(of ordinal: Int) -> Int {
    if kind == .column(ordinal) { return 1 }
    return children.reduce(0) { $0 + $1.uses(of: ordinal) }
  }
}
