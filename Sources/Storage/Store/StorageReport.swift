import VSQLSchema

/// A line of SHOW KEYS: one version of one tenant's KEK.
package struct KeyInfo: Hashable, Sendable {
  package var tenant: TenantID
  package var version: Int
  /// Microseconds since 1970-01-01 UTC.
  package var createdAtMicroseconds: Int64
  /// Live record keys that it wraps.
  package var recordKeys: Int

  package init(tenant: TenantID, version: Int, createdAtMicroseconds: Int64, recordKeys: Int) {
    self.tenant = tenant
    self.version = version
    self.createdAtMicroseconds = createdAtMicroseconds
    self.recordKeys = recordKeys
  }
}

/// A line of SHOW STORAGE: what one table of one tenant takes.
package struct StorageInfo: Hashable, Sendable {
  package var table: TableID
  package var tenant: TenantID
  package var segments: Int
  package var liveRows: Int
  package var deletedRows: Int
  /// Bytes of sealed files.
  package var sizeBytes: Int
  /// Plain bytes that no segment holds yet.
  package var memoryBytes: Int

  package init(
    table: TableID, tenant: TenantID, segments: Int, liveRows: Int, deletedRows: Int, sizeBytes: Int,
    memoryBytes: Int
  ) {
    self.table = table
    self.tenant = tenant
    self.segments = segments
    self.liveRows = liveRows
    self.deletedRows = deletedRows
    self.sizeBytes = sizeBytes
    self.memoryBytes = memoryBytes
  }
}

extension Store {
  /// What each table of each tenant takes; `table` nil: all. By table, then tenant.
  package func storage(_ table: TableID? = nil) -> [StorageInfo] {
    let head = published.current
    return head.partitions
      .filter { table == nil || $0.key.table == table }
      .sorted { $0.key < $1.key }
      .map { key, partition in
        let manifests = partition.manifests
        return StorageInfo(
          table: key.table, tenant: key.tenant, segments: manifests.count, liveRows: partition.liveCount,
          deletedRows: partition.sources.reduce(0) { $0 + $1.deleted.count },
          sizeBytes: manifests.reduce(0) { $0 + $1.sizeBytes }, memoryBytes: partition.memoryBytes)
      }
  }

  /// Every version of every tenant's KEK, and the records whose keys it wraps; those of the log are among them.
  package func keys() -> [KeyInfo] {
    let head = published.current
    let ring = site.keys
    return ring.keys.map { key in
      let partitions = head.partitions.filter { $0.key.tenant == key.tenant }.values
      let sealed = partitions.flatMap(\.manifests).filter { $0.kekVersion == key.version }
      let isCurrent = ring.currentKEKVersion(key.tenant) == key.version
      return KeyInfo(
        tenant: key.tenant, version: Int(key.version), createdAtMicroseconds: key.createdAt,
        recordKeys: sealed.reduce(0) { $0 + $1.liveCount }
          + (isCurrent ? partitions.reduce(0) { $0 + $1.memoryRows } : 0))
    }
  }
}

extension Partition {
  var manifests: [SegmentManifest] {
    sources.compactMap { source in
      switch source.content {
      case .memory: nil
      case .segment(let reader): reader.manifest
      }
    }
  }
}
