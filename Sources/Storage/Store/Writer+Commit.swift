import VSQLDiagnostics
import VSQLSchema

extension Writer {
  /// Decides a commit, appends its frame, and makes it the newest head. It is durable when the log is synced past the result.
  ///
  /// - Parameter check: throws when the statement shall stop; asked as long as nothing of it is durable.
  /// - Returns: the position of its frame.
  mutating func commit(_ draft: CommitDraft, _ check: () throws -> Void = {}) throws -> UInt64 {
    try checkUsable()
    var commit = try resolve(draft)
    for case .createTenant(let tenant) in commit.catalog { _ = try ring.createTenantKey(tenant.id) }
    do {
      return try append(&commit, events: draft.events, check)
    } catch {
      // Segments that no frame names; where this fails too, the next opening or erasure removes them.
      let manifests = commit.segments
      try? destroy(slots: manifests.flatMap(\.slots), paths: manifests.flatMap(\.paths))
      throw error
    }
  }

  private mutating func append(
    _ commit: inout ResolvedCommit, events: AuditActs, _ check: () throws -> Void
  ) throws -> UInt64 {
    let handles = try writeSegments(&commit, check)
    var next = commit.head
    for (key, chunks) in commit.inserts {
      let definition = try commit.definition(of: key.table)
      for chunk in chunks {
        try next.partitions[key, default: Partition()].append(chunk, types: definition.types)
      }
      next.partitions[key]?.lastInsert = next.version
    }
    for (key, handle) in handles {
      next.partitions[key, default: Partition()].sources.append(RowSource(.segment(handle)))
      next.partitions[key]?.lastInsert = next.version
    }
    try append(commit, events: events)
    // From here on nothing fails.
    for (key, definition, chunk, row) in commit.freed { keys.remove(chunk, row: row, definition, key) }
    for change in commit.catalog { note(change, before: commit.head) }
    for (key, chunks) in commit.inserts {
      guard let definition = next.catalog.table(key.table) else { continue }
      for chunk in chunks { keys.insert(chunk, definition, key) }
    }
    doomed += commit.doomed
    if memorySince == nil, !commit.inserts.isEmpty { memorySince = options.clock.nowMicroseconds }
    head = next
    nextRowID = commit.nextRowID
    return position
  }

  /// What a change of the catalog means for the keys in memory, before the inserts of its commit.
  private mutating func note(_ change: CommitDraft.CatalogChange, before head: StoreHead) {
    switch change {
    case .createTable, .createTenant: break
    case .dropTable(let table): keys.remove(table: table.id)
    case .createIndex(let table, let index):
      lacksRuns = true
      for (key, partition) in head.partitions where key.table == table { keys.insert(partition, index, key) }
    case .dropIndex(let table, let index): keys.remove(index: index, of: table)
    }
  }

  /// Appends events alone, those of reads among them.
  mutating func commit(events: [AuditEvent]) throws {
    try checkUsable()
    gatherEvents()
    if events.isEmpty, pendingEvents.isEmpty { return }
    try append(LogRecord(version: head.version), events: AuditActs(events))
  }

  /// Whether memory or the log grew so far that a checkpoint is due.
  var needsCheckpoint: Bool {
    !doomed.isEmpty || lacksRuns || head.memoryBytes >= options.flushBytes
      || (log?.end ?? 0) >= 4 * options.flushBytes || logEvents >= Self.manyEvents
  }

  /// About 40 MiB of lines and texts that no file of the chain holds yet.
  private static let manyEvents = 1 << 17

  private mutating func append(_ commit: ResolvedCommit, events: AuditActs) throws {
    var record = LogRecord(version: commit.head.version)
    record.catalog = commit.catalog
    record.deletes = commit.deletes
    record.inserts = commit.inserts
    record.segments = commit.segments
    try append(record, events: events)
  }

  /// The frame carries the events, so that an act and its event are durable together or not at all.
  private mutating func append(_ record: LogRecord, events: AuditActs) throws {
    var record = record
    let log = try openLog()
    gatherEvents()
    var all = AuditActs(pendingEvents)
    all.append(contentsOf: events)
    let draft = all.isEmpty ? nil : chain.draft(all)
    if let draft { record.events = draft.encoded }
    // Where this fails, the events have not happened.
    try log.append(record)
    if let draft {
      chain.take(draft)
      logEvents += draft.count
    }
    pendingEvents = []
    position += 1
  }

