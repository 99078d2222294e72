import VSQLDiagnostics
import VSQLSchema

/// Rows in the order of their keys, ties in the order in which they came; all of them, or the first few.
///
/// Where only the first `keeping` are wanted, rows that can no longer be among them are dropped as they come. What the memory
/// budget does not allow is written to a spill file as a sorted run; the runs are merged.
final class SortSource: BatchSource {
  private let input: any BatchSource
  private let types: [SQLType]
  private let keys: SortKeys
  private let keeping: Int?
  private let run: Run
  private let memory: OperatorMemory
  private var result: SortedRows?
  private var merge: SortRuns.Merge?
  private var given = 0

  init(
    _ input: any BatchSource, types: [SQLType], keys: SortKeys, keeping: Int? = nil, run: Run
  ) {
    self.input = input
    self.types = types
    self.keys = keys
    self.keeping = keeping
    self.run = run
    memory = run.operatorMemory()
  }

  func next() throws -> Batch? {
    let sorted = try result ?? gather()
    result = sorted
    if let merge {
      try run.check()
      return try merge.next()
    }
    let end = min(given + Batch.capacity, sorted.order.count)
    guard given < end else { return nil }
    let positions = Array(sorted.order[given..<end])
    given = end
    return Batch(
      columns: sorted.columns.map { Columns.gather($0, positions: positions) }, count: positions.count)
  }

  private func gather() throws -> SortedRows {
    if keeping == 0 { return SortedRows(columns: [], order: []) }
    var rows = RowStack(types: types)
    var stack = KeyStack()
    // Past some thousands, one sort at the end is cheaper than many on the way.
    let pruneAt = keeping.flatMap { $0 <= 10_000 ? 2 * $0 + 4 * Batch.capacity : nil }
    var hasBar = false
    var spilled: SortRuns?
    while let next = try input.next() {
      try run.check()
      var batch = next.compacted()
      let batchKeys = try keys.keys(of: batch)
      if hasBar, let keeping {
        // A row that ties with the last one kept came later and loses.
        let before = (0..<batch.count).filter { stack.isPreceded(keeping - 1, by: batchKeys, $0) }
        if before.isEmpty { continue }
        batch.selection = before.map { UInt16(truncatingIfNeeded: $0) }
      }
      stack.append(batchKeys, rows: batch.selection)
      try rows.append(batch)
      if let pruneAt, let keeping, rows.count >= pruneAt {
        let order = Array(stack.order().prefix(keeping))
        let kept = rows.finish().map { Columns.gather($0, positions: order) }
        rows = RowStack(types: types)
        try rows.append(Batch(columns: kept, count: order.count))
        stack = stack.picked(order)
        hasBar = true
      }
      let sizeBytes = rows.sizeBytes + stack.sizeBytes
      if !memory.grow(to: 2 * sizeBytes) {
        let runs = try spilled ?? SortRuns(types: types, store: run.context.store)
        spilled = runs
        try runs.append(rows.finish(), stack, order: stack.order(), sizeBytes: sizeBytes, check: run.check)
        rows = RowStack(types: types)
        stack = KeyStack()
        hasBar = false
        memory.shrink(to: 0)
      }
    }
    try run.check()
    let order = stack.order()
    if let spilled {
      try spilled.append(
        rows.finish(), stack, order: order, sizeBytes: rows.sizeBytes + stack.sizeBytes, check: run.check)
      memory.shrink(to: memory.minimumBytes)
      merge = try spilled.merged(keeping: keeping, check: run.check)
      return SortedRows(columns: [], order: [])
    }
    return SortedRows(columns: rows.finish(), order: keeping.map { Array(order.prefix($0)) } ?? order)
  }
}

private struct SortedRows {
  var columns: [Column]
  /// Positions in the columns, first row first.
  var order: [Int32]
}
