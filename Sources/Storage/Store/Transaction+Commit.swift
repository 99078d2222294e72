import VSQLDiagnostics
import VSQLSchema

extension Transaction {
  /// Makes all of it durable and visible at once, or nothing.
  ///
  /// - Throws: 40001 when a row deleted here was deleted by another transaction since the snapshot, 23505 when a key was
  ///   taken meanwhile, 42P07 or 42P01 when a table was made or dropped meanwhile; what the disk refuses.
  package func commit() throws {
    precondition(isOpen, "a transaction ends once")
    if own.log.isEmpty, views.isEmpty {
      if !events.isEmpty, !store.isReadOnly { try store.record(events.events) }
      isOpen = false
      return
    }
    try store.commit(draft(), patience)
    rollback()
  }

  /// What the commit shall do, as values.
  private func draft() throws -> CommitDraft {
    try flushBuffer()
    var draft = CommitDraft(
      tenant: tenant, base: snapshot.head.version, epoch: snapshot.head.erasureEpoch, events: events)
    for change in own.log {
      switch change {
      case .delete(let table, let rows): draft.deletes[table, default: []].append(contentsOf: rows)
      case .key, .rows, .flush: break
      case .createTable(let table): draft.catalog.append(.createTable(table))
      case .dropTable(let table): draft.catalog.append(.dropTable(table))
      case .createIndex(let table, let index): draft.catalog.append(.createIndex(table, index))
      case .dropIndex(let table, let index): draft.catalog.append(.dropIndex(table, index))
      case .createTenant(let tenant): draft.catalog.append(.createTenant(tenant))
      }
    }
    for (table, view) in views {
      guard let definition = ownCatalog.table(table) else { continue }
      let inserted = view.sources.filter { $0.firstRowID >= Self.provisionalBase }
      var chunks: [MemoryChunk] = []
      for source in inserted {
        guard case .memory(let chunk) = source.content, source.liveCount > 0 else { continue }
        chunks.append(
          source.deleted.isEmpty
            ? chunk
            : try .joined([(chunk, source.liveOrdinals)], types: definition.columns.map(\.type)))
      }
      if !chunks.isEmpty {
        draft.inserts[table] = chunks
        draft.checkedKeys[table] = definition.uniqueKeys.map(\.id)
      }
    }
    // A table made and dropped, or dropped with changes: its rows go with it.
    draft.deletes = draft.deletes.filter { ownCatalog.table($0.key) != nil }
    return draft
  }
}

/// A transaction's effect, as values that may cross to the writer.
struct CommitDraft: Sendable {
  enum CatalogChange: Sendable, Hashable {
    case createTable(TableDefinition)
    case dropTable(TableDefinition)
    case createIndex(TableID, IndexDefinition)
    case dropIndex(TableID, IndexID)
    case createTenant(TenantName)
  }

  let tenant: TenantID
  /// The version of the head that the snapshot saw.
  let base: UInt64
  /// The erasure epoch of the snapshot: rows of an entity that was erased since must not come back by a late commit.
  let epoch: UInt64
  var catalog: [CatalogChange] = []
  var deletes: [TableID: [RowID]] = [:]
  var inserts: [TableID: [MemoryChunk]] = [:]
  /// The unique indexes that the inserted rows were held to.
  var checkedKeys: [TableID: [IndexID]] = [:]
  var events: AuditActs

  init(tenant: TenantID, base: UInt64, epoch: UInt64, events: AuditActs) {
    self.tenant = tenant
    self.base = base
    self.epoch = epoch
    self.events = events
  }
}
