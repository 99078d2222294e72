import VSQLDiagnostics
import VSQLSchema

/// Segments that no head names any more, and what became of merges.
struct MergeState: Sendable {
  /// Read by snapshots from before, until the last of those is gone. No state names them: whatever a crash leaves of them is removed
  /// on opening.
  var retired: [SegmentReader] = []
  /// Inputs of the merge that runs without the writer's lock.
  var running: Set<SegmentID> = []
  /// Inputs of merges that failed: damage is for a reader to meet, not to try again at each checkpoint.
  var barred: Set<SegmentID> = []

  /// Takes every retired segment out: their readers meet a serialization failure.
  mutating func takeAll() -> [SegmentManifest] {
    defer { retired = [] }
    for reader in retired { reader.markErased() }
    return retired.map(\.manifest)
  }
}

extension Writer {
  /// The next merge that is worth it in any partition of `head`; nil: none is.
  func nextMerge(in head: StoreHead, limitBytes: Int) -> MergePlan? {
    // Erasures and rotations that are not finished name segments.
    guard state.intents.isEmpty, failure == nil else { return nil }
    let policy = MergePolicy(limitBytes: limitBytes)
    for (key, partition) in head.partitions.sorted(by: { $0.key < $1.key }) {
      guard let table = head.catalog.table(key.table),
        let range = policy.next(partition.sources.map { part($0) })
      else { continue }
      return MergePlan(key: key, table: table, sources: Array(partition.sources[range]))
    }
    return nil
  }

  func part(_ source: RowSource) -> MergePolicy.Part {
    switch source.content {
    case .memory: return MergePolicy.Part(liveRows: 1, rows: 1, cellBytes: 0, isBarred: true)
    case .segment(let reader):
      let manifest = reader.manifest
      return MergePolicy.Part(
        liveRows: source.liveCount, rows: source.count, cellBytes: manifest.cellBytes,
        isBarred: merges.running.contains(manifest.id) || merges.barred.contains(manifest.id))
    }
  }

  /// Merges in `head` while that is worth it and little work; a merge that fails is told as an event and not tried again.
  ///
  /// - Returns: the merges done: their files are leftovers unless the state comes to name them.
  mutating func mergeSmall(in head: inout StoreHead) -> [FinishedMerge] {
    var done: [FinishedMerge] = []
    var left = options.checkpointMergeBytes
    while left > 0, let plan = nextMerge(in: head, limitBytes: min(left, MergePolicy.largestBytes)) {
      left -= plan.sources.reduce(0) { $0 + part($1).weight }
      do {
        guard let merge = try SegmentMerge(site: site).write(plan), try head.adopt(merge, site) else { break }
        done.append(merge)
      } catch {
        bar(plan, error)
      }
    }
    return done
  }

  /// A failed merge breaks nothing: the segments stay as they are, and the chain says why.
  mutating func bar(_ plan: MergePlan, _ error: any Error) {
    merges.barred.formUnion(plan.segments)
    pendingEvents.append(
      event(
        plan.key.tenant, state.owner, .maintenance, "table:\(plan.key.table.hex)", .failed,
        "merge: \((error as? any DiagnosableError)?.diagnostic.state.code ?? "")"))
  }

  /// Removes the files and slots of merges that came to nothing.
  func discard(_ manifests: [SegmentManifest]) {
    // What is left where this fails too, the next erasure or opening removes.
    try? destroy(slots: manifests.flatMap(\.slots), paths: manifests.flatMap(\.paths))
  }

  /// Takes the retired segments out that no snapshot reads, and those of dropped tables, whoever reads them.
  mutating func takeUnread() -> [SegmentManifest] {
    var unread: [SegmentManifest] = []
    var index = 0
    while index < merges.retired.count {
      if isKnownUniquelyReferenced(&merges.retired[index])
        || head.catalog.table(merges.retired[index].table.id) == nil
      {
        unread.append(merges.retired.remove(at: index).manifest)
      } else {
        index += 1
      }
    }
    return unread
  }

  /// Destroys retired segments that nobody reads any more.
  mutating func reap() throws {
    let unread = takeUnread()
    if !unread.isEmpty { try destroy(slots: unread.flatMap(\.slots), paths: unread.flatMap(\.paths)) }
  }
}

extension StoreHead {
  /// Puts the result of a merge in the place of what it read; rows that were deleted meanwhile are deleted in it.
  ///
  /// - Returns: false when what it read is not there any more as it was: the head is unchanged.
  mutating func adopt(_ merge: FinishedMerge, _ site: SegmentSite) throws(StorageError) -> Bool {
    guard catalog.table(merge.plan.key.table) != nil, var partition = partitions[merge.plan.key],
      let range = partition.range(of: merge.inputs)
    else { return false }
    var merged = merge.outputs.map {
      RowSource(.segment(SegmentReader(site, manifest: $0, table: merge.plan.table)))
    }
    for (now, before) in zip(partition.sources[range], merge.plan.sources)
    where now.deleted.count > before.deleted.count {
      guard case .segment(let reader) = now.content else { continue }
      let rowIDs = try reader.rowIDs()
      for ordinal in now.deleted.ordinals where !before.isDeleted(ordinal) {
        let index = merged.lowerBound { $0.lastRowID < rowIDs[ordinal] }
        guard merged.indices.contains(index), let place = try merged[index].ordinal(of: rowIDs[ordinal])
        else { continue }
        merged[index].deleted.insert(place)
      }
    }
    partition.sources.replaceSubrange(range, with: merged)
    partitions[merge.plan.key] = partition
    return true
  }
}

extension Partition {
  /// Where segments with just these manifests lie, one after the other; nil: nowhere.
  func range(of manifests: [SegmentManifest]) -> Range<Int>? {
    func manifest(_ index: Int) -> SegmentManifest? {
      switch sources[index].content {
      case .segment(let reader): reader.manifest
      case .memory: nil
      }
    }
    guard let first = manifests.first,
      let start = sources.indices.first(where: { manifest($0) == first }),
      start + manifests.count <= sources.count,
      manifests.indices.allSatisfy({ manifest(start + $0) == manifests[$0] })
    else { return nil }
    return start..<start + manifests.count
  }
}
