import VSQLSchema

/// Rows and cost of every operator, from the leaves up.
struct Estimator {
  let catalog: any Catalog

  /// `root` with an estimate at every node.
  func priced(_ root: PlanNode) -> PlanNode { estimated(root).node }

  func profile(of node: PlanNode) -> RowProfile { estimated(node).profile }

  struct Estimated {
    var node: PlanNode
    var profile: RowProfile
  }

  /// What an operator itself costs: before its first row, and in all.
  private struct Price {
    /// Nothing comes before the whole input was read.
    var isBlocking = false
    var own: Double
  }

  private func estimated(_ node: PlanNode) -> Estimated {
    var inputs: [Estimated] = []
    var copy = node.mapChildren { child in
      let input = estimated(child)
      inputs.append(input)
      return input.node
    }
    let profile = profile(copy, inputs.map(\.profile))
    let price = price(copy, inputs.map(\.profile), profile)
    let below = inputs.reduce(0) { $0 + $1.node.estimate.totalNanoseconds }
    let start = price.isBlocking ? below + price.own : inputs.first?.node.estimate.startNanoseconds ?? 0
    var total = below + price.own
    if case .limit(let input, let count?, _) = copy.kind, count.constantValue != nil,
      let rows = inputs.first?.profile.rows, rows > 0
    {
      // What is not asked for is not computed.
      let first = input.estimate.startNanoseconds
      total = first + (total - first) * min(1, profile.rows / rows)
    }
    copy.estimate = Estimate(
      rows: profile.rows, startNanoseconds: start, totalNanoseconds: max(total, start), width: profile.width)
    return Estimated(node: copy, profile: profile)
  }
}

// MARK: - Rows

extension Estimator {
  private func profile(_ node: PlanNode, _ inputs: [RowProfile]) -> RowProfile {
    let unknown = node.output.map(ColumnProfile.init(type:))
    guard let first = inputs.first else {
      if case .scan(let scan) = node.kind { return profile(scan, output: node.output) }
      return RowProfile(rows: 1, columns: unknown)
    }
    let second = inputs.last ?? first
    switch node.kind {
    case .singleRow, .scan: return RowProfile(rows: 1, columns: unknown)
    case .filter(_, let predicate): return first.keeping(Selectivity.of(predicate, over: first))
    case .project(_, let list):
      return RowProfile(rows: first.rows, columns: list.map { first.column($0) })
    case .sort: return first
    case .distinct: return first.limited(to: first.groups(of: first.columns))
    case .aggregate(let aggregate):
      let keys = aggregate.keys.map { first.column($0) }
      let columns = keys + aggregate.calls.map { ColumnProfile(type: $0.type) }
      return RowProfile(rows: keys.isEmpty ? 1 : first.groups(of: keys), columns: columns)
    case .limit(_, let count, let offset):
      return first.limited(to: count.rows(or: first.rows), skipping: offset)
    case .topK(_, _, let count, let offset): return first.limited(to: count.rows(or: 10), skipping: offset)
    case .nearest(let nearest):
      var profile = first.limited(to: nearest.count.rows(or: 10))
      profile.columns.append(ColumnProfile(type: .double))
      return profile
    case .nearestJoin(let join):
      let rows = first.rows * min(join.count.rows(or: 10), max(second.rows, join.kind == .left ? 1 : 0))
      return RowProfile(rows: rows, columns: first.columns + second.columns + [ColumnProfile(type: .double)])
    case .loopJoin(let join):
      let all = RowProfile(rows: first.rows * second.rows, columns: first.columns + second.columns)
      let kept = join.predicate.map { all.keeping(Selectivity.of($0, over: all)) } ?? all
      return join.kind == .left ? kept.atLeast(first.rows) : kept
    case .hashJoin(let join):
      var rows = first.rows * second.rows
      for (left, right) in zip(join.leftKeys, join.rightKeys) {
        let (a, b) = (first.column(left), second.column(right))
        rows /= max(a.distinct ?? first.rows, b.distinct ?? second.rows, 1)
      }
      var all = RowProfile(rows: rows, columns: first.columns + second.columns)
      if let residual = join.residual { all = all.keeping(Selectivity.of(residual, over: all)) }
      return join.kind == .left ? all.atLeast(first.rows) : all
    }
  }

