import VSQLDiagnostics
import VSQLSchema

extension Store {
  /// Lets the store's own thread look after segments soon.
  func scheduleUpkeep() {
    if isReadOnly || !options.hasUpkeep || upkeep.isStopped { return }
    // A store that nobody has any more needs none.
    upkeep.timer.schedule { [weak self] in
      guard let self else { return }
      let isMore = try keepUp()
      if isMore { scheduleUpkeep() }
    }
  }

  /// What the store's own thread does: flushes what was long enough in memory, merges what is worth it, and destroys merged
  /// segments that nobody reads any more.
  ///
  /// An error breaks nothing and is an event; the next commit lets it be tried again.
  ///
  /// - Returns: whether something is left for later.
  package func keepUp() throws -> Bool {
    do {
      return try upkeep.taking {
        if upkeep.isStopped { return false }
        try writer.withLock { writer in
          if writer.isMemoryOld { try writer.checkpoint() }
        }
        while let plan = try writer.withLock({ writer in
          try writer.checkUsable()
          return writer.beginMerge(writer.nextMerge(in: writer.head, limitBytes: MergePolicy.largestBytes))
        }) {
          if try run(plan) == nil { break }
        }
        return try writer.withLock { writer in
          try writer.reap()
          return writer.head.memoryRows > 0 || !writer.merges.retired.isEmpty
        }
      }
    } catch {
      writer.withLock { writer in
        guard writer.failure == nil, !writer.isClosed else { return }
        writer.tellUpkeep(error)
      }
      throw error
    }
  }

  /// Merges without the writer's lock, which is held for the switch alone. The caller has the turn.
  ///
  /// - Parameter patience: of the statement that asked for it; nil: none did.
  /// - Returns: nil when it was cancelled, or when what it read was changed meanwhile: the segments are as they were.
  func run(_ plan: MergePlan, _ patience: Patience? = nil) throws -> FinishedMerge? {
    let written: FinishedMerge?
    do {
      written = try SegmentMerge(site: site).write(plan) {
        try patience?.check()
        return upkeep.isCancelled
      }
    } catch {
      try writer.withLock { writer in
        writer.merges.running = []
        // A table that was dropped meanwhile has lost its files.
        if writer.head.catalog.table(plan.key.table) == nil { return }
        // Nothing is wrong with the segments.
        try patience?.check()
        writer.merges.barred.formUnion(plan.segments)
        throw error
      }
      return nil
    }
    return try writer.withLock { writer in
      writer.merges.running = []
      guard let written else { return nil }
      do {
        if try writer.checkpoint(applying: written) { return written }
      } catch {
        let named = Set(writer.head.segments.map(\.reader.manifest.id))
        if writer.failure == nil, !written.outputs.contains(where: { named.contains($0.id) }) {
          writer.discard(written.outputs)
        }
        throw error
      }
      writer.discard(written.outputs)
      return nil
    }
  }
}

extension Writer {
  var isMemoryOld: Bool {
    guard let memorySince, failure == nil, !isClosed, head.memoryRows > 0 else { return false }
    return options.clock.nowMicroseconds - memorySince >= Int64(options.flushSeconds) * 1_000_000
  }

  /// Keeps checkpoints from merging the same segments.
  mutating func beginMerge(_ plan: MergePlan?) -> MergePlan? {
    merges.running = Set(plan?.segments ?? [])
    return plan
  }

  mutating func tellUpkeep(_ error: any Error) {
    pendingEvents.append(
      event(
        state.mainTenant, state.owner, .maintenance, "segments", .failed,
        (error as? any DiagnosableError)?.diagnostic.state.code))
  }
}
