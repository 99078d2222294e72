import VSQLSchema

/// Each different row once, where it first appears. NULLs are alike.
final class DistinctSource: BatchSource {
  private let input: any BatchSource
  private var seen: KeyTable
  private let run: Run

  init(_ input: any BatchSource, run: Run) {
    self.input = input
    self.run = run
    seen = KeyTable(seed: run.hashSeed)
  }

  func next() throws -> Batch? {
    while let next = try input.next() {
      try run.check()
      var batch = next.compacted()
      let keys = try KeyEncoder(partCount: batch.columns.count).encode(batch.columns, count: batch.count)
      var first = seen.count
      var fresh: [UInt16] = []
      for (row, number) in try seen.insert(keys).enumerated() where Int(number) == first {
        fresh.append(UInt16(truncatingIfNeeded: row))
        first += 1
      }
      guard !fresh.isEmpty else { continue }
      if fresh.count < batch.count { batch.selection = fresh }
      return batch
    }
    return nil
  }
}
