import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Inner and left joins, by hash or by testing every pair: left ‖ right, in the order of the left rows, then of the right.
///
/// Candidates are made in pieces of at most a batch, so that a row that matches millions takes no more room than one.
final class JoinSource: BatchSource {
  private let left: any BatchSource
  private var right: (any BatchSource)?
  private let rightTypes: [SQLType]
  private let kind: JoinKind
  private let leftKeys: [CompiledScalar]
  private let rightKeys: [CompiledScalar]?
  private let residual: CompiledPredicate?
  private let run: Run
  private var table: JoinTable?
  private var probe: Probe?

  /// A batch of the left side on its way.
  private struct Probe {
    var batch: Batch
    let textLimit: TextLimit
    /// By left row: the next candidate to be made; −1: none is left.
    var candidates: [Int32]
    var row = 0
    /// Whether the row at `row` matched in an earlier piece.
    var hasMatched = false
  }

  init(_ join: HashJoin, left: any BatchSource, right: any BatchSource, run: Run) throws {
    self.left = left
    self.right = right
    self.run = run
    kind = join.kind
    rightTypes = join.right.output
    leftKeys = try join.leftKeys.map { scalar throws(Diagnostic) in try run.compile(scalar) }
    rightKeys = try join.rightKeys.map { scalar throws(Diagnostic) in try run.compile(scalar) }
    residual = try join.residual.map { scalar throws(Diagnostic) in try run.compile(predicate: scalar) }
  }

  init(_ join: LoopJoin, left: any BatchSource, right: any BatchSource, run: Run) throws {
    self.left = left
    self.right = right
    self.run = run
    kind = join.kind
    rightTypes = join.right.output
    leftKeys = []
    rightKeys = nil
    residual = try join.predicate.map { scalar throws(Diagnostic) in try run.compile(predicate: scalar) }
  }

  func next() throws -> Batch? {
    let table = try built()
    if kind == .inner, table.count == 0 { return nil }
    while true {
      try run.check()
      if probe == nil {
        guard let batch = try left.next()?.compacted() else { return nil }
        probe = Probe(
          batch: batch, textLimit: TextLimit(batch.columns),
          candidates: try table.firstCandidates(of: batch, keys: leftKeys))
      }
      if let batch = try piece(table) { return batch }
    }
  }

  private func built() throws -> JoinTable {
    if let table { return table }
    guard let source = right else { throw Diagnostic(.internalError, "a join's build side is read once") }
    right = nil
    let table = try JoinTable(source, types: rightTypes, keys: rightKeys, run: run)
    self.table = table
    return table
  }

  /// The next piece of candidates, those that match; nil when none of the piece does.
  private func piece(_ table: JoinTable) throws(Diagnostic) -> Batch? {
    guard var probe else { return nil }
    self.probe = nil
    let firstRow = probe.row
    let hadMatched = probe.hasMatched
    var pairs = PairList()
    // A left row may add one line of NULLs besides its pairs, so finished rows count too.
    while probe.row < probe.batch.count, pairs.count + probe.row - firstRow < Batch.capacity {
      let candidate = probe.candidates[probe.row]
      if candidate < 0 {
        probe.row += 1
      } else {
        pairs.append(Int32(truncatingIfNeeded: probe.row), candidate)
        probe.candidates[probe.row] = table.candidate(after: candidate)
      }
    }
    try table.textLimit.check(rows: pairs.count)
    try probe.textLimit.check(rows: pairs.count)
    let kept = try matches(pairs, probe.batch, table)
    let finished = firstRow..<probe.row
    if kind == .left {
      pairs = kept.map { pairs.picked($0) } ?? pairs
      probe.hasMatched =
        pairs.left.last == Int32(truncatingIfNeeded: probe.row) || (probe.row == firstRow && hadMatched)
      pairs = pairs.withUnmatched(finished, firstHasMatched: hadMatched)
      try probe.textLimit.check(rows: pairs.count)
    }
    if probe.row < probe.batch.count { self.probe = probe }
    guard pairs.count > 0 else { return nil }
    var output = joined(pairs, probe.batch, table)
    if kind == .inner, let kept {
      if kept.isEmpty { return nil }
      output.selection = kept
    }
    return output
  }

  /// The pairs that the residual lets through; nil: all.
  private func matches(_ pairs: PairList, _ batch: Batch, _ table: JoinTable) throws(Diagnostic) -> [UInt16]?
  {
    guard let residual, pairs.count > 0 else { return nil }
    return try residual.select(joined(pairs, batch, table))
  }

  private func joined(_ pairs: PairList, _ batch: Batch, _ table: JoinTable) -> Batch {
    var columns: [Column] = []
    columns.reserveCapacity(batch.columns.count + table.columns.count)
    for column in batch.columns { columns.append(Columns.gather(column, positions: pairs.left)) }
    for column in table.columns { columns.append(Columns.gatherOptional(column, positions: pairs.right)) }
    return Batch(columns: columns, count: pairs.count)
  }
}

/// Pairs of rows, ascending by the left one; a right one of −1 stands for NULLs.
struct PairList {
  var left: [Int32] = []
  var right: [Int32] = []

  var count: Int { left.count }

  mutating func append(_ left: Int32, _ right: Int32) {
    self.left.append(left)
    self.right.append(right)
  }

  func picked(_ rows: [UInt16]) -> PairList {
    PairList(left: rows.map { left[Int($0)] }, right: rows.map { right[Int($0)] })
  }

  /// The pairs with a line of NULLs for each of the rows `finished` that has none.
  ///
  /// - Parameter firstHasMatched: the first of them matched before these pairs.
  func withUnmatched(_ finished: Range<Int>, firstHasMatched: Bool) -> PairList {
    var result = PairList()
    var at = 0
    for row in finished {
      let wanted = Int32(truncatingIfNeeded: row)
      let start = at
      while at < count, left[at] == wanted {
        result.append(wanted, right[at])
        at += 1
      }
      if at == start, !(row == finished.lowerBound && firstHasMatched) { result.append(wanted, -1) }
    }
    while at < count {
      result.append(left[at], right[at])
      at += 1
    }
    return result
  }
}
