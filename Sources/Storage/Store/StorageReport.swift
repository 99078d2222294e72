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

/// A line of SHOW STORAGE of one table: a column, or what sealing and finding rows takes.
package struct StoragePart: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable { case column, overhead, memory }

  package var name: String
  package var kind: Kind
  /// Those of all segments, in the order in which they are met; nil: none is sealed yet, or no column.
  package var encoding: String?
  /// Bytes of the values without any encoding; 0 for overhead.
  package var rawBytes: Int
  package var storedBytes: Int

  package init(name: String, kind: Kind, encoding: String?, rawBytes: Int, storedBytes: Int) {
    self.name = name
    self.kind = kind
    self.encoding = encoding
    self.rawBytes = rawBytes
    self.storedBytes = storedBytes
  }
}

extension Store {
  /// What each column of a table takes in the segments of `tenant`, and what else is in their files; deleted rows are counted,
  /// erased ones are not. Together the stored bytes are those of the files, but for holes that erasures left.
  package func storage(of table: TableDefinition, tenant: TenantID) throws -> [StoragePart] {
    let partition = published.current.partition(table.id, tenant)
    var columns = table.columns.map {
      StoragePart(name: $0.name, kind: .column, encoding: nil, rawBytes: 0, storedBytes: 0)
    }
    var encodings = Array(repeating: [String](), count: columns.count)
    var sizes: [(name: String, bytes: Int)] = [
      (table.seal == .page ? "page keys" : "record keys", 0), ("seals of cells", 0), ("headers", 0),
      ("segment directory", 0),
      ("value tables", 0), ("entity index", 0), ("primary key run", 0),
    ]
    for source in partition.sources {
      guard case .segment(let reader) = source.content else { continue }
      let manifest = reader.manifest
      let found = try reader.storage()
      for (ordinal, part) in found.columns.enumerated() {
        columns[ordinal].rawBytes += part.rawBytes
        columns[ordinal].storedBytes += part.storedBytes
        if !encodings[ordinal].contains(part.encoding) { encodings[ordinal].append(part.encoding) }
      }
      sizes[0].bytes += manifest.keyBytes
      sizes[1].bytes += found.tagBytes
      sizes[2].bytes += found.headerBytes
      for (index, bytes) in manifest.directoryUnits.enumerated() { sizes[3 + index].bytes += bytes }
    }
    // Only where there are any: of every other overhead a table always has some.
    let runs = partition.manifests.flatMap(\.indexRuns).reduce(0) { $0 + $1.sizeBytes }
    let filters = partition.manifests.flatMap(\.keyFilters).reduce(0) { $0 + $1.sizeBytes }
    let dictionaries = partition.manifests.reduce(0) { $0 + $1.dictionaryBytes }
    for (name, bytes) in [
      ("index runs", runs), ("key filters", filters), ("shared dictionaries", dictionaries),
    ] where bytes > 0 {
      sizes.append((name, bytes))
    }
    for ordinal in columns.indices where !encodings[ordinal].isEmpty {
      columns[ordinal].encoding = encodings[ordinal].joined(separator: "; ")
    }
    let overhead = sizes.map {
      StoragePart(name: $0.name, kind: .overhead, encoding: nil, rawBytes: 0, storedBytes: $0.bytes)
    }
    let memory = StoragePart(
      name: "rows in memory", kind: .memory, encoding: nil, rawBytes: partition.memoryBytes, storedBytes: 0)
    return columns + overhead + [memory]
  }

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
        recordKeys: sealed.reduce(0) { $0 + ($1.seal == .page ? $1.keyCount : $1.liveCount) }
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
