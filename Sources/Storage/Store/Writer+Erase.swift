import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// What an erasure looks for: an entity as each entity column of the database would hold it.
struct ErasureTarget: Sendable {
  /// Of each table that may hold it: the entity in the column's own type.
  let values: [TableID: Value]
  /// One for each entity type, ascending.
  let pseudonyms: [ConsentPseudonym]
  /// What the audit chain calls the entity, always: no event names it otherwise, so none needs to forget it.
  let label: String

  init(_ request: ErasureRequest, catalog: CatalogState, ring: KeyRing) {
    var values: [TableID: Value] = [:]
    var pseudonyms: Set<ConsentPseudonym> = []
    func add(_ value: Value, type: String) {
      guard let key = KeyEncoder.key(of: value) else { return }
      pseudonyms.insert(ring.pseudonym(tenant: request.tenant, type: type, value: key))
    }
    for table in catalog.tables {
      guard let entity = table.entity, request.type == nil || request.type == entity.type,
        // A text that is no value of the column's type is no entity of this table.
        let value = try? ValueCast.cast(
          request.entity, to: table.columns[entity.ordinal].type, isAssignment: false),
        value != .null
      else { continue }
      values[table.id] = value
      add(value, type: entity.type)
    }
    if pseudonyms.isEmpty { add(request.entity, type: request.type ?? "") }
    self.values = values
    self.pseudonyms = pseudonyms.sorted()
    label = "entity:" + Hex.text(self.pseudonyms.first?.bytes.prefix(8) ?? [])
  }

  /// The reason with the label wherever it names the entity, as a word, as the statement does.
  func reason(of request: ErasureRequest) -> String? {
    guard let reason = request.reason, let name = request.entity.text, !name.isEmpty else {
      return request.reason
    }
    func isPart(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
    var told = ""
    var rest = reason[...]
    for range in reason.ranges(of: name)
    where !isPart(reason[..<range.lowerBound].last) && !isPart(reason[range.upperBound...].first) {
      told += reason[rest.startIndex..<range.lowerBound] + label
      rest = reason[range.upperBound...]
    }
    return told + rest
  }
}

extension Writer {
  /// Erases, step by step: everything into segments; a durable intent; new files without the entity's keys and rows; the state
  /// names them; the old slot keys, cells and files are destroyed; the event. See `docs/format/store.md`.
  mutating func erase(_ request: ErasureRequest) throws -> ErasureOutcome {
    try checkUsable()
    let target = ErasureTarget(request, catalog: head.catalog, ring: ring)
    if request.isDryRun {
      if !options.isReadOnly {
        // Counting reads the entity's records.
        pendingEvents.append(
          event(request.tenant, request.actor, .dataAccess, target.label, .intent, "dry run of an erasure"))
      }
      return try count(target, request)
    }
    pendingEvents.append(
      event(request.tenant, request.actor, .entityErasure, target.label, .intent, target.reason(of: request)))
    // Rows of the log become cells with keys of their own, and the log's keys go with it.
    try checkpoint()
    // What a commit or a flush that failed left behind, or a merged segment that a snapshot reads, would keep keys of the entity
    // that nothing here knows of.
    _ = merges.takeAll()
    try removeLeftovers()
    var live = 0
    var parts: [Intent.Part] = []
    for (key, partition) in head.partitions where key.tenant == request.tenant {
      guard let value = target.values[key.table] else { continue }
      for source in partition.sources {
        guard case .segment(let reader) = source.content else { continue }
        let ordinals = try reader.entityOrdinals(of: value)
        if ordinals.isEmpty { continue }
        live += ordinals.count { !source.isDeleted($0) }
        parts.append(Intent.Part(segment: reader.manifest.id, ordinals: ordinals))
      }
    }
    let intent = Intent.Erase(
      tenant: request.tenant, actor: request.actor, pseudonyms: target.pseudonyms, label: target.label,
      segments: parts.sorted { $0.segment < $1.segment })
    var state = state
    state.intents.append(.erase(intent))
    try write(&state, head: head)
    let purge = try dropKeys(intent)
    let eventID = try self.purge(purge)
    return ErasureOutcome(
      entityID: target.label, recordsDeleted: live, segmentsPurged: parts.count,
      indexEntriesRemoved: purge.indexEntries, keysDestroyed: purge.keysDestroyed, auditEventID: eventID,
      completedAtMicroseconds: options.clock.nowMicroseconds)
  }

