import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Makes the running operators of a plan, from the root down. Subqueries are answered before.
struct OperatorBuilder {
  let run: Run
  let meter: PlanMeter?

  func make(_ node: PlanNode) throws -> any BatchSource {
    guard let meter else { return try bare(node) }
    let number = meter.register()
    return MeteredSource(try bare(node), meter: meter, node: number)
  }

  private func bare(_ node: PlanNode) throws -> any BatchSource {
    switch node.kind {
    case .singleRow: BatchList([Batch(columns: [], count: 1)])
    case .scan(let scan):
      switch scan.origin {
      case .stored:
        if let read = scan.key, let access = scan.index {
          KeyReadSource(scan, read, access.index, run: run)
        } else {
          try ScanSource(scan, types: node.output, run: run)
        }
      case .auditEvents: try AuditEventsSource(scan, output: node.output, run: run)
      }
    case .filter(let input, let predicate):
      FilterSource(try make(input), try run.compile(predicate: predicate))
    case .project(let input, let scalars):
      ProjectSource(try make(input), try scalars.map { try run.compile($0) })
    case .hashJoin(let join):
      try JoinSource(join, left: try make(join.left), right: try make(join.right), run: run)
    case .loopJoin(let join):
      try JoinSource(join, left: try make(join.left), right: try make(join.right), run: run)
    case .aggregate(let aggregate): try AggregateSource(aggregate, input: try make(aggregate.input), run: run)
    case .distinct(let input): DistinctSource(try make(input), run: run)
    case .sort(let input, let keys):
      SortSource(try make(input), types: input.output, keys: try SortKeys(keys, run: run), run: run)
    case .topK(let input, let keys, let count, let offset):
      try topK(input, keys, count, offset)
    case .limit(let input, let count, let offset):
      LimitSource(
        try make(input), count: try count.flatMap(limit), offset: try offset.flatMap(self.offset) ?? 0)
    case .nearest(let nearest):
      try NearestSource(nearest, input: try make(nearest.input), run: run)
    case .nearestJoin(let join):
      try NearestJoinSource(join, left: try make(join.left), right: try make(join.right), run: run)
    }
  }

  private func topK(
    _ input: PlanNode, _ keys: [SortKey], _ count: Scalar, _ offset: Scalar?
  ) throws -> any BatchSource {
    let keys = try SortKeys(keys, run: run)
    let skipped = try offset.flatMap(self.offset) ?? 0
    let wanted = try limit(count)
    let (kept, isOver) = (wanted ?? Int.max).addingReportingOverflow(skipped)
    let sorted = SortSource(
      try make(input), types: input.output, keys: keys, keeping: isOver || wanted == nil ? nil : kept,
      run: run)
    return LimitSource(sorted, count: wanted, offset: skipped)
  }

  private func limit(_ scalar: Scalar) throws(Diagnostic) -> Int? {
    try run.rowCount(scalar, of: "LIMIT", orElse: .invalidRowCountInLimit)
  }

  private func offset(_ scalar: Scalar) throws(Diagnostic) -> Int? {
    try run.rowCount(scalar, of: "OFFSET", orElse: .invalidRowCountInOffset)
  }
}