  private func profile(_ scan: Scan, output: [SQLType]) -> RowProfile {
    let statistics = catalog.statistics(of: scan.table)
    let rows = Double(max(0, statistics.rowCount))
    let columns = zip(scan.columns, output).map { ordinal, type in
      let known = statistics.columns.indices.contains(ordinal) ? statistics.columns[ordinal] : nil
      return ColumnProfile(known, rows: rows, type: type)
    }
    let all = RowProfile(rows: rows, columns: columns)
    guard let predicate = scan.predicate else { return all }
    var kept = all.keeping(Selectivity.of(predicate, over: all))
    if let access = scan.index { kept.rows = min(kept.rows, access.rows(of: scan, over: all)) }
    return kept
  }
}

extension Optional where Wrapped == Scalar {
  fileprivate func rows(or unknown: Double) -> Double { self?.rows(or: min(unknown, 10)) ?? unknown }
}

extension Scalar {
  fileprivate func rows(or unknown: Double) -> Double {
    if case .integer(let number) = constantValue { return Double(number) }
    return unknown
  }
}

extension RowProfile {
  /// At least one row is left of any, so that an estimate of nothing never makes what follows look free.
  func keeping(_ share: Double) -> RowProfile { limited(to: max(rows * share, min(rows, 1))) }

  fileprivate func limited(to most: Double, skipping offset: Scalar? = nil) -> RowProfile {
    var copy = self
    copy.rows = min(max(0, rows - (offset?.rows(or: 0) ?? 0)), most)
    for index in copy.columns.indices {
      copy.columns[index].distinct = copy.columns[index].distinct.map { min($0, max(copy.rows, 1)) }
    }
    return copy
  }

  fileprivate func atLeast(_ least: Double) -> RowProfile {
    var copy = self
    copy.rows = max(rows, least)
    return copy
  }

  fileprivate func column(_ scalar: Scalar) -> ColumnProfile {
    if case .column(let ordinal) = scalar.kind, columns.indices.contains(ordinal) { return columns[ordinal] }
    return ColumnProfile(type: scalar.type)
  }

  /// Different combinations of values.
  fileprivate func groups(of keys: [ColumnProfile]) -> Double {
    let product = keys.reduce(1.0) { $0 * ($1.distinct ?? max(1, rows / 10)) }
    return min(max(rows > 0 ? 1 : 0, product), rows)
  }
}

// MARK: - Cost

extension Estimator {
  private func price(_ node: PlanNode, _ inputs: [RowProfile], _ output: RowProfile) -> Price {
    let rows = inputs.first?.rows ?? output.rows
    let second = inputs.last?.rows ?? 0
    let batches = CostModel.batch * (rows / CostModel.batchRows + 1)
    switch node.kind {
    case .singleRow: return Price(own: CostModel.batch)
    case .scan(let scan): return Price(own: price(scan, output, types: node.output))
    case .filter(_, let predicate): return Price(own: batches + rows * predicate.pricePerRow)
    case .project(_, let list):
      return Price(own: batches + rows * list.reduce(0) { $0 + $1.pricePerRow })
    case .limit: return Price(own: CostModel.batch)
    case .distinct:
      return Price(isBlocking: true, own: batches + rows * (CostModel.hashRow + CostModel.groupUpdate))
    case .aggregate(let aggregate):
      let keys = aggregate.keys.reduce(0) { $0 + $1.pricePerRow + CostModel.hashRow }
      let calls = aggregate.calls.reduce(0) { sum, call in
        sum + call.arguments.reduce(CostModel.groupUpdate) { $0 + $1.pricePerRow }
      }
      return Price(isBlocking: true, own: batches + rows * (keys + calls))
    case .sort(_, let keys):
      let key = keys.reduce(0) { $0 + $1.scalar.pricePerRow }
      let columns = Double(node.output.count) * CostModel.gatherValue
      return Price(isBlocking: true, own: batches + rows * (key + columns + CostModel.sortStep * rows.log2))
    case .topK(_, let keys, _, _):
      let key = keys.reduce(0) { $0 + $1.scalar.pricePerRow }
      return Price(isBlocking: true, own: batches + rows * (key + CostModel.heapRow))
    case .nearest(let nearest):
      return Price(isBlocking: true, own: batches + rows * (price(nearest) + CostModel.heapRow))
    case .nearestJoin(let join):
      let distance = Scalar.distancePrice(join.right.output[join.column])
      return Price(own: batches + rows * second * (distance + CostModel.heapRow))
    case .loopJoin(let join):
      return Price(own: batches + rows * second * (join.predicate?.pricePerRow ?? CostModel.kernelValue))
    case .hashJoin(let join):
      let probe = second > CostModel.cachedRows ? CostModel.probeMemory : CostModel.probeCache
      let gather = Double(node.output.count) * CostModel.gatherValue
      let residual = join.residual?.pricePerRow ?? 0
      return Price(
        own: batches + second * (CostModel.hashRow + CostModel.buildRow) + rows * (CostModel.hashRow + probe)
          + output.rows * (gather + residual))
    }
  }

