internal import Synchronization
import VSQLDiagnostics
import VSQLSchema

extension Store {
  func commit(_ draft: CommitDraft, _ patience: Patience) throws {
    if isReadOnly { throw StorageError.readOnly }
    try patience.check()
    let (position, isDue) = try writing(patience) { writer in
      let position = try writer.commit(draft) { () throws(Diagnostic) in try patience.check() }
      return (position, writer.needsCheckpoint)
    }
    try makeDurable(position)
    // The commit stands, whatever becomes of the checkpoint: a full disk is met again by the next one.
    if isDue { try? checkpoint(patience) }
    scheduleUpkeep()
  }

  /// Events of a read or of a refusal. They are durable with the next group: the next commit, or within 50 ms.
  ///
  /// - Throws: what the disk refused to the last such group, tried again: what cannot be recorded must not happen.
  package func record(_ events: [AuditEvent]) throws {
    if isReadOnly || events.isEmpty { return }
    try inbox.put(events)
    if eventFlush.hasFailed { return try flushEvents() }
    eventFlush.schedule { [self] in try flushEvents() }
  }

  /// Makes all recorded events durable.
  package func flushEvents(_ patience: Patience? = nil) throws {
    let (position, isDue) = try writing(patience) { writer in
      if writer.isClosed { return (UInt64(0), false) }
      try writer.commit(events: [])
      return (writer.position, writer.needsCheckpoint)
    }
    try makeDurable(position)
    if isDue { try? checkpoint(patience) }
  }

  /// Returns when the log is durable past `position`; one thread syncs for all who wait meanwhile.
  func makeDurable(_ position: UInt64) throws {
    if published.isDurable(position) { return }
    try syncing.withLock { _ in
      if published.isDurable(position) { return }
      let (file, reached, head) = writer.withLock { ($0.log?.file, $0.position, $0.head) }
      // Without a log, a checkpoint has made all of it durable.
      if let file {
        do throws(StorageError) {
          try file.sync()
        } catch {
          // What the disk holds is not known, and a second sync would not tell.
          let failure = error
          writer.withLock { $0.failure = failure }
          throw error
        }
      }
      published.publish(head, reached)
    }
  }

  /// Memory goes to segments, and the log begins anew.
  package func checkpoint(_ patience: Patience? = nil) throws {
    if isReadOnly { return }
    try writing(patience) { writer in
      try writer.checkpoint()
      published.publish(writer.head, writer.position)
    }
  }

  /// Writes what is only in memory to its place and lets others open the database. Sessions must not be used afterwards.
  package func close() throws {
    defer { unlock() }
    if isReadOnly { return }
    upkeep.stop()
    try writer.withLock { writer in
      if writer.isClosed { return }
      defer { writer.isClosed = true }
      if writer.failure != nil { return }
      // The ring says which state is the newest, so that none before is taken for it. What fails here the ring's next writing makes up for.
      defer { try? writer.ring.commitRing(withState: true) }
      // Nobody reads any more.
      let unread = writer.merges.takeAll()
      if !unread.isEmpty {
        try writer.destroy(slots: unread.flatMap(\.slots), paths: unread.flatMap(\.paths))
      }
      writer.gatherEvents()
      if writer.log == nil, writer.oldLogs.isEmpty {
        // A short session that only read: its events go to the chain's files without a log between.
        if !writer.pendingEvents.isEmpty { try writer.concludePending() }
        return
      }
      if writer.isWorthFlushing { try writer.checkpoint() } else { try writer.closeLog() }
      published.publish(writer.head, writer.position)
    }
  }
}

extension Writer {
  /// Fewer rows than this stay in the log over a close: a segment of each short session would be a file for a handful of rows.
  private static let fewRows = 1_024
  private static let fewBytes = 256 << 10
  private static let fewLogs = 8

  var isWorthFlushing: Bool {
    let rows = head.memoryRows
    return rows == 0 || rows >= Self.fewRows || head.memoryBytes >= Self.fewBytes
      || oldLogs.count >= Self.fewLogs
      || !doomed.isEmpty || lacksRuns
  }
}