  /// Writes each segment anew without the rows, and has the state name the new files: from then on nothing reads the rows.
  mutating func dropKeys(_ erase: Intent.Erase) throws -> Intent.Purge {
    var purge = Intent.Purge(erase: erase, slots: [], paths: [], keysDestroyed: 0, indexEntries: 0)
    var next = head
    next.erasureEpoch += 1
    next.version += 1
    var manifests: [SegmentID: SegmentManifest] = [:]
    var readers: [SegmentReader] = []
    /// Of segments that go as a whole.
    var former: [SegmentReader] = []
    for (key, partition) in head.partitions where key.tenant == erase.tenant {
      // From the last on, so that places stay as they are.
      for (index, source) in partition.sources.enumerated().reversed() {
        guard case .segment(let reader) = source.content,
          let part = erase.segments.first(where: { $0.segment == reader.manifest.id })
        else { continue }
        for ordinal in part.ordinals { next.partitions[key]?.sources[index].deleted.insert(ordinal) }
        if let left = next.partitions[key]?.sources[index], try reader.losesPieces(erasing: part.ordinals) {
          next.partitions[key]?.sources.replaceSubrange(
            index...index, with: try rewritten(left, reader, key, part.ordinals, into: &purge))
          former.append(reader)
          continue
        }
        guard
          let rewritten = try reader.erase(
            part.ordinals, indexes: head.catalog.table(key.table)?.indexes ?? [])
        else { continue }
        manifests[part.segment] = rewritten.manifest
        readers.append(reader)
        purge.slots += rewritten.obsoleteSlots
        purge.paths += rewritten.obsoleteFiles
        purge.keysDestroyed += rewritten.erasedRows
        purge.indexEntries += rewritten.removedIndexEntries
      }
    }
    // Written anew by an erasure before, as after a restore: deleted rows, these among them, and all former keys went with it.
    let segments = Set(head.segments.map(\.reader.manifest.id))
    purge.keysDestroyed += erase.segments.filter { !segments.contains($0.segment) }
      .reduce(0) { $0 + $1.ordinals.count }
    // What was typed may name the entity.
    if try device.exists(HistoryFile.path) {
      purge.slots += [try HistoryFile.slot(device)].compactMap { $0 }
      purge.paths.append(HistoryFile.path)
    }
    try ring.commitRing()
    var state = state
    state.intents.removeAll { $0 == .erase(erase) }
    state.intents.append(.purge(purge))
    state.erasures = Set(state.erasures + erase.pseudonyms).sorted()
    try write(&state, head: next, replacing: manifests)
    head = next
    published.publish(next, position)
    guardian.publish(epoch: next.erasureEpoch)
    for reader in readers { if let manifest = manifests[reader.manifest.id] { reader.adopt(manifest) } }
    for reader in former { reader.markErased() }
    return purge
  }

  /// Writes what is left of a segment anew, as a merge does: its dictionary had a piece that too few entities share now, and other
  /// records pointed at it. All files and slots of the former go.
  private func rewritten(
    _ left: RowSource, _ reader: SegmentReader, _ key: PartitionKey, _ ordinals: [Int],
    into purge: inout Intent.Purge
  ) throws -> [RowSource] {
    let table = head.catalog.table(key.table) ?? reader.table
    let going = Set(ordinals).subtracting(try reader.erasedOrdinals()).sorted()
    purge.keysDestroyed += going.count
    purge.indexEntries += going.count + (try reader.entryCount(of: going, in: table.accessPaths))
    let plan = MergePlan(key: key, table: table, sources: [left])
    guard let merge = try SegmentMerge(site: site).write(plan) else {
      throw StorageError.limit(what: "a merge that nobody cancelled did not end")
    }
    purge.slots += reader.manifest.slots
    purge.paths += reader.manifest.paths
    return merge.outputs.map { RowSource(.segment(SegmentReader(site, manifest: $0, table: table))) }
  }

  /// Destroys what could still open the rows, then records the erasure.
  mutating func purge(_ purge: Intent.Purge) throws -> String? {
    ring.dropSlots(purge.slots)
    try ring.commitRing()
    let parts = Dictionary(purge.erase.segments.map { ($0.segment, $0.ordinals) }) { $0 + $1 }
    for (reader, _) in head.segments {
      if let ordinals = parts[reader.manifest.id] { try reader.punch(ordinals) }
    }
    try destroy(slots: [], paths: purge.paths)
    let event = event(
      purge.erase.tenant, purge.erase.actor, .entityErasure, purge.erase.label, .done,
      "\(purge.keysDestroyed) keys destroyed")
    return try conclude([event]) { $0.intents.removeAll { $0 == .purge(purge) } }
  }

  /// What an erasure would do. Reads only.
  private func count(_ target: ErasureTarget, _ request: ErasureRequest) throws -> ErasureOutcome {
    var outcome = ErasureOutcome(
      entityID: target.label, recordsDeleted: 0, segmentsPurged: 0, indexEntriesRemoved: 0, keysDestroyed: 0,
      auditEventID: nil, completedAtMicroseconds: options.clock.nowMicroseconds)
    for (key, partition) in head.partitions where key.tenant == request.tenant {
      guard let value = target.values[key.table], let table = head.catalog.table(key.table),
        let entity = table.entity
      else { continue }
      for source in partition.sources {
        let ordinals =
          switch source.content {
          case .segment(let reader): try reader.entityOrdinals(of: value)
          case .memory(let chunk): chunk.rows(holding: value, column: entity.ordinal)
          }
        let live = ordinals.count { !source.isDeleted($0) }
        outcome.recordsDeleted += live
        // Rows deleted in memory go without a segment; those of a segment still have their keys.
        let keyed = source.isMemory ? live : ordinals.count
        outcome.keysDestroyed += keyed
        outcome.indexEntriesRemoved += keyed
        switch source.content {
        case .segment(let reader):
          outcome.indexEntriesRemoved += try reader.entryCount(of: ordinals, in: table.accessPaths)
        case .memory(let chunk):
          let rows = ordinals.filter { !source.isDeleted($0) }
          for path in table.accessPaths {
            outcome.indexEntriesRemoved +=
              KeyRun(ofKey: path.columns.map { chunk.columns[$0] }, rows: rows).count
          }
        }
        outcome.segmentsPurged += source.isMemory || ordinals.isEmpty ? 0 : 1
      }
    }
    return outcome
  }

  func event(
    _ tenant: TenantID, _ actor: ActorID, _ action: AuditAction, _ resource: String, _ outcome: AuditOutcome,
    _ detail: String? = nil
  ) -> AuditEvent {
    AuditEvent(
      tenant: tenant, actor: actor, action: action, resource: resource, outcome: outcome, detail: detail)
  }
}

extension MemoryChunk {
  /// Rows whose `column` is `value`, ascending.
  func rows(holding value: Value, column: Int) -> [Int] {
    guard let wanted = KeyEncoder.key(of: value) else { return [] }
    return (0..<count).filter { KeyEncoder.key(of: [columns[column]], row: $0) == wanted }
  }
}
