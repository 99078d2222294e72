import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// For each row on the left, its k nearest on the right: left ‖ right ‖ ranking value, in left order, then by rank.
///
/// The right side is read once and kept; queries are taken in blocks, so that a batch of it is in cache for all of them.
final class NearestJoinSource: BatchSource {
  private let left: any BatchSource
  private var right: (any BatchSource)?
  private let node: NearestJoin
  private let shape: VectorShape
  private let query: CompiledScalar
  private let count: Int
  private let run: Run
  private var rightBatches: [Batch] = []
  private var pending = BatchList([])

  init(_ node: NearestJoin, left: any BatchSource, right: any BatchSource, run: Run) throws {
    self.node = node
    self.left = left
    self.right = right
    self.run = run
    guard case .vector(let shape) = node.right.output[node.column] else {
      throw Diagnostic(.datatypeMismatch, "NEAREST ranks by a vector column", at: node.query.span)
    }
    self.shape = shape
    query = try run.compile(node.query)
    guard let k = try run.rowCount(node.count, of: "the number of NEAREST", orElse: .invalidRowCountInLimit)
    else {
      throw Diagnostic(.invalidRowCountInLimit, "the number of NEAREST must not be NULL", at: node.count.span)
    }
    count = k
  }

  func next() throws -> Batch? {
    if let source = right {
      right = nil
      while let batch = try source.next() {
        try run.check()
        rightBatches.append(batch)
      }
    }
    while true {
      if let batch = pending.next() { return batch }
      guard let batch = try left.next()?.compacted() else { return nil }
      pending = BatchList(try answer(batch))
    }
  }

  /// The joined rows of one batch of the left side.
  private func answer(_ batch: Batch) throws(Diagnostic) -> [Batch] {
    let queries = Columns.flattened(try query.evaluate(batch))
    // A block's answers fill about one batch.
    let block = max(1, min(256, Batch.capacity / max(count, 1)))
    var batches: [Batch] = []
    for start in stride(from: 0, to: batch.count, by: block) {
      let rows = start..<min(start + block, batch.count)
      let ranked = try search(queries, rows)
      batches.append(contentsOf: try joined(batch, rows, ranked))
    }
    return batches
  }

  /// The nearest of each query of a block, in rank order.
  private func search(
    _ queries: Column, _ rows: Range<Int>
  ) throws(Diagnostic) -> [[NearestHeap.Candidate]] {
    var vectors: [QueryVector?] = []
    for row in rows {
      if case .vector(let value) = queries.value(at: row) {
        do throws(Diagnostic) {
          vectors.append(try QueryVector(value, metric: node.metric, shape: shape))
        } catch {
          throw error.located(at: node.query.span)
        }
      } else {
        vectors.append(nil)
      }
    }
    var heaps = rows.map { _ in NearestHeap(capacity: count) }
    if count == 0 { return heaps.map { $0.ranked() } }
    var distances = [Double](repeating: 0, count: Batch.capacity)
    var arrival = 0
    for (number, batch) in rightBatches.enumerated() {
      guard case .vectors(let values) = batch.columns[node.column].values else { continue }
      for (index, vector) in vectors.enumerated() {
        guard let vector else { continue }
        try run.check()
        vector.rank(values, of: batch.columns[node.column], selection: batch.selection, into: &distances)
        offer(batch, distances, number: number, arrival: arrival, to: &heaps[index])
      }
      arrival += batch.selectedCount
    }
    return heaps.map { $0.ranked() }
  }

  private func offer(
    _ batch: Batch, _ values: [Double], number: Int, arrival: Int, to heap: inout NearestHeap
  ) {
    var bar = heap.threshold.map(RankKey.value) ?? .infinity
    var arrival = arrival
    func consider(_ row: Int) {
      if values[row] < bar {
        _ = heap.insert(
          NearestHeap.Candidate(
            key: RankKey.bits(values[row]), value: values[row], arrival: arrival, batch: number, row: row))
        bar = heap.threshold.map(RankKey.value) ?? .infinity
      }
      arrival += 1
    }
    if let rows = batch.selection {
      for row in rows { consider(Int(row)) }
    } else {
      for row in 0..<batch.count { consider(row) }
    }
  }

  private func joined(
    _ batch: Batch, _ rows: Range<Int>, _ ranked: [[NearestHeap.Candidate]]
  ) throws(Diagnostic) -> [Batch] {
    var lefts: [Int32] = []
    var picks: [(batch: Int, row: Int)] = []
    /// By output row: its pick, or −1 where a left join found nothing.
    var pickOf: [Int32] = []
    var values: [Double] = []
    for (row, candidates) in zip(rows, ranked) {
      for candidate in candidates {
        lefts.append(Int32(truncatingIfNeeded: row))
        pickOf.append(Int32(truncatingIfNeeded: picks.count))
        picks.append((candidate.batch, candidate.row))
        values.append(
          Ranker.shown(candidate.value, node.metric, isSimilarity: node.isSimilarity))
      }
      if candidates.isEmpty, node.kind == .left {
        lefts.append(Int32(truncatingIfNeeded: row))
        pickOf.append(-1)
        values.append(0)
      }
    }
    try TextLimit(batch.columns).check(rows: lefts.count)
    var columns: [Column] = []
    for column in batch.columns { columns.append(Columns.gather(column, positions: lefts)) }
    let found = try BatchPicks.gather(picks, types: node.right.output) { rightBatches[$0] }
    for column in found { columns.append(Columns.gatherOptional(column, positions: pickOf)) }
    columns.append(.nullable(.double, .doubles(values), pickOf.map { $0 >= 0 }))
    return Batch.pieces(of: columns, count: lefts.count)
  }
}
