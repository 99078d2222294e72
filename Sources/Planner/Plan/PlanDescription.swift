import VSQLSchema

/// What EXPLAIN says of one operator, apart from its figures: the source of the text form and of JSON.
struct PlanDescription {
  /// `Hash Left Join`, `Scan`.
  var name: String
  /// The table of a scan.
  var relation: String?
  var alias: String?
  /// What an index scan looks its rows up in.
  var index: String?
  var details: [(label: String, text: String)] = []

  init(_ node: PlanNode, namer: ColumnNamer) {
    let inputs = node.children.map { ScalarPrinter(names: namer.names(of: $0)) }
    let input = inputs.first ?? ScalarPrinter(names: [])
    let own = ScalarPrinter(names: namer.names(of: node))
    switch node.kind {
    case .singleRow: name = "Result"
    case .scan(let scan):
      name = scan.key != nil ? "Key Read" : scan.index == nil ? "Scan" : "Index Scan"
      relation = scan.tableName
      alias = scan.alias
      index = scan.index?.index.name
      if let access = scan.index {
        details.append(("Index Cond", access.text(own) { namer.column($0, of: scan) }))
      }
      if let predicate = scan.key.map(\.residual) ?? scan.predicate {
        details.append(("Filter", own.text(predicate)))
      }
      if !scan.zones.isEmpty, scan.key == nil {
        let zones = scan.zones.map { zone in
          "\(namer.column(zone.column, of: scan)) \(zone.comparison.rawValue) \(own.text(zone.value))"
        }
        details.append(("Page Filter", zones.joined(separator: ", ")))
      }
    case .filter(_, let predicate):
      name = "Filter"
      details.append(("Filter", input.text(predicate)))
    case .project(_, let list):
      name = "Project"
      details.append(("Output", list.map(input.text).joined(separator: ", ")))
    case .hashJoin(let join):
      name = join.kind == .left ? "Hash Left Join" : "Hash Join"
      let keys = zip(join.leftKeys, join.rightKeys).map { left, right in
        "(\(input.text(left)) = \(inputs[1].text(right)))"
      }
      details.append(("Hash Cond", keys.joined(separator: " AND ")))
      if let residual = join.residual { details.append(("Join Filter", own.text(residual))) }
    case .loopJoin(let join):
      name = join.kind == .left ? "Nested Loop Left Join" : "Nested Loop"
      if let predicate = join.predicate { details.append(("Join Filter", own.text(predicate))) }
    case .aggregate(let aggregate):
      name = aggregate.keys.isEmpty ? "Aggregate" : "Hash Aggregate"
      if !aggregate.keys.isEmpty {
        details.append(("Group Key", aggregate.keys.map(input.text).joined(separator: ", ")))
      }
      if !aggregate.calls.isEmpty {
        details.append(("Aggregates", aggregate.calls.map { $0.text(input) }.joined(separator: ", ")))
      }
    case .distinct: name = "Distinct"
    case .sort(_, let keys):
      name = "Sort"
      details.append(("Sort Key", keys.map { $0.text(input) }.joined(separator: ", ")))
    case .topK(_, let keys, let count, let offset):
      name = "Top K"
      details.append(("Sort Key", keys.map { $0.text(input) }.joined(separator: ", ")))
      details.append(("Rows", Self.window(count, offset, input)))
    case .limit(_, let count, let offset):
      name = "Limit"
      details.append(("Rows", Self.window(count, offset, input)))
    case .nearest(let nearest):
      name = "Nearest"
      details.append(("Order", nearest.ranking.text(input)))
      details.append(("Rows", input.text(nearest.count)))
      details.append(("Method", Self.method(nearest)))
    case .nearestJoin(let join):
      name = join.kind == .left ? "Nearest Left Join" : "Nearest Join"
      let target = Scalar(.column(join.column), type: join.right.output[join.column])
      details.append(
        ("Order", join.metric.text(input.text(join.query), inputs[1].text(target), join.isSimilarity)))
      details.append(("Rows", input.text(join.count)))
      details.append(("Method", "exact"))
    }
  }

  private static func window(_ count: Scalar?, _ offset: Scalar?, _ printer: ScalarPrinter) -> String {
    let rows = count.map(printer.text) ?? "all"
    return offset.map { "\(rows) after \(printer.text($0))" } ?? rows
  }

