/// Which neighbouring segments of a partition are worth writing as one: tiers by size, so that each row is rewritten a logarithm of
/// times and few segments stay.
///
/// A row that a merge rewrites comes to lie in a segment of at least `growth` times the weight of its former one. So while a
/// partition grows from one flush to N flushes of rows, each of them is rewritten at most log3(N) times.
struct MergePolicy: Sendable {
  /// Segments of one merge, at least.
  static let fanIn = 4
  /// The merged segment weighs at least this many times its largest part.
  static let growth = 3
  /// What a segment weighs at least, in bytes: its directory, keys and the lines of the state that name it take about as much,
  /// however few its rows are.
  static let smallestBytes = 4 << 10
  /// Bytes of cells that a merge makes at most: about what a background thread rewrites in a second, and what one segment's columns
  /// may take when they are opened whole.
  static let largestBytes = 128 << 20

  /// What the policy sees of a segment.
  struct Part: Hashable, Sendable {
    /// Rows that are neither deleted nor erased.
    var liveRows: Int
    var rows: Int
    var cellBytes: Int
    /// It takes no part: another merge has it, or one of it failed.
    var isBarred = false

    /// Bytes of cells of live rows.
    var liveBytes: Int { rows == 0 ? 0 : Int(Double(cellBytes) * Double(liveRows) / Double(rows)) }
    var weight: Int { max(MergePolicy.smallestBytes, liveBytes) }
    /// As many rows are gone as are left: rewriting costs no more than the deletes have written.
    var isMostlyDead: Bool { liveRows * 2 <= rows }
  }

  /// Bytes that one merge may read.
  var limitBytes = largestBytes

  /// The next merge of these neighbours: the cheapest that is worth it; nil: none is.
  func next(_ parts: [Part]) -> Range<Int>? {
    var best: (range: Range<Int>, weight: Int)?
    func offer(_ range: Range<Int>, _ weight: Int) {
      if weight <= limitBytes, weight < best?.weight ?? .max { best = (range, weight) }
    }
    for (start, first) in parts.enumerated() where !first.isBarred {
      if first.liveRows == 0 { return start..<start + 1 }
      if first.isMostlyDead { offer(start..<start + 1, first.weight) }
      var (sum, largest, rows) = (0, 0, 0)
      for (end, part) in zip(start..., parts[start...]) {
        sum += part.weight
        rows += part.liveRows
        largest = max(largest, part.weight)
        if part.isBarred || sum > limitBytes || rows > SegmentFormat.maxRows { break }
        if end - start + 1 >= Self.fanIn, largest * Self.growth <= sum { offer(start..<end + 1, sum) }
      }
    }
    return best?.range
  }

  /// Every merge that leaves the partition with no deleted row and with as few segments as the largest size allows.
  static func whole(_ parts: [Part], isStale: (Int) -> Bool = { _ in false }) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < parts.count {
      if parts[start].isBarred {
        start += 1
        continue
      }
      var (end, sum, rows) = (start, 0, 0)
      while end < parts.count, !parts[end].isBarred {
        sum += parts[end].weight
        rows += parts[end].liveRows
        if end > start, sum > largestBytes || rows > SegmentFormat.maxRows { break }
        end += 1
      }
      if end - start > 1 || parts[start].liveRows < parts[start].rows || isStale(start) {
        ranges.append(start..<end)
      }
      start = end
    }
    return ranges
  }
}
