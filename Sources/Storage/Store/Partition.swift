import VSQLDiagnostics
import VSQLSchema

/// Whose rows: one table's, of one tenant.
package struct PartitionKey: Hashable, Sendable, Comparable {
  package var table: TableID
  package var tenant: TenantID

  package init(_ table: TableID, _ tenant: TenantID) {
    self.table = table
    self.tenant = tenant
  }

  package static func < (a: PartitionKey, b: PartitionKey) -> Bool {
    (a.table, a.tenant) < (b.table, b.tenant)
  }
}

/// The rows of one table and tenant at one moment: sources with ascending, disjoint ranges of row ids.
struct Partition: Sendable {
  /// Chunks are joined up to this size: long rows gain nothing from longer chunks.
  private static let joinedBytes = 4 << 20

  var sources: [RowSource] = []
  /// The head's version at the last commit that inserted here: a transaction whose keys were checked before must check again.
  var lastInsert: UInt64 = 0

  var liveCount: Int { sources.reduce(0) { $0 + $1.liveCount } }
  /// Plain bytes in chunks.
  var memoryBytes: Int { sources.reduce(0) { $0 + $1.memoryBytes } }
  var memoryRows: Int { sources.reduce(0) { $0 + ($1.isMemory ? $1.count : 0) } }

  /// Where the row is; nil when no source has it. It may be deleted there.
  func locate(_ row: RowID) throws(StorageError) -> (source: Int, ordinal: Int)? {
    let index = sources.lowerBound { $0.lastRowID < row }
    guard index < sources.count, let ordinal = try sources[index].ordinal(of: row) else { return nil }
    return (index, ordinal)
  }

  /// Whether the row is there and not deleted.
  func isLive(_ row: RowID) throws(StorageError) -> Bool {
    guard let place = try locate(row) else { return false }
    return !sources[place.source].isDeleted(place.ordinal)
  }

  /// Marks the row deleted.
  ///
  /// - Returns: false when it is not there or was deleted before.
  mutating func delete(_ row: RowID) throws(StorageError) -> Bool {
    guard let place = try locate(row) else { return false }
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
    case segment(SegmentReader)
  }

  let content: Content
  /// Of a segment, erased rows are among them.
  var deleted = DeletedRows()
  /// Rows, deleted ones included.
  let count: Int
  let firstRowID: RowID
  let lastRowID: RowID

  init(_ content: Content) {
    self.content = content
    switch content {
    case .memory(let chunk):
      count = chunk.count
      firstRowID = chunk.rowIDs.first ?? 0
      lastRowID = chunk.rowIDs.last ?? 0
    case .segment(let segment):
      let manifest = segment.manifest
      count = manifest.rowCount
      firstRowID = manifest.firstRowID
      lastRowID = manifest.lastRowID
    }
  }

  var isMemory: Bool {
    switch content {
    case .memory: true
    case .segment: false
    }
  }

  var liveCount: Int { count - deleted.count }

  func isDeleted(_ ordinal: Int) -> Bool { deleted.contains(ordinal) }

  var memoryBytes: Int {
    switch content {
    case .memory(let chunk): chunk.sizeBytes
    case .segment: 0
    }
  }

  func ordinal(of row: RowID) throws(StorageError) -> Int? {
    switch content {
    case .memory(let chunk): chunk.rowIDs.binarySearch(row)
    case .segment(let segment): try segment.ordinal(of: row)
    }
  }

  var liveOrdinals: [Int] {
    deleted.isEmpty ? Array(0..<count) : (0..<count).filter { !deleted.contains($0) }
  }
}

extension [RowID] {
  /// The index of `row` in an ascending list.
  func binarySearch(_ row: RowID) -> Int? {
    let index = lowerBound { $0 < row }
    return index < count && self[index] == row ? index : nil
  }
}
