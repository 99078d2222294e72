import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Sorted runs in a spill file, and their merge (Knuth, The Art of Computer Programming 3, 5.4): rows of equal keys come out in the
/// order of their runs, so that a sort is as stable spilled as it is in memory.
final class SortRuns {
  /// Plain bytes of a frame, about; one row may be longer.
  private let frameBytes: Int
  /// Runs merged at once: their frames fit the least memory of an operator.
  private let fanIn: Int
  private let types: [SQLType]
  private let spill: SpillFile
  private var runs: [[SpillFile.Frame]] = []

  init(types: [SQLType], store: Store) throws {
    self.types = types
    let least = store.memory.operatorMinimumBytes
    frameBytes = min(64 << 10, max(1, least / 8))
    fanIn = max(2, least / frameBytes)
    spill = try store.makeSpillFile()
  }

  /// Bytes written so far.
  var sizeBytes: Int { spill.sizeBytes }

  /// Writes a run: the rows of `columns` at `order`, with their keys.
  ///
  /// - Parameter sizeBytes: of all rows, to make frames of a size.
  func append(_ columns: [Column], _ keys: KeyStack, order: [Int32], sizeBytes: Int, check: () throws -> Void)
    throws
  {
    let rows = max(1, min(Batch.capacity, frameBytes * order.count / max(1, sizeBytes)))
    var frames: [SpillFile.Frame] = []
    for start in stride(from: 0, to: order.count, by: rows) {
      try check()
      let part = Array(order[start..<min(start + rows, order.count)])
      let picked = columns.map { Columns.gather($0, positions: part) }
      frames.append(try spill.append(SpillCodec.encode(picked, keys: keys.encoded(part), count: part.count)))
    }
    runs.append(frames)
  }

  /// All rows in order, once. Many runs are merged into fewer first.
  ///
  /// - Parameter keeping: rows that are wanted; nil: all.
  func merged(keeping: Int?, check: () throws -> Void) throws -> Merge {
    while runs.count > fanIn {
      var next: [[SpillFile.Frame]] = []
      for start in stride(from: 0, to: runs.count, by: fanIn) {
        let part = Array(runs[start..<min(start + fanIn, runs.count)])
        let merge = try Merge(part, types: types, spill: spill, keeping: keeping)
        var frames: [SpillFile.Frame] = []
        while let (batch, keys) = try merge.nextKeyed(limit: frameRows(part)) {
          try check()
          frames.append(try spill.append(SpillCodec.encode(batch.columns, keys: keys, count: batch.count)))
        }
        next.append(frames)
      }
      runs = next
    }
    return try Merge(runs, types: types, spill: spill, keeping: keeping)
  }

  /// Frames of a merged run hold as many rows as the first one of those that it is made of.
  private func frameRows(_ runs: [[SpillFile.Frame]]) -> Int {
    guard let frame = runs.first?.first, let content = try? spill.read(frame) else { return 1 }
    return max(
      1, min(Batch.capacity, (try? SpillCodec.decode(content, types: types, path: "spill").batch.count) ?? 1))
  }

  /// Several runs as one. Used once.
  final class Merge {
    private struct Run {
      var frames: ArraySlice<SpillFile.Frame>
      /// The present frame, as `batches` numbers it.
      var number = -1
      var keys = EncodedKeys(bytes: [], offsets: [0])
      var row = 0
    }

    private let types: [SQLType]
    private let spill: SpillFile
    private var runs: [Run]
    /// Runs with rows left, as a heap: the least key first, of equal ones the earlier run.
    private var heap: [Int] = []
    /// Frames that rows of the batch under way are in, by number.
    private var batches: [Int: Batch] = [:]
    private var nextNumber = 0
    private var left: Int

    init(_ runs: [[SpillFile.Frame]], types: [SQLType], spill: SpillFile, keeping: Int?) throws {
      self.types = types
      self.spill = spill
      self.runs = runs.map { Run(frames: $0[...]) }
      left = keeping ?? .max
      for run in self.runs.indices where try open(run) {
        heap.append(run)
        siftUp(heap.count - 1)
      }
    }

    func next() throws -> Batch? { try nextKeyed(limit: Batch.capacity)?.batch }

    /// At most `limit` rows and their keys; nil at the end.
    func nextKeyed(limit: Int) throws -> (batch: Batch, keys: EncodedKeys)? {
      let present = Set(heap.map { runs[$0].number })
      batches = batches.filter { present.contains($0.key) }
      var picks: [(batch: Int, row: Int)] = []
      var stack = KeyStack()
      while picks.count < min(limit, left), let run = heap.first {
        picks.append((runs[run].number, runs[run].row))
        stack.append(runs[run].keys, runs[run].row)
        runs[run].row += 1
        if runs[run].row == runs[run].keys.count, try !open(run) {
          let last = heap.removeLast()
          if heap.isEmpty { break }
          heap[0] = last
        }
        siftDown()
      }
      left -= picks.count
      if picks.isEmpty { return nil }
      let columns = try BatchPicks.gather(picks, types: types) { batches[$0] }
      let keys = stack.encoded((0..<picks.count).map { Int32(truncatingIfNeeded: $0) })
      return (Batch(columns: columns, count: picks.count), keys)
    }

    /// Goes to the run's next frame. False: there is none.
    private func open(_ run: Int) throws -> Bool {
      guard let frame = runs[run].frames.popFirst() else { return false }
      let (batch, keys) = try SpillCodec.decode(try spill.read(frame), types: types, path: "spill")
      runs[run].number = nextNumber
      runs[run].keys = keys
      runs[run].row = 0
      batches[nextNumber] = batch
      nextNumber += 1
      return true
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
      let order = runs[a].keys.compare(runs[a].row, runs[b].keys, runs[b].row)
      return order != 0 ? order < 0 : a < b
    }

    private func siftUp(_ start: Int) {
      var child = start
      while child > 0 {
        let parent = (child - 1) / 2
        guard precedes(heap[child], heap[parent]) else { return }
        heap.swapAt(child, parent)
        child = parent
      }
    }

    private func siftDown() {
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { return }
        if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
        guard precedes(heap[child], heap[parent]) else { return }
        heap.swapAt(child, parent)
        parent = child
      }
    }
  }
}
