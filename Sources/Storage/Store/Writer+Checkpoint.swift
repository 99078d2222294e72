import VSQLDiagnostics
import VSQLSchema

extension Writer {
  /// Memory goes to segments, small segments are merged, events go to the chain's files, and the state names them; then the logs
  /// go, and with them the slot keys of logs, of dropped tables, and of merged segments that nobody reads.
  ///
  /// - Parameters:
  ///   - merge: done without the lock; it takes effect if what it read is still there.
  ///   - change: what the new state says besides.
  /// - Returns: whether `merge` took effect; where it did not, its files are leftovers.
  @discardableResult
  mutating func checkpoint(
    applying merge: FinishedMerge? = nil, _ change: (inout StoreState) -> Void = { _ in }
  ) throws -> Bool {
    try checkUsable()
    gatherEvents()
    // Commits that no sync has reached are made durable by the state itself.
    var next = head
    try flush(&next)
    var merged: [FinishedMerge] = []
    if let merge, state.intents.isEmpty, try next.adopt(merge, site) { merged.append(merge) }
    let isApplied = !merged.isEmpty
    merged += mergeSmall(in: &next)
    // A snapshot of before that is published late must not hide the merged segments.
    if !merged.isEmpty { next.version += 1 }
    let built = try buildRuns(in: next)
    do {
      try writeState(of: next, replacing: built.manifests, change)
    } catch {
      // The state does not name them.
      if failure == nil {
        discard(merged.flatMap(\.outputs).filter { !(merge?.outputs.contains($0) ?? false) })
      }
      throw error
    }
    for reader in built.readers {
      if let manifest = built.manifests[reader.manifest.id] { reader.adopt(manifest) }
    }
    lacksRuns = false
    merges.retired += merged.flatMap(\.plan.readers)
    merged = []
    let logs = oldLogs + (log.map { [OldLog(number: $0.number, slot: $0.slot)] } ?? [])
    head = next
    keys.removeAll()
    log = nil
    oldLogs = []
    memorySince = nil
    published.publish(head, position)
    let gone = doomed + takeUnread()
    doomed = []
    try destroy(
      slots: logs.map(\.slot) + gone.flatMap(\.slots) + built.slots,
      paths: logs.map { LogFormat.path($0.number) } + gone.flatMap(\.paths) + built.paths)
    return isApplied
  }

  /// What `next` holds, and all events, durable without a log.
  private mutating func writeState(
    of next: StoreHead, replacing manifests: [SegmentID: SegmentManifest],
    _ change: (inout StoreState) -> Void
  ) throws {
    if log == nil, oldLogs.isEmpty {
      // Nothing was committed since the last state, which so carries the events: no log is made for them.
      let (events, firstLog) = (pendingEvents, nextLog)
      _ = try conclude(events, replacing: manifests, head: next) { state in
        state.firstLog = firstLog
        state.cleanEnd = nil
        change(&state)
      }
      pendingEvents = []
    } else {
      if !pendingEvents.isEmpty { try commit(events: []) }
      try syncLog()
      var state = state
      state.audit = try chain.absorb()
      logEvents = 0
      try ring.commitRing()
      state.firstLog = nextLog
      state.cleanEnd = nil
      change(&state)
      try write(&state, head: next, replacing: manifests)
    }
  }

  /// What the chain takes in must be durable in the log before: a crash would else leave events in the chain's files that no log has, as if
  /// somebody had added them.
  private mutating func syncLog() throws(StorageError) {
    guard let log else { return }
    do throws(StorageError) {
      try log.file.sync()
    } catch {
      // What the disk holds is not known, and a second sync would not tell.
      failure = error
      throw error
    }
  }

  /// Ends the log where it is, so that the next opening replays it, and says in the state where that is.
  mutating func closeLog() throws {
    try checkUsable()
    gatherEvents()
    if !pendingEvents.isEmpty { try commit(events: []) }
    guard let log else { return }
    try log.file.sync()
    var state = state
    state.firstLog = oldLogs.first?.number ?? log.number
    state.cleanEnd = StoreState.CleanEnd(log: log.number, offset: UInt64(log.end))
    // The log is replayed onto the former state: what it holds is not in this one.
    try StateFileWrite(self).write(&state)
    self.state = state
    stateNumber += 1
    // The state knows the end now: no shorter file is taken for one that nobody closed.
    try log.trim()
  }

  /// Destroys slot keys, so that what they wrap opens no more, and removes files.
  func destroy(slots: [SlotID], paths: [String]) throws(StorageError) {
    if !slots.isEmpty {
      ring.dropSlots(slots)
      try ring.commitRing()
    }
    var directories: Set<String> = []
    for path in paths {
      try device.remove(path)
      directories.insert(path.split(separator: "/").dropLast().joined(separator: "/"))
    }
    for directory in directories.sorted() { try device.syncDirectory(directory) }
  }

