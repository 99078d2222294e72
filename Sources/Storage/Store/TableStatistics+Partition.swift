import VSQLSchema

extension TableStatistics {
  /// Of the segments' statistics as far as they have any; rows in memory are counted only.
  init(of partition: Partition) {
    let rows = partition.liveCount
    var bytes = partition.memoryBytes
    var columns: [ColumnStatistics] = []
    var isKnown = true
    for source in partition.sources {
      guard case .segment(let reader) = source.content else { continue }
      bytes += reader.manifest.cellBytes
      // A damaged directory is for the scan to report; a plan does not depend on it.
      guard isKnown, let found = try? reader.statistics(), columns.isEmpty || columns.count == found.count
      else {
        isKnown = false
        continue
      }
      columns = columns.isEmpty ? found : zip(columns, found).map { $0.joined(with: $1) }
    }
    self.init(
      rowCount: rows, rowBytes: rows == 0 ? 64 : max(1, bytes / rows), columns: isKnown ? columns : [])
  }
}

extension ColumnStatistics {
  /// Of both segments' rows. How many distinct values they share is not known: the larger count is the estimate where values
  /// repeat, the sum where each side's are nearly all different.
  fileprivate func joined(with other: ColumnStatistics) -> ColumnStatistics {
    var joined = self
    joined.minimum = Self.bound(minimum, other.minimum) { $0.lexicographicallyPrecedes($1) }
    joined.maximum = Self.bound(maximum, other.maximum) { $1.lexicographicallyPrecedes($0) }
    joined.nullCount += other.nullCount
    if let mine = distinctCount, let theirs = other.distinctCount {
      let isRange = minimum != .null && other.minimum != .null && !overlaps(other)
      joined.distinctCount = isRange ? mine + theirs : max(mine, theirs)
    } else {
      joined.distinctCount = nil
    }
    return joined
  }

  private func overlaps(_ other: ColumnStatistics) -> Bool {
    guard let low = KeyEncoder.key(of: minimum), let high = KeyEncoder.key(of: maximum),
      let otherLow = KeyEncoder.key(of: other.minimum), let otherHigh = KeyEncoder.key(of: other.maximum)
    else { return true }
    return !high.lexicographicallyPrecedes(otherLow) && !otherHigh.lexicographicallyPrecedes(low)
  }

  private static func bound(_ a: Value, _ b: Value, _ isBefore: ([UInt8], [UInt8]) -> Bool) -> Value {
    guard let first = KeyEncoder.key(of: a) else { return b }
    guard let second = KeyEncoder.key(of: b) else { return a }
    return isBefore(second, first) ? b : a
  }
}
