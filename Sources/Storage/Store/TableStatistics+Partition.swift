internal import Synchronization
import VSQLSchema

extension TableStatistics {
  /// Of the segments' statistics as far as they have any; rows in memory are counted only.
  init(of partition: Partition, _ key: PartitionKey, _ known: JoinedStatistics) {
    let rows = partition.liveCount
    let (columns, cellBytes) = known.of(partition, key)
    let bytes = partition.memoryBytes + cellBytes
    self.init(rowCount: rows, rowBytes: rows == 0 ? 64 : max(1, bytes / rows), columns: columns)
  }
}

/// The statistics of each partition's segments together, joined again only where the segments are others: a plan asks for them
/// several times.
final class JoinedStatistics: Sendable {
  private struct Part: Equatable {
    var segment: SegmentID
    var generation: UInt32
  }

  private struct Joined {
    var parts: [Part]
    var columns: [ColumnStatistics]
  }

  /// Tables come and go; what was dropped is forgotten with all others.
  private static let maxPartitions = 4_096

  private let known = Mutex<[PartitionKey: Joined]>([:])

  /// The columns, none where a segment has lost its statistics to an erasure or cannot say; bytes of cells.
  func of(_ partition: Partition, _ key: PartitionKey) -> (columns: [ColumnStatistics], cellBytes: Int) {
    var readers: [SegmentReader] = []
    var parts: [Part] = []
    var cellBytes = 0
    for source in partition.sources {
      guard case .segment(let reader) = source.content else { continue }
      let manifest = reader.manifest
      readers.append(reader)
      parts.append(Part(segment: manifest.id, generation: manifest.directoryGeneration))
      cellBytes += manifest.cellBytes
    }
    if let joined = known.withLock({ $0[key] }), joined.parts == parts { return (joined.columns, cellBytes) }
    var columns: [ColumnStatistics] = []
    for reader in readers {
      // A damaged directory is for the scan to report; a plan does not depend on it.
      guard let found = try? reader.statistics(), columns.isEmpty || columns.count == found.count else {
        return ([], cellBytes)
      }
      columns = columns.isEmpty ? found : zip(columns, found).map { $0.joined(with: $1) }
    }
    let made = Joined(parts: parts, columns: columns)
    known.withLock { known in
      if known.count >= Self.maxPartitions { known.removeAll() }
      known[key] = made
    }
    return (columns, cellBytes)
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
