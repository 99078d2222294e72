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
  private static let joinedChunks = 16

  var sources: [RowSource] = []
  /// The head's version at the last commit that inserted here: a transaction whose keys were checked before must check again.
  var lastInsert: UInt64 = 0

  /// Asked for at each run of a prepared statement: no source is copied.
  var liveCount: Int {
    var count = 0
    for place in sources.indices { count += sources[place].count - sources[place].deleted.count }
    return count
  }
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
  /// Small chunks at the end are joined, sixteen of a size at once, so that many small commits leave few chunks and each row is
  /// copied a logarithm of times.
  mutating func append(_ chunk: MemoryChunk, types: [SQLType]) throws(Diagnostic) {
    if chunk.count == 0 { return }
    sources.append(RowSource(.memory(chunk)))
    while let start = joinableTail {
      var parts: [(chunk: MemoryChunk, rows: [Int])] = []
      for source in sources[start...] {
        if case .memory(let chunk) = source.content { parts.append((chunk, source.liveOrdinals)) }
      }
      let joined = try MemoryChunk.joined(parts, types: types)
      sources.removeLast(sources.count - start)
      if joined.count == 0 { break }
      sources.append(RowSource(.memory(joined)))
    }
  }

  /// Where the chunks at the end begin that are to be one: sixteen of the last one's size or smaller, or fewer where more would
  /// make a chunk too large.
  private var joinableTail: Int? {
    guard let last = sources.last, case .memory(let newest) = last.content else { return nil }
    let isProvisional = last.firstRowID >> 63
    var (start, rows, bytes) = (sources.count, 0, 0)
    while start > 0, sources.count - start < Self.joinedChunks,
      case .memory(let chunk) = sources[start - 1].content,
      Self.sizeClass(chunk.count) <= Self.sizeClass(newest.count),
      sources[start - 1].firstRowID >> 63 == isProvisional
    {
      if rows + chunk.count > Batch.capacity || bytes + chunk.sizeBytes > Self.joinedBytes {
        let isFull = 2 * rows > Batch.capacity || 2 * bytes > Self.joinedBytes
        return isFull && sources.count - start > 1 ? start : nil
      }
      rows += chunk.count
      bytes += chunk.sizeBytes
      start -= 1
    }
    return sources.count - start == Self.joinedChunks ? start : nil
  }

  /// Sizes that differ by less than a factor of sixteen are one class.
  private static func sizeClass(_ rows: Int) -> Int { (Int.bitWidth - 1 - rows.leadingZeroBitCount) / 4 }
}

/// One run of rows: a segment's, or a chunk's in memory; and which of them are deleted.
struct RowSource: Sendable {
  enum Content: Sendable {
    case memory(MemoryChunk)
    case segment(SegmentReader)
  }

  let content: Content
  /// The same as `content` says, to be asked without a copy of it.
  let isMemory: Bool
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
      isMemory = true
      count = chunk.count
      firstRowID = chunk.rowIDs.first ?? 0
      lastRowID = chunk.rowIDs.last ?? 0
    case .segment(let segment):
      let manifest = segment.manifest
      isMemory = false
      count = manifest.rowCount
      firstRowID = manifest.firstRowID
      lastRowID = manifest.lastRowID
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
