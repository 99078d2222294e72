import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// The k rows with the least ranking value, nearest first, ties in the order of the input; the value is a column of its own.
///
/// Only batches that hold a candidate are kept, and their columns are shared with the segment: nothing is copied until
/// the k are known.
final class NearestSource: BatchSource {
  private let input: any BatchSource
  private let types: [SQLType]
  private let ranker: Ranker?
  private let count: Int
  private let run: Run
  private var output: BatchList?

  init(_ nearest: Nearest, input: any BatchSource, run: Run) throws {
    self.input = input
    self.run = run
    types = nearest.input.output
    guard
      let k = try run.rowCount(nearest.count, of: "the number of NEAREST", orElse: .invalidRowCountInLimit)
    else {
      throw Diagnostic(
        .invalidRowCountInLimit, "the number of NEAREST must not be NULL", at: nearest.count.span)
    }
    count = k
    ranker = try Ranker(nearest.ranking, types: nearest.input.output, run: run)
  }

  func next() throws -> Batch? {
    if let output { return output.next() }
    let list = BatchList(try answer())
    output = list
    return list.next()
  }

  private func answer() throws -> [Batch] {
    guard let ranker, count > 0 else { return [] }
    var heap = NearestHeap(capacity: count)
    var kept = KeptBatches()
    var arrival = 0
    var number = 0
    var distances = [Double](repeating: 0, count: Batch.capacity)
    while let batch = try input.next() {
      try run.check()
      try ranker.rank(batch, into: &distances)
      kept.begin(number, batch)
      ranker.offer(batch, distances, number: number, arrival: &arrival, to: &heap, &kept)
      kept.end(number)
      number += 1
    }
    let ranked = heap.ranked()
    var columns = try BatchPicks.gather(ranked.map { ($0.batch, $0.row) }, types: types) { kept[$0] }
    columns.append(ranker.valueColumn(of: ranked))
    return Batch.pieces(of: columns, count: ranked.count)
  }
}

/// Batches, each for as long as a candidate is in it.
struct KeptBatches {
  private var batches: [Int: (batch: Batch, candidates: Int)] = [:]

  subscript(number: Int) -> Batch? { batches[number]?.batch }

  mutating func begin(_ number: Int, _ batch: Batch) { batches[number] = (batch, 0) }

  mutating func end(_ number: Int) {
    if batches[number]?.candidates == 0 { batches[number] = nil }
  }

  mutating func enter(_ candidate: NearestHeap.Candidate) { batches[candidate.batch]?.candidates += 1 }

  mutating func leave(_ candidate: NearestHeap.Candidate, during current: Int) {
    batches[candidate.batch]?.candidates -= 1
    if candidate.batch != current { end(candidate.batch) }
  }
}
