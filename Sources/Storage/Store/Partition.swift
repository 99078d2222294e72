import VSQLSchema
import VSQLDiagnostics

/// Whose rows: one table's, of one tenant.
package struct PartitionKey: Hashable, Sendable {
  package var table: TableID
  package var tenant: TenantID

  package init(_ table: TableID, _ tenant: TenantID) {
    self.table = table
    self.tenant = tenant
  }
}

/// The rows of one table and tenant at one moment: sources with ascending, disjoint ranges of row ids.
struct Partition: Sendable {
  var sources: [RowSource] = []
  /// The head's version at the last commit that inserted here: a transaction whose keys were checked before must check again.
  var lastInsert: UInt64 = 0

  var liveCount: Int { sources.reduce(0) { $0 + $1.liveCount } }
  /// Plain bytes in chunks.
  var memoryBytes: Int { sources.reduce(0) { $0 + $1.memoryBytes } }

  /// Chunks are joined up to this size: long rows gain nothing from longer chunks.
  private static let joinedBytes = 4 << 20

  /// Where the row is; nil when no source has it. It may be deleted there.
  func locate(_ row: RowID) -> (source: Int, ordinal: Int)? {
    var low = 0
    var high = sources.count
    while low < high {
      let middle = (low + high) / 2
      if sources[middle].lastRowID < row { low = middle + 1 } else { high = middle }
    }
    guard low < sources.count, let ordinal = sources[low].ordinal(of: row) else { return nil }
    return (low, ordinal)
  }

  /// Whether the row is there and not deleted.
  func isLive(_ row: RowID) -> Bool {
    guard let place = locate(row) else { return false }
    return !sources[place.source].isDeleted(place.ordinal)
  }

  /// Marks the row deleted.
  ///
  /// - Returns: false when it is not there or was deleted before.
  mutating func delete(_ row: RowID) -> Bool {
    guard let place = locate(row), !sources[place.source].isDeleted(place.ordinal) else { return false }
    return sources[place.source].deleted.insert(place.ordinal)
  }

  /// Appends rows whose ids lie above all others.
  ///
  /// Small chunks at the end are joined while the one before is not larger, so that many small commits leave few chunks
  /// and each row is copied a logarithm of times.
  mutating func append(_ chunk: MemoryChunk, types: [SQLType]) throws(Diagnostic) {
    if chunk.count == 0 { return }
    sources.append(RowSource(.memory(chunk)))
    while sources.count >= 2, case .memory(let last) = sources[sources.count - 1].content,
      case .memory(let before) = sources[sources.count - 2].content,
      before.count <= last.count, before.count + last.count <= Batch.capacity,
      before.sizeBytes + last.sizeBytes <= Self.joinedBytes,
      (before.rowIDs.last ?? 0) >> 63 == (last.rowIDs.first ?? 0) >> 63
    {
      let parts = [sources[sources.count - 2], sources[sources.count - 1]]
      let joined = try MemoryChunk.joined(
        [(before, parts[0].liveOrdinals), (last, parts[1].liveOrdinals)], types: types)
      sources.removeLast(2)
      if joined.count > 0 { sources.append(RowSource(.memory(joined))) } else { break }
    }
  }
}

/// One run of rows: a segment's, or a chunk's in memory; and which of them are deleted.
struct RowSource: Sendable {
  enum Content: Sendable {
    case memory(MemoryChunk)
  }

  let content: Content
  var deleted = DeletedRows()

  init(_ content: Content) { self.content = content }

  /// Rows, deleted ones included.
  var count: Int {
    switch content {
    case .memory(let chunk): chunk.count
    }
  }

  var liveCount: Int { count - deleted.count }

  func isDeleted(_ ordinal: Int) -> Bool { deleted.contains(ordinal) }

  var firstRowID: RowID {
    switch content {
    case .memory(let chunk): chunk.rowIDs.first ?? 0
    }
  }

  var lastRowID: RowID {
    switch content {
    case .memory(let chunk): chunk.rowIDs.last ?? 0
    }
  }

  var memoryBytes: Int {
    switch content {
    case .memory(let chunk): chunk.sizeBytes
    }
  }

  func ordinal(of row: RowID) -> Int? {
    switch content {
    case .memory(let chunk): chunk.rowIDs.binarySearch(row)
    }
  }

  var liveOrdinals: [Int] {
    deleted.isEmpty ? Array(0..<count) : (0..<count).filter { !deleted.contains($0) }
  }
}

extension [RowID] {
  /// The index of `row` in an ascending list.
  func binarySearch(_ row: RowID) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == row ? low : nil
  }
}
