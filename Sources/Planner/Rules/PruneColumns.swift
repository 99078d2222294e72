import VSQLSchema

extension Rule {
  /// Scans open, and operators carry, only columns that someone above reads.
  static let pruneColumns = Rule("prune columns") { root, context in
    let needed = context.required ?? Set(root.output.indices)
    return root.pruned(needed).node
  }
}

/// A node that gives fewer columns, and where each that is left went.
private struct Pruned {
  var node: PlanNode
  var place: [Int: Int]

  /// `scalar` over the new columns.
  func moved(_ scalar: Scalar) -> Scalar { scalar.remapped { place[$0] ?? $0 } }
}

extension PlanNode {
  /// This node with at least the columns `needed`; it may keep more.
  fileprivate func pruned(_ needed: Set<Int>) -> Pruned {
    switch kind {
    case .singleRow: return Pruned(node: self, place: [:])
    case .scan(let scan): return pruned(scan, needed)
    case .filter(let input, let predicate):
      let below = input.pruned(needed.union(predicate.columns))
      return Pruned(node: .filter(below.node, below.moved(predicate)), place: below.place)
    case .project(let input, let list):
      let kept = list.indices.filter(needed.contains)
      let below = input.pruned(kept.reduce(into: []) { $0.formUnion(list[$1].columns) })
      let node = PlanNode.project(below.node, kept.map { below.moved(list[$0]) })
      return Pruned(node: node, place: Dictionary(uniqueKeysWithValues: zip(kept, kept.indices)))
    case .distinct(let input):
      let below = input.pruned(Set(input.output.indices))
      return Pruned(node: .distinct(below.node), place: below.place)
    case .sort(let input, let keys):
      let below = input.pruned(keys.reduce(into: needed) { $0.formUnion($1.scalar.columns) })
      return Pruned(node: .sort(below.node, keys.map(below.moved)), place: below.place)
    case .topK(let input, let keys, let count, let offset):
      let below = input.pruned(keys.reduce(into: needed) { $0.formUnion($1.scalar.columns) })
      let kind = Operator.topK(below.node, keys.map(below.moved), count: count, offset: offset)
      return Pruned(node: PlanNode(kind, output: below.node.output), place: below.place)
    case .limit(let input, let count, let offset):
      let below = input.pruned(needed)
      return Pruned(node: .limit(below.node, count: count, offset: offset), place: below.place)
    case .hashJoin(let join): return pruned(join, needed)
    case .loopJoin(let join):
      let sides = prunedSides(join.left, join.right, needed.union(join.predicate?.columns ?? []))
      let node = PlanNode.loopJoin(
        join.kind, sides.left.node, sides.right.node,
        join.predicate.map { $0.remapped { sides.place[$0] ?? $0 } })
      return Pruned(node: node, place: sides.place)
    case .aggregate(let aggregate): return pruned(aggregate, needed)
    case .nearest(let nearest): return pruned(nearest, needed)
    case .nearestJoin(let join): return pruned(join, needed)
    }
  }

  private func pruned(_ scan: Scan, _ needed: Set<Int>) -> Pruned {
    let all = needed.union(scan.predicate?.columns ?? [])
    let kept = scan.columns.indices.filter(all.contains)
    let place = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
    var copy = scan
    copy.columns = kept.map { scan.columns[$0] }
    copy.columnNames = kept.map { scan.columnNames.indices.contains($0) ? scan.columnNames[$0] : "" }
    copy.predicate = scan.predicate?.remapped { place[$0] ?? $0 }
    return Pruned(node: PlanNode(.scan(copy), output: kept.map { output[$0] }), place: place)
  }