  /// Ends what an intent named: `events` and the state that follows from `change` become durable together.
  ///
  /// Only right after a checkpoint, when no frame is in any log: the events need none to carry them.
  ///
  /// - Returns: the last event's id.
  mutating func conclude(
    _ events: [AuditEvent], replacing manifests: [SegmentID: SegmentManifest] = [:],
    head next: StoreHead? = nil,
    _ change: (inout StoreState) -> Void
  ) throws -> String? {
    precondition(log == nil && oldLogs.isEmpty, "a checkpoint came before")
    var state = state
    change(&state)
    let mark = chain.mark()
    let ids = events.isEmpty ? [] : chain.append(events).eventIDs
    do {
      state.audit = try chain.absorb()
      try ring.commitRing()
      try write(&state, head: next ?? head, replacing: manifests)
    } catch {
      // Undone only while the files have none of it; else the chain in memory is ahead of any state.
      if chain.absorbed.count == mark.count {
        chain.rollback(to: mark)
      } else {
        failure = failure ?? Self.stopped
      }
      throw error
    }
    return ids.last
  }

  /// Makes the events of reads durable by the state alone; like `conclude`, only when there is no log.
  mutating func concludePending() throws {
    let events = pendingEvents
    _ = try conclude(events) { _ in }
    pendingEvents = []
  }

  private static let stopped = StorageError.limit(
    what: "an earlier write of the state failed; open the database again")

  /// Writes the next state file with what `head` holds.
  ///
  /// - Parameter manifests: of segments whose files were replaced and whose readers do not know yet.
  mutating func write(
    _ state: inout StoreState, head: StoreHead, replacing manifests: [SegmentID: SegmentManifest] = [:]
  ) throws {
    state.version = head.version
    state.nextRowID = nextRowID
    state.catalog = head.catalog
    state.erasureEpoch = head.erasureEpoch
    state.segments = head.segments.map {
      StoreState.Segment(
        manifest: manifests[$0.reader.manifest.id] ?? $0.reader.manifest, deleted: $0.deleted.ordinals)
    }
    do {
      try StateFileWrite(self).write(&state)
    } catch {
      // Whether the new state stands is not known: what is committed now could be lost.
      if (try? device.exists(StateFile.path(stateNumber + 1))) != false { failure = error }
      throw error
    }
    self.state = state
    stateNumber += 1
  }

  /// Replaces each run of chunks between segments by a segment.
  private func flush(_ head: inout StoreHead) throws {
    for (key, partition) in head.partitions where partition.memoryRows > 0 {
      guard let definition = head.catalog.table(key.table) else { continue }
      var sources: [RowSource] = []
      var run: [MemoryChunk] = []
      func endRun() throws {
        for manifest in try SegmentFlush(site: site).write(run, of: key, definition) {
          sources.append(RowSource(.segment(SegmentReader(site, manifest: manifest, table: definition))))
        }
        run = []
      }
      for source in partition.sources {
        switch source.content {
        case .segment:
          try endRun()
          sources.append(source)
        case .memory(let chunk):
          run.append(
            source.deleted.isEmpty
              ? chunk : try MemoryChunk.joined([(chunk, source.liveOrdinals)], types: definition.types))
        }
      }
      try endRun()
      head.partitions[key]?.sources = sources
    }
  }
}

/// Segments with new files that hold the runs of new indexes, and what only their old files needed.
struct BuiltRuns {
  var manifests: [SegmentID: SegmentManifest] = [:]
  var readers: [SegmentReader] = []
  var slots: [SlotID] = []
  var paths: [String] = []
}

extension Writer {
  /// New files for every segment that lacks a run of its table's indexes. The state names them later; their slots are not yet
  /// in the ring's file.
  private func buildRuns(in head: StoreHead) throws -> BuiltRuns {
    var built = BuiltRuns()
    for (reader, _) in head.segments {
      guard let table = head.catalog.table(reader.manifest.table) else { continue }
      let rewritten: RewrittenSegment
      do throws(StorageError) {
        guard let made = try reader.building(table.indexes) else { continue }
        rewritten = made
      } catch {
        // Damage is for a reader to meet: the segment stays as it is.
        if error.mayPass { continue }
        throw error
      }
      built.manifests[reader.manifest.id] = rewritten.manifest
      built.readers.append(reader)
      built.slots += rewritten.obsoleteSlots
      built.paths += rewritten.obsoleteFiles
    }
    return built
  }
}

/// One write of the state file with the ring's generation at that time.
struct StateFileWrite {
  private let ring: KeyRing
  private let device: any Device
  private let number: UInt64

  init(_ writer: Writer) {
    ring = writer.ring
    device = writer.device
    number = writer.stateNumber + 1
  }

  func write(_ state: inout StoreState) throws(StorageError) {
    state.ringGeneration = ring.generation
    try StateFile.write(state, number: number, ring: ring, device: device)
  }
}