  private func price(_ nearest: Nearest) -> Double {
    switch nearest.ranking {
    case .metric(_, let column, _, _): Scalar.distancePrice(nearest.input.output[column])
    case .expression(let scalar, _): scalar.pricePerRow
    }
  }

  private func price(_ scan: Scan, _ output: RowProfile, types: [SQLType]) -> Double {
    let statistics = catalog.statistics(of: scan.table)
    let rows = Double(max(0, statistics.rowCount))
    let bytes = Double(max(1, statistics.rowBytes))
    let table = catalog.tables.first { $0.id == scan.table }
    if let access = scan.index {
      let columns = zip(scan.columns, types).map { ordinal, type in
        let known = statistics.columns.indices.contains(ordinal) ? statistics.columns[ordinal] : nil
        return ColumnProfile(known, rows: rows, type: type)
      }
      let found = access.rows(of: scan, over: RowProfile(rows: rows, columns: columns))
      // A row alone opens its cell, or the page of each column, once for all that are found there.
      let open =
        switch table?.seal ?? .record {
        case .record: found * (CostModel.openUnit + CostModel.unwrapKey + CostModel.openByte * bytes)
        case .page:
          min(found, (rows / CostModel.pageRows).rounded(.up)) * opening(table, bytes, types.count)
        }
      let perRow = CostModel.indexRow + (scan.predicate?.pricePerRow ?? 0)
      return CostModel.batch + Double(access.keyCount) * CostModel.indexProbe + open + found * perRow
    }
    let cold = max(0, 1 - min(1, CostModel.openMemoryBytes / max(1, rows * bytes)))
    let sealed =
      switch table?.seal ?? .record {
      case .record: rows * (CostModel.openUnit + CostModel.unwrapKey + CostModel.openByte * bytes)
      case .page: rows / CostModel.pageRows * opening(table, bytes, types.count)
      }
    let open = cold * sealed
    let test = rows * (scan.predicate?.pricePerRow ?? 0)
    let gather = output.rows * Double(types.count) * CostModel.gatherValue
    return open + test + gather + CostModel.batch * (rows / CostModel.batchRows + 1)
  }

  /// Nanoseconds to open a page of so many columns: their part of the bytes, a unit each.
  ///
  /// - Parameter bytes: of a row, all columns.
  private func opening(_ table: TableDefinition?, _ bytes: Double, _ columns: Int) -> Double {
    let part = bytes * Double(columns) / Double(max(1, table?.columns.count ?? columns))
    return CostModel.unwrapKey
      + Double(columns) * CostModel.openUnit + CostModel.pageRows * part * CostModel.pageByte
  }
}

extension Double {
  /// The logarithm to base 2 of a number of rows, at least 1.
  fileprivate var log2: Double {
    guard self > 2, isFinite else { return 1 }
    return Double(exponent) + (significand - 1)
  }
}

extension Scalar {
  static func distancePrice(_ type: SQLType) -> Double {
    guard let shape = type.vectorShape else { return CostModel.distanceCall }
    let dimensions = shape.element == .bit ? 0 : Double(shape.dimension)
    return CostModel.distanceCall + CostModel.distanceDimension * dimensions
      + CostModel.distanceByte * Double(shape.byteCount)
  }

  /// Nanoseconds a row.
  var pricePerRow: Double {
    let below = children.reduce(0) { $0 + $1.pricePerRow }
    switch kind {
    case .constant, .parameter, .subquery, .exists: return 0
    case .column: return 0
    case .like: return below + CostModel.likeText
    case .inList(let operand, let list, _):
      return operand.pricePerRow + CostModel.kernelValue * Double(list.count)
    case .inSubquery: return below + CostModel.hashRow + CostModel.probeCache
    case .compare(_, let a, _), .isDistinct(let a, _, _):
      return below + (a.type.physicalKind == .text ? CostModel.kernelText : CostModel.kernelValue)
    case .call(let function, let list):
      if DistanceFunctions.of(function) != nil, let vector = list.first {
        return below + Scalar.distancePrice(vector.type)
      }
      return below + (type.physicalKind == .text ? CostModel.kernelText : 2 * CostModel.kernelValue)
    case .cast(let operand, _):
      let isText = type.physicalKind == .text || operand.type.physicalKind == .text
      return below + (isText ? CostModel.kernelText : CostModel.kernelValue)
    case .and, .or, .not, .isNull, .isTruth, .case, .coalesce: return below + CostModel.kernelValue
    }
  }
}
