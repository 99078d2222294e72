import VSQLDiagnostics
import VSQLSchema

/// Rebuilds the newest head from the state and the logs that follow it.
struct Recovery {
  let site: SegmentSite
  let chain: AuditChain
  let state: StoreState
  private(set) var head = StoreHead()
  private(set) var keys = KeyIndex()
  private(set) var nextRowID: RowID
  private(set) var logs: [Writer.OldLog] = []
  /// Segments of tables that a replayed frame dropped.
  private(set) var doomed: [SegmentManifest] = []
  /// A replayed frame made an index.
  private(set) var lacksRuns = false
  /// What a crash cut off the last log.
  private(set) var cut: Cut?

  struct Cut: Hashable, Sendable {
    var path: String
    var offset: Int
    /// What is no frame; 0: the file ends before the room that was reserved for frames does.
    var byteCount: Int

    var notice: String {
      byteCount > 0
        ? "\(path): \(byteCount) bytes at offset \(offset) were no whole commit and were cut off"
        : "\(path): the file ends at offset \(offset), before the room for commits does: if it was cut, the last of them are lost"
    }

    /// For the chain's event.
    var detail: String {
      byteCount > 0 ? "cut \(byteCount) bytes at offset \(offset)" : "ends early, at offset \(offset)"
    }
  }

  init(_ state: StoreState, site: SegmentSite, chain: AuditChain) throws {
    self.state = state
    self.site = site
    self.chain = chain
    nextRowID = state.nextRowID
    head.version = state.version
    head.catalog = state.catalog
    head.erasureEpoch = state.erasureEpoch
    for segment in state.segments {
      guard let table = state.catalog.table(segment.manifest.table) else {
        throw StorageError.malformed(
          path: "state", offset: 0, what: "a segment of a table that does not exist")
      }
      var source = RowSource(.segment(SegmentReader(site, manifest: segment.manifest, table: table)))
      for ordinal in segment.deleted { source.deleted.insert(ordinal) }
      // An erasure that a crash interrupted: a reader that cannot finish it must not see the rows either.
      for case .erase(let erase) in state.intents {
        for part in erase.segments where part.segment == segment.manifest.id {
          for ordinal in part.ordinals { source.deleted.insert(ordinal) }
        }
      }
      head.partitions[PartitionKey(table.id, segment.manifest.tenant), default: Partition()].sources.append(
        source)
    }
  }

  /// Replays every log.
  ///
  /// - Throws: `.malformed` or `.unauthentic`, by file and offset, for whatever is damaged but the tail of the last log
  ///   after an unclean end.
  mutating func replay() throws {
    let numbers = try site.device.list(LogFormat.directory)
      .compactMap { LogFormat.number(of: $0) }.filter { $0 >= state.firstLog }.sorted()
    for (index, number) in numbers.enumerated() {
      guard number == state.firstLog + UInt64(index) else {
        throw StorageError.missing(path: LogFormat.path(state.firstLog + UInt64(index)))
      }
      try replay(number, isLast: index == numbers.count - 1)
    }
    if let clean = state.cleanEnd, clean.log >= state.firstLog + UInt64(numbers.count) {
      throw StorageError.missing(path: LogFormat.path(clean.log))
    }
  }

