import VSQLDiagnostics
import VSQLSchema

extension Writer {
  /// Checks a draft against every commit since its snapshot and numbers its rows.
  ///
  /// - Throws: 40001, 23505, 42P01, 42P07, 42710; the writer is unchanged.
  func resolve(_ draft: CommitDraft) throws -> ResolvedCommit {
    if draft.epoch < head.erasureEpoch, !draft.inserts.isEmpty { throw StorageError.snapshotErased }
    var resolved = ResolvedCommit(head: head, nextRowID: nextRowID)
    resolved.head.version += 1
    for change in draft.catalog { try resolved.apply(change) }
    for (table, rows) in draft.deletes.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      var partition = resolved.head.partition(key)
      for row in rows {
        if let freed = try keyOfRow(row, in: partition, definition) {
          resolved.freedKeys.append((key, freed, row))
        }
        guard try partition.delete(row) else { throw StorageError.conflict(table: definition.name) }
      }
      resolved.head.partitions[key] = partition
      resolved.deletes[key] = rows.sorted()
    }
    for (table, chunks) in draft.inserts.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      if !definition.primaryKey.isEmpty, head.partition(key).lastInsert > draft.base {
        try checkKeys(of: chunks, definition, key, resolved)
      }
      for chunk in chunks { resolved.insert(chunk.renumbered(from: resolved.nextRowID), into: key) }
    }
    return resolved
  }

  /// Of a row in memory: its key is to leave the index. Keys of segments stay in their runs, and the row is marked deleted.
  private func keyOfRow(
    _ row: RowID, in partition: Partition, _ definition: TableDefinition
  ) throws(StorageError) -> [UInt8]? {
    guard !definition.primaryKey.isEmpty, let place = try partition.locate(row),
      case .memory(let chunk) = partition.sources[place.source].content
    else { return nil }
    return KeyEncoder.key(of: definition.primaryKey.map { chunk.columns[$0] }, row: place.ordinal)
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
    let partition = resolved.head.partition(key)
    for holder in try holders(of: wanted, in: key) where try partition.isLive(holder) {
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
  /// Written by the commit itself, instead of rows in the log.
  var segments: [SegmentManifest] = []
  var freedKeys: [(PartitionKey, key: [UInt8], row: RowID)] = []
  /// Segments of tables that it drops.
  var doomed: [SegmentManifest] = []

  init(head: StoreHead, nextRowID: RowID) {
    self.head = head
    self.nextRowID = nextRowID
  }

  mutating func apply(_ change: CommitDraft.CatalogChange) throws(Diagnostic) {
    switch change {
    case .createTable(let table): try head.catalog.add(table)
    case .dropTable(let table):
      try head.catalog.remove(table.id)
      doomed += head.removePartitions(of: table.id)
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