  private mutating func openLog() throws(StorageError) -> LogWriter {
    if let log { return log }
    let slot = ring.newSlot()
    try ring.commitRing()
    let made = try LogWriter(number: nextLog, slot: slot, main: state.mainTenant, ring: ring, device: device)
    nextLog += 1
    log = made
    return made
  }

  /// Large inserts become segments at once; their rows leave the commit's frame, which names the segment instead.
  private func writeSegments(
    _ commit: inout ResolvedCommit, _ check: () throws -> Void
  ) throws -> [(PartitionKey, SegmentReader)] {
    var handles: [(PartitionKey, SegmentReader)] = []
    for (key, chunks) in commit.inserts.sorted(by: { $0.key < $1.key }) {
      guard chunks.reduce(0, { $0 + $1.sizeBytes }) >= options.directSegmentBytes else { continue }
      let definition = try commit.definition(of: key.table)
      for manifest in try SegmentFlush(site: site).write(chunks, of: key, definition, check) {
        commit.segments.append(manifest)
        handles.append((key, SegmentReader(site, manifest: manifest, table: definition)))
      }
      commit.inserts[key] = nil
    }
    // The slots must outlive a crash before anything that names them does.
    if !handles.isEmpty { try ring.commitRing() }
    return handles
  }
}

extension TableDefinition {
  var types: [SQLType] { columns.map(\.type) }
}

/// Writes chunks as segments.
struct SegmentFlush {
  /// Plain bytes of one segment, about: a segment's columns are opened whole.
  static let segmentBytes = 512 << 20

  let site: SegmentSite

  /// One segment, or several of many rows; durable, but for their slots, which the caller commits to the ring.
  ///
  /// - Parameter check: throws when the work shall stop; asked between segments. Nothing of it is left then.
  func write(
    _ chunks: [MemoryChunk], of key: PartitionKey, _ table: TableDefinition, _ check: () throws -> Void = {}
  ) throws -> [SegmentManifest] {
    var manifests: [SegmentManifest] = []
    do {
      try write(chunks, of: key, table, check, into: &manifests)
    } catch {
      for manifest in manifests { remove(manifest.paths) }
      site.keys.dropSlots(manifests.flatMap(\.slots))
      throw error
    }
    return manifests
  }

  private func write(
    _ chunks: [MemoryChunk], of key: PartitionKey, _ table: TableDefinition, _ check: () throws -> Void,
    into manifests: inout [SegmentManifest]
  ) throws {
    try check()
    var batches: [Batch] = []
    var (rows, bytes) = (0, 0)
    for chunk in chunks where chunk.count > 0 {
      if rows + chunk.count > SegmentFormat.maxRows || bytes + chunk.sizeBytes > Self.segmentBytes, rows > 0 {
        manifests.append(try write(batches, of: key, table))
        try check()
        batches = []
        (rows, bytes) = (0, 0)
      }
      batches.append(Batch(columns: chunk.columns, count: chunk.count, rowIDs: chunk.rowIDs))
      rows += chunk.count
      bytes += chunk.sizeBytes
    }
    if rows > 0 { manifests.append(try write(batches, of: key, table)) }
    // The last moment at which stopping is cheap.
    try check()
  }

  private func write(
    _ batches: [Batch], of key: PartitionKey, _ table: TableDefinition
  ) throws(StorageError) -> SegmentManifest {
    let id = SegmentID(site.keys.randomness.id())
    do {
      return try SegmentWriter(site, table: table, tenant: key.tenant).write(batches, id: id)
    } catch {
      remove([
        SegmentFormat.cellPath(id), SegmentFormat.keyPath(id, generation: 0),
        SegmentFormat.directoryPath(id, generation: 0),
      ])
      throw error
    }
  }

  /// What a full disk left; if this fails too, the next opening removes what no state names.
  private func remove(_ paths: [String]) {
    for path in paths { try? site.device.remove(path) }
  }
}
