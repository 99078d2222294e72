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
    for change in draft.catalog {
      try resolved.apply(change)
      if case .createIndex(let table, let index) = change { try checkRows(of: table, index, draft, resolved) }
    }
    for (table, rows) in draft.deletes.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      var partition = resolved.head.partition(key)
      for row in rows {
        if let place = try partition.locate(row),
          case .memory(let chunk) = partition.sources[place.source].content
        {
          resolved.freed.append((key, definition, chunk, place.ordinal))
        }
        guard try partition.delete(row) else { throw StorageError.conflict(table: definition.name) }
      }
      resolved.head.partitions[key] = partition
      resolved.deletes[key] = rows.sorted()
    }
    for (table, chunks) in draft.inserts.sorted(by: { $0.key < $1.key }) {
      let definition = try resolved.definition(of: table)
      let key = PartitionKey(table, draft.tenant)
      let known = draft.checkedKeys[table] ?? []
      for index in definition.uniqueKeys {
        // Made since: the rows were not held to it.
        guard known.contains(index.id) else { throw StorageError.conflict(table: definition.name) }
        if head.partition(key).lastInsert > draft.base {
          try checkKeys(of: chunks, index, definition, key, resolved)
        }
      }
      for chunk in chunks { resolved.insert(chunk.renumbered(from: resolved.nextRowID), into: key) }
    }
    return resolved
  }

  private func checkKeys(
    of chunks: [MemoryChunk], _ index: IndexDefinition, _ definition: TableDefinition, _ key: PartitionKey,
    _ resolved: ResolvedCommit
  ) throws {
    var wanted: [[UInt8]] = []
    for chunk in chunks {
      let columns = index.columns.map { chunk.columns[$0] }
      for row in 0..<chunk.count {
        if let bytes = KeyEncoder.key(of: columns, row: row) { wanted.append(bytes) }
      }
    }
    let partition = resolved.head.partition(key)
    for holder in try holders(of: wanted, index, in: key) where try partition.isLive(holder) {
      throw definition.violation(of: index)
    }
  }

  /// What was inserted since the snapshot of a transaction that makes a unique index was not asked by it.
  private func checkRows(
    of table: TableID, _ index: IndexDefinition, _ draft: CommitDraft, _ resolved: ResolvedCommit
  ) throws {
    let definition = try resolved.definition(of: table)
    guard index.isUnique else { return }
    for (key, partition) in resolved.head.partitions where key.table == table {
      var partition = partition
      if partition.lastInsert <= draft.base { continue }
      if key.tenant == draft.tenant {
        for row in draft.deletes[table] ?? [] { _ = try partition.delete(row) }
      }
      if try partition.hasDuplicates(of: index) { throw definition.duplicates(of: index) }
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
  /// Rows in memory that are deleted: their keys are to leave the index. Those of segments stay in their runs.
  var freed: [(PartitionKey, TableDefinition, MemoryChunk, row: Int)] = []
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
    case .createIndex(let table, let index): try head.catalog.add(index, to: table)
    case .dropIndex(let table, let index): try head.catalog.remove(index, of: table)
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