  private static func method(_ nearest: Nearest) -> String {
    guard nearest.isApproximate else { return "exact" }
    let asked = nearest.targetRecall.map { " with target_recall \($0)" } ?? ""
    return "exact (approximate\(asked) was asked for; there is no vector index)"
  }
}

extension IndexAccess {
  /// `(a = 1) AND (b >= 2)`.
  fileprivate func text(_ printer: ScalarPrinter, _ column: (Int) -> String) -> String {
    var terms: [String] = []
    for (ordinal, values) in zip(index.columns, equal) {
      let list = values.map(printer.text)
      terms.append(
        list.count == 1
          ? "\(column(ordinal)) = \(list[0])"
          : "\(column(ordinal)) IN (\(list.joined(separator: ", ")))")
    }
    for (bound, sign) in [(lower, ">"), (upper, "<")] {
      guard let bound, index.columns.indices.contains(equal.count) else { continue }
      terms.append(
        "\(column(index.columns[equal.count])) \(sign)\(bound.isInclusive ? "=" : "") \(printer.text(bound.value))"
      )
    }
    return terms.count == 1 ? terms[0] : terms.map { "(\($0))" }.joined(separator: " AND ")
  }
}

extension SortKey {
  fileprivate func text(_ printer: ScalarPrinter) -> String {
    var text = printer.text(scalar) + (isDescending ? " DESC" : "")
    if nullsFirst != isDescending { text += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
    return text
  }
}

extension Ranking {
  fileprivate func text(_ printer: ScalarPrinter) -> String {
    switch self {
    case .metric(let metric, let column, let query, let isSimilarity):
      let target = printer.text(Scalar(.column(column), type: .unknown))
      return metric.text(target, printer.text(query), isSimilarity)
    case .expression(let scalar, let isDescending):
      return printer.text(scalar) + (isDescending ? " DESC" : "")
    }
  }
}

extension Metric {
  /// `a <=> b`, or the similarity's name, descending.
  fileprivate func text(_ a: String, _ b: String, _ isSimilarity: Bool) -> String {
    if isSimilarity {
      let name = self == .cosine ? "cosine_similarity" : "inner_product"
      return "\(name)(\(a), \(b)) DESC"
    }
    let sign =
      switch self {
      case .l2: "<->"
      case .cosine: "<=>"
      case .negativeInnerProduct: "<#>"
      case .l1: "<+>"
      case .hamming: "<~>"
      case .jaccard: "<%>"
      }
    return "\(a) \(sign) \(b)"
  }
}

/// What the columns of an operator are called: a table's names, or the text of what they are computed from.
struct ColumnNamer {
  /// Names carry their table where a plan reads more than one.
  let isQualified: Bool

  init(_ root: PlanNode) { isQualified = root.scanCount > 1 }

  func names(of node: PlanNode) -> [String] {
    switch node.kind {
    case .singleRow: return []
    case .scan(let scan): return scan.columns.map { column($0, of: scan) }
    case .filter(let input, _), .distinct(let input), .sort(let input, _), .topK(let input, _, _, _),
      .limit(let input, _, _):
      return names(of: input)
    case .project(let input, let list):
      let printer = ScalarPrinter(names: names(of: input))
      return list.map(printer.text)
    case .hashJoin(let join): return names(of: join.left) + names(of: join.right)
    case .loopJoin(let join): return names(of: join.left) + names(of: join.right)
    case .aggregate(let aggregate):
      let printer = ScalarPrinter(names: names(of: aggregate.input))
      return aggregate.keys.map(printer.text) + aggregate.calls.map { $0.text(printer) }
    case .nearest(let nearest): return names(of: nearest.input) + ["distance"]
    case .nearestJoin(let join): return names(of: join.left) + names(of: join.right) + ["distance"]
    }
  }

  /// The name of the table's column with this ordinal.
  func column(_ ordinal: Int, of scan: Scan) -> String {
    guard let place = scan.columns.firstIndex(of: ordinal), scan.columnNames.indices.contains(place) else {
      return "column \(ordinal + 1)"
    }
    return isQualified ? "\(scan.alias).\(scan.columnNames[place])" : scan.columnNames[place]
  }
}

extension PlanNode {
  fileprivate var scanCount: Int {
    if case .scan = kind { return 1 }
    return children.reduce(0) { $0 + $1.scanCount }
  }
}