  private func pruned(_ join: HashJoin, _ needed: Set<Int>) -> Pruned {
    let width = join.left.output.count
    var all = needed.union(join.residual?.columns ?? [])
    for key in join.leftKeys { all.formUnion(key.columns) }
    for key in join.rightKeys { all.formUnion(key.columns.map { $0 + width }) }
    let sides = prunedSides(join.left, join.right, all)
    var copy = join
    copy.left = sides.left.node
    copy.right = sides.right.node
    copy.leftKeys = join.leftKeys.map(sides.left.moved)
    copy.rightKeys = join.rightKeys.map(sides.right.moved)
    copy.residual = join.residual?.remapped { sides.place[$0] ?? $0 }
    return Pruned(
      node: PlanNode(.hashJoin(copy), output: copy.left.output + copy.right.output), place: sides.place)
  }

  private func pruned(_ aggregate: Aggregate, _ needed: Set<Int>) -> Pruned {
    let keyCount = aggregate.keys.count
    let calls = aggregate.calls.indices.filter { needed.contains(keyCount + $0) }
    var read: Set<Int> = []
    for key in aggregate.keys { read.formUnion(key.columns) }
    for call in calls {
      for argument in aggregate.calls[call].arguments { read.formUnion(argument.columns) }
      read.formUnion(aggregate.calls[call].filter?.columns ?? [])
    }
    let below = aggregate.input.pruned(read)
    let kept = calls.map { index in
      var call = aggregate.calls[index]
      call.arguments = call.arguments.map(below.moved)
      call.filter = call.filter.map(below.moved)
      return call
    }
    var place = Dictionary(uniqueKeysWithValues: (0..<keyCount).map { ($0, $0) })
    for (new, old) in calls.enumerated() { place[keyCount + old] = keyCount + new }
    return Pruned(
      node: .aggregate(below.node, keys: aggregate.keys.map(below.moved), calls: kept), place: place)
  }

  private func pruned(_ nearest: Nearest, _ needed: Set<Int>) -> Pruned {
    let width = nearest.input.output.count
    var copy = nearest
    let below: Pruned
    switch nearest.ranking {
    case .metric(let metric, let column, let query, let isSimilarity):
      below = nearest.input.pruned(needed.filter { $0 < width }.union([column]))
      copy.ranking = .metric(
        metric, column: below.place[column] ?? column, query: query, isSimilarity: isSimilarity)
    case .expression(let scalar, let isDescending):
      below = nearest.input.pruned(needed.filter { $0 < width }.union(scalar.columns))
      copy.ranking = .expression(below.moved(scalar), isDescending: isDescending)
    }
    copy.input = below.node
    var place = below.place
    place[width] = below.node.output.count
    return Pruned(node: .nearest(copy), place: place)
  }

  private func pruned(_ join: NearestJoin, _ needed: Set<Int>) -> Pruned {
    let width = join.left.output.count
    let last = output.count - 1
    var all = needed.filter { $0 < last }.union(join.query.columns)
    all.insert(width + join.column)
    let sides = prunedSides(join.left, join.right, all)
    var copy = join
    copy.left = sides.left.node
    copy.right = sides.right.node
    copy.query = sides.left.moved(join.query)
    copy.column = sides.right.place[join.column] ?? join.column
    var place = sides.place
    let node = PlanNode.nearestJoin(copy)
    place[last] = node.output.count - 1
    return Pruned(node: node, place: place)
  }

  private func prunedSides(_ left: PlanNode, _ right: PlanNode, _ needed: Set<Int>)
    -> (left: Pruned, right: Pruned, place: [Int: Int])
  {
    let width = left.output.count
    let a = left.pruned(needed.filter { $0 < width })
    let b = right.pruned(Set(needed.filter { $0 >= width }.map { $0 - width }))
    var place = a.place
    for (old, new) in b.place { place[old + width] = new + a.node.output.count }
    return (a, b, place)
  }
}

extension Pruned {
  func moved(_ key: SortKey) -> SortKey {
    SortKey(scalar: moved(key.scalar), isDescending: key.isDescending, nullsFirst: key.nullsFirst)
  }
}
