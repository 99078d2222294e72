import VSQLSchema

extension Rule {
  /// LIMIT goes below a projection: what is cut off is never computed.
  static let pushDownLimits = eachNode("push down limits") { node in
    guard case .limit(let input, let count, let offset) = node.kind,
      case .project(let below, let list) = input.kind
    else { return node }
    return .project(.limit(below, count: count, offset: offset), list)
  }
}
