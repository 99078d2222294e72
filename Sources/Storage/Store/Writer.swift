import VSQLDiagnostics
import VSQLSchema

/// What the one writer owns, under the store's lock: the newest head, and what only writing needs.
struct Writer {
  /// The newest commit, perhaps not yet durable.
  var head = StoreHead()
  /// Primary keys of live rows in memory.
  var keys: [PartitionKey: [[UInt8]: RowID]] = [:]
  var nextRowID: RowID = 1

  /// The live rows that hold one of `keys`.
  func holders(of keys: [[UInt8]], in partition: PartitionKey) throws -> [RowID] {
    var holders: [RowID] = []
    if let index = self.keys[partition], !index.isEmpty {
      for key in keys { if let row = index[key] { holders.append(row) } }
    }
    return holders
  }

  /// The head after the draft, checked against every commit since the draft's snapshot; row ids are final.
  ///
  /// - Throws: 40001, 23505, 42P01, 42P07, 42710; the writer is unchanged.
  func resolve(_ draft: CommitDraft) throws -> ResolvedCommit {
    var resolved = ResolvedCommit(head: head, nextRowID: nextRowID)
    resolved.head.version += 1
    for change in draft.catalog { try resolved.apply(change) }
    for (table, rows) in draft.deletes.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      var partition = resolved.head.partitions[key] ?? Partition()
      for row in rows {
        if let index = keyOfRow(row, in: partition, definition) {
          resolved.releasedKeys[key, default: []].append(index)
        }
        guard partition.delete(row) else { throw StorageError.conflict(table: definition.name) }
      }
      resolved.head.partitions[key] = partition
      resolved.deletes[key] = rows
    }
    for (table, chunks) in draft.inserts.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      if !definition.primaryKey.isEmpty, head.partition(table, draft.tenant).lastInsert > draft.base {
        try checkKeys(of: chunks, definition, key, resolved)
      }
      for chunk in chunks { resolved.insert(chunk.renumbered(from: resolved.nextRowID), into: key) }
    }
    return resolved
  }

  /// Makes a resolved commit the newest head.
  mutating func apply(_ commit: ResolvedCommit) throws(Diagnostic) {
    var next = commit.head
    for (key, released) in commit.releasedKeys {
      for (bytes, row) in released where keys[key]?[bytes] == row { keys[key]?[bytes] = nil }
    }
    for (key, chunks) in commit.inserts {
      guard let definition = next.catalog.table(key.table) else { continue }
      var partition = next.partitions[key] ?? Partition()
      for chunk in chunks {
        try partition.append(chunk, types: definition.columns.map(\.type))
        indexKeys(of: chunk, definition, key)
      }
      partition.lastInsert = next.version
      next.partitions[key] = partition
    }
    keys = keys.filter { next.catalog.table($0.key.table) != nil }
    head = next
    nextRowID = commit.nextRowID
  }

  private mutating func indexKeys(of chunk: MemoryChunk, _ definition: TableDefinition, _ key: PartitionKey) {
    if definition.primaryKey.isEmpty { return }
    let columns = definition.primaryKey.map { chunk.columns[$0] }
    for row in 0..<chunk.count {
      if let bytes = KeyEncoder.key(of: columns, row: row) {
        keys[key, default: [:]][bytes] = chunk.rowIDs[row]
      }
    }
  }

  private func keyOfRow(
    _ row: RowID, in partition: Partition, _ definition: TableDefinition
  ) -> (key: [UInt8], row: RowID)? {
    guard !definition.primaryKey.isEmpty, let place = partition.locate(row),
      case .memory(let chunk) = partition.sources[place.source].content
    else { return nil }
    let columns = definition.primaryKey.map { chunk.columns[$0] }
    return KeyEncoder.key(of: columns, row: place.ordinal).map { ($0, row) }
  }

  private func checkKeys(
    of chunks: [MemoryChunk], _ definition: TableDefinition, _ key: PartitionKey, _ resolved: ResolvedCommit
  ) throws {
    var wanted: [[UInt8]] = []
    for chunk in chunks {
      let columns = definition.primaryKey.map { chunk.columns[$0] }
      for row in 0..<chunk.count {
        if let bytes = KeyEncoder.key(of: columns, row: row) { wanted.append(bytes) }
      }
    }
    let partition = resolved.head.partitions[key] ?? Partition()
    for holder in try holders(of: wanted, in: key) where partition.isLive(holder) {
      throw StorageError.uniqueViolation(
        table: definition.name, columns: definition.primaryKey.map { definition.columns[$0].name })
    }
  }
}

/// A draft that met no conflict: what it writes, under final row ids.
struct ResolvedCommit: Sendable {
  /// After catalog changes and deletes; inserts are still to be appended.
  var head: StoreHead
  var nextRowID: RowID
  var catalog: [CommitDraft.CatalogChange] = []
  var deletes: [PartitionKey: [RowID]] = [:]
  var inserts: [PartitionKey: [MemoryChunk]] = [:]
  var releasedKeys: [PartitionKey: [(key: [UInt8], row: RowID)]] = [:]

  init(head: StoreHead, nextRowID: RowID) {
    self.head = head
    self.nextRowID = nextRowID
  }

  mutating func apply(_ change: CommitDraft.CatalogChange) throws(Diagnostic) {
    switch change {
    case .createTable(let table): try head.catalog.add(table)
    case .dropTable(let table):
      try head.catalog.remove(table.id)
      head.partitions = head.partitions.filter { $0.key.table != table.id }
    case .createTenant(let tenant): try head.catalog.add(tenant)
    }
    catalog.append(change)
  }

  mutating func insert(_ chunk: MemoryChunk, into key: PartitionKey) {
    inserts[key, default: []].append(chunk)
    nextRowID += UInt64(chunk.count)
  }

  func definition(of table: TableID) throws(Diagnostic) -> TableDefinition {
    guard let definition = head.catalog.table(table) else {
      throw Diagnostic(.undefinedTable, "the table does not exist any more")
    }
    return definition
  }
}
