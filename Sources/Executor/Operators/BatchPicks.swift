import VSQLDiagnostics
import VSQLSchema

/// Rows of several batches picked one by one, in an order of their own.
enum BatchPicks {
  /// - Parameter picks: a batch's number and a row of it, in the order of the result.
  static func gather(
    _ picks: [(batch: Int, row: Int)], types: [SQLType], from batch: (Int) -> Batch?
  ) throws(Diagnostic) -> [Column] {
    var byBatch: [Int: [Int]] = [:]
    for (index, pick) in picks.enumerated() { byBatch[pick.batch, default: []].append(index) }
    var stacks = types.map { ColumnStack(type: $0) }
    // By result row: where the stacks have it.
    var places = [Int32](repeating: 0, count: picks.count)
    var next: Int32 = 0
    for number in byBatch.keys.sorted() {
      guard let indices = byBatch[number], let source = batch(number) else { continue }
      let positions = indices.map { Int32(truncatingIfNeeded: picks[$0].row) }
      for column in stacks.indices {
        try stacks[column].append(
          Columns.gather(source.columns[column], positions: positions), selection: nil)
      }
      for index in indices {
        places[index] = next
        next += 1
      }
    }
    var columns: [Column] = []
    for stack in stacks { columns.append(Columns.gather(stack.finish(), positions: places)) }
    return columns
  }
}
