import VSQLSchema

/// Recursion over plans, written once.
extension PlanNode {
  package var children: [PlanNode] {
    switch kind {
    case .singleRow, .scan: []
    case .filter(let input, _), .project(let input, _), .distinct(let input), .sort(let input, _),
      .topK(let input, _, _, _), .limit(let input, _, _):
      [input]
    case .hashJoin(let join): [join.left, join.right]
    case .loopJoin(let join): [join.left, join.right]
    case .aggregate(let aggregate): [aggregate.input]
    case .nearest(let nearest): [nearest.input]
    case .nearestJoin(let join): [join.left, join.right]
    }
  }

  /// The same operator over other inputs. The inputs must give the columns that the old ones gave.
  package func mapChildren(_ change: (PlanNode) -> PlanNode) -> PlanNode {
    var copy = self
    switch kind {
    case .singleRow, .scan: break
    case .filter(let input, let predicate): copy.kind = .filter(change(input), predicate)
    case .project(let input, let list): copy.kind = .project(change(input), list)
    case .distinct(let input): copy.kind = .distinct(change(input))
    case .sort(let input, let keys): copy.kind = .sort(change(input), keys)
    case .topK(let input, let keys, let count, let offset):
      copy.kind = .topK(change(input), keys, count: count, offset: offset)
    case .limit(let input, let count, let offset):
      copy.kind = .limit(change(input), count: count, offset: offset)
    case .hashJoin(var join):
      join.left = change(join.left)
      join.right = change(join.right)
      copy.kind = .hashJoin(join)
    case .loopJoin(var join):
      join.left = change(join.left)
      join.right = change(join.right)
      copy.kind = .loopJoin(join)
    case .aggregate(var aggregate):
      aggregate.input = change(aggregate.input)
      copy.kind = .aggregate(aggregate)
    case .nearest(var nearest):
      nearest.input = change(nearest.input)
      copy.kind = .nearest(nearest)
    case .nearestJoin(var join):
      join.left = change(join.left)
      join.right = change(join.right)
      copy.kind = .nearestJoin(join)
    }
    return copy
  }

  /// Rewritten from the leaves up.
  package func rewritten(_ change: (PlanNode) -> PlanNode) -> PlanNode {
    change(mapChildren { $0.rewritten(change) })
  }

  /// The scalars of this operator alone, each changed.
  package func mapScalars(_ change: (Scalar) -> Scalar) -> PlanNode {
    var copy = self
    let changeKey = { (key: SortKey) in
      SortKey(scalar: change(key.scalar), isDescending: key.isDescending, nullsFirst: key.nullsFirst)
    }
    switch kind {
    case .singleRow, .distinct: break
    case .scan(var scan):
      scan.predicate = scan.predicate.map(change)
      scan.key = scan.key.map {
        Scan.KeyRead(values: $0.values.map(change), residual: $0.residual.map(change))
      }
      copy.kind = .scan(scan)
    case .filter(let input, let predicate): copy.kind = .filter(input, change(predicate))
    case .project(let input, let list): copy.kind = .project(input, list.map(change))
    case .sort(let input, let keys): copy.kind = .sort(input, keys.map(changeKey))
    case .topK(let input, let keys, let count, let offset):
      copy.kind = .topK(input, keys.map(changeKey), count: change(count), offset: offset.map(change))
    case .limit(let input, let count, let offset):
      copy.kind = .limit(input, count: count.map(change), offset: offset.map(change))
    case .hashJoin(var join):
      join.leftKeys = join.leftKeys.map(change)
      join.rightKeys = join.rightKeys.map(change)
      join.residual = join.residual.map(change)
      copy.kind = .hashJoin(join)
    case .loopJoin(var join):
      join.predicate = join.predicate.map(change)
      copy.kind = .loopJoin(join)
    case .aggregate(var aggregate):
      aggregate.keys = aggregate.keys.map(change)
      aggregate.calls = aggregate.calls.map { call in
        var call = call
        call.arguments = call.arguments.map(change)
        call.filter = call.filter.map(change)
        return call
      }
      copy.kind = .aggregate(aggregate)
    case .nearest(var nearest):
      switch nearest.ranking {
      case .metric(let metric, let column, let query, let isSimilarity):
        nearest.ranking = .metric(metric, column: column, query: change(query), isSimilarity: isSimilarity)
      case .expression(let scalar, let isDescending):
        nearest.ranking = .expression(change(scalar), isDescending: isDescending)
      }
      nearest.count = change(nearest.count)
      copy.kind = .nearest(nearest)
    case .nearestJoin(var join):
      join.query = change(join.query)
      join.count = change(join.count)
      copy.kind = .nearestJoin(join)
    }
    return copy
  }
}

extension PlanNode {
  /// Without places in the text, so that two writings of one query are equal.
  package var unplaced: PlanNode { rewritten { $0.mapScalars(\.unplaced) } }

  /// Gives other rows each time it runs.
  package var isVolatile: Bool {
    var found = false
    _ = mapScalars { scalar in
      found = found || scalar.isVolatile
      return scalar
    }
    return found || children.contains(where: \.isVolatile)
  }
}

/// Operators, made so that `output` follows from what they are.
extension PlanNode {
  package static let singleRow = PlanNode(.singleRow, output: [])

  package static func filter(_ input: PlanNode, _ predicate: Scalar) -> PlanNode {
    PlanNode(.filter(input, predicate), output: input.output)
  }

  package static func project(_ input: PlanNode, _ list: [Scalar]) -> PlanNode {
    PlanNode(.project(input, list), output: list.map(\.type))
  }

  package static func sort(_ input: PlanNode, _ keys: [SortKey]) -> PlanNode {
    PlanNode(.sort(input, keys), output: input.output)
  }

  package static func limit(_ input: PlanNode, count: Scalar?, offset: Scalar?) -> PlanNode {
    PlanNode(.limit(input, count: count, offset: offset), output: input.output)
  }

  package static func distinct(_ input: PlanNode) -> PlanNode {
    PlanNode(.distinct(input), output: input.output)
  }

  package static func loopJoin(_ kind: JoinKind, _ left: PlanNode, _ right: PlanNode, _ predicate: Scalar?)
    -> PlanNode
  {
    PlanNode(
      .loopJoin(LoopJoin(kind: kind, left: left, right: right, predicate: predicate)),
      output: left.output + right.output)
  }

  package static func aggregate(_ input: PlanNode, keys: [Scalar], calls: [AggregateCall]) -> PlanNode {
    PlanNode(
      .aggregate(Aggregate(input: input, keys: keys, calls: calls)),
      output: keys.map(\.type) + calls.map(\.type))
  }

  package static func nearest(_ nearest: Nearest) -> PlanNode {
    PlanNode(.nearest(nearest), output: nearest.input.output + [.double])
  }

  package static func nearestJoin(_ join: NearestJoin) -> PlanNode {
    PlanNode(.nearestJoin(join), output: join.left.output + join.right.output + [.double])
  }
}
