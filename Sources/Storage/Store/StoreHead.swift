import VSQLSchema

/// What a database holds at one moment: a value that snapshots share.
struct StoreHead: Sendable {
  /// Counts commits.
  var version: UInt64 = 0
  var catalog = CatalogState()
  var partitions: [PartitionKey: Partition] = [:]
  /// Counts erasures: a scan of an older epoch stops at its next batch, so that it cannot serve what was erased.
  var erasureEpoch: UInt64 = 0
  /// One for all heads of a store.
  let joined = JoinedStatistics()

  func partition(_ key: PartitionKey) -> Partition { partitions[key] ?? Partition() }

  func partition(_ table: TableID, _ tenant: TenantID) -> Partition { partition(PartitionKey(table, tenant)) }

  /// Plain bytes that no segment holds yet.
  var memoryBytes: Int { partitions.values.reduce(0) { $0 + $1.memoryBytes } }
  var memoryRows: Int { partitions.values.reduce(0) { $0 + $1.memoryRows } }

  /// Every segment, by partition and row id.
  var segments: [(reader: SegmentReader, deleted: DeletedRows)] {
    partitions.sorted { $0.key < $1.key }.flatMap { _, partition in
      partition.sources.compactMap { source in
        switch source.content {
        case .memory: nil
        case .segment(let reader): (reader, source.deleted)
        }
      }
    }
  }

  /// Takes a table's rows out, of every tenant.
  ///
  /// - Returns: the segments that held them.
  mutating func removePartitions(of table: TableID) -> [SegmentManifest] {
    var removed: [SegmentManifest] = []
    for (key, partition) in partitions where key.table == table {
      for source in partition.sources {
        if case .segment(let reader) = source.content { removed.append(reader.manifest) }
      }
      partitions[key] = nil
    }
    return removed
  }
}
