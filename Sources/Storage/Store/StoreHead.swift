import VSQLSchema

/// What a database holds at one moment: a value that snapshots share.
struct StoreHead: Sendable {
  /// Counts commits.
  var version: UInt64 = 0
  var catalog = CatalogState()
  var partitions: [PartitionKey: Partition] = [:]
  /// Counts erasures: a scan of an older epoch stops at its next batch, so that it cannot serve what was erased.
  var erasureEpoch: UInt64 = 0

  func partition(_ table: TableID, _ tenant: TenantID) -> Partition {
    partitions[PartitionKey(table, tenant)] ?? Partition()
  }

  /// Plain bytes that no segment holds yet.
  var memoryBytes: Int { partitions.values.reduce(0) { $0 + $1.memoryBytes } }
}