  private mutating func replay(_ number: UInt64, isLast: Bool) throws {
    let path = LogFormat.path(number)
    let clean = state.cleanEnd.flatMap { $0.log == number ? Int(clamping: $0.offset) : nil }
    var reader: LogReader
    do throws(StorageError) {
      reader = try LogReader(number: number, main: state.mainTenant, ring: site.keys, device: site.device)
    } catch {
      // A file that a crash left before its header was whole.
      guard isLast, clean == nil, let size = try LogReader.sizeWithoutFrames(path, site.device) else {
        throw error
      }
      cut = Cut(path: path, offset: 0, byteCount: size)
      return
    }
    let sealer = Sealer()
    while true {
      let offset = reader.offset
      guard let frame = try reader.next() else { break }
      try apply(frame, sealer, path: path, offset: offset)
    }
    logs.append(Writer.OldLog(number: number, slot: reader.slot))
    let end = try reader.end()
    if let clean {
      // What was reserved goes after the state says where the log ends: a crash in between leaves zeros.
      guard reader.offset == clean, end == .clean,
        reader.byteCount == clean || reader.byteCount % LogFormat.reservedBytes.lowerBound == 0
      else {
        throw StorageError.malformed(
          path: path, offset: reader.offset,
          what: "a damaged frame before byte \(clean), where the log ended at its close")
      }
      return
    }
    switch end {
    case .clean:
      if isLast, reader.byteCount % LogFormat.reservedBytes.lowerBound != 0 {
        cut = Cut(path: path, offset: reader.offset, byteCount: 0)
      }
    case .torn(let bytes):
      guard isLast else {
        throw StorageError.malformed(
          path: path, offset: reader.offset, what: "a damaged frame in a log that another follows")
      }
      cut = Cut(path: path, offset: reader.offset, byteCount: bytes)
    }
  }

  private mutating func apply(_ frame: LogFrame, _ sealer: Sealer, path: String, offset: Int) throws {
    let manifest = frame.manifest
    func damaged(_ what: String) -> StorageError { .malformed(path: path, offset: offset, what: what) }
    guard manifest.version == head.version || manifest.version == head.version + 1 else {
      throw damaged("commit \(manifest.version) after commit \(head.version)")
    }
    head.version = manifest.version
    for change in manifest.catalog {
      switch change {
      case .createTable(let table): try head.catalog.add(table)
      case .dropTable(let table):
        try head.catalog.remove(table.id)
        doomed += head.removePartitions(of: table.id)
        keys.remove(table: table.id)
      case .createIndex(let table, let index):
        try head.catalog.add(index, to: table)
        lacksRuns = true
        for (key, partition) in head.partitions where key.table == table {
          keys.insert(partition, index, key)
        }
      case .dropIndex(let table, let index):
        try head.catalog.remove(index, of: table)
        keys.remove(index: index, of: table)
      case .createTenant(let tenant): try head.catalog.add(tenant)
      }
    }
    for (key, rows) in manifest.deletes {
      guard let table = head.catalog.table(key.table) else { throw damaged("rows deleted from no table") }
      for row in rows { try delete(row, key, table, damaged("a row deleted that is not there")) }
    }
    let catalog = head.catalog
    let inserted = try frame.rows(types: { catalog.table($0)?.types }, ring: site.keys, sealer: sealer)
    for (key, chunks) in inserted {
      guard let table = head.catalog.table(key.table) else { throw damaged("rows of no table") }
      for chunk in chunks {
        try head.partitions[key, default: Partition()].append(chunk, types: table.types)
        keys.insert(chunk, table, key)
        nextRowID = max(nextRowID, (chunk.rowIDs.last ?? 0) + 1)
      }
      head.partitions[key]?.lastInsert = head.version
    }
    for segment in manifest.segments {
      guard let table = head.catalog.table(segment.table) else { throw damaged("a segment of no table") }
      let key = PartitionKey(segment.table, segment.tenant)
      head.partitions[key, default: Partition()].sources.append(
        RowSource(.segment(SegmentReader(site, manifest: segment, table: table))))
      nextRowID = max(nextRowID, segment.lastRowID + 1)
    }
    if !manifest.events.isEmpty {
      try chain.replay(manifest.events, path: path, offset: offset, format: manifest.format)
    }
  }

  private mutating func delete(
    _ row: RowID, _ key: PartitionKey, _ table: TableDefinition, _ damaged: StorageError
  ) throws {
    var partition = head.partition(key)
    if let place = try partition.locate(row),
      case .memory(let chunk) = partition.sources[place.source].content
    {
      keys.remove(chunk, row: place.ordinal, table, key)
    }
    guard try partition.delete(row) else { throw damaged }
    head.partitions[key] = partition
  }
}
