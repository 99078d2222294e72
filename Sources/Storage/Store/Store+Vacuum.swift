#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
import VSQLDiagnostics
import VSQLSchema

package struct VacuumOutcome: Hashable, Sendable {
  package var table: TableID
  package var segmentsBefore: Int
  package var segmentsAfter: Int
  /// Deleted rows that no segment has any more.
  package var rowsDropped: Int
  /// Bytes of the table's files.
  package var bytesBefore: Int
  package var bytesAfter: Int

  package init(
    table: TableID, segmentsBefore: Int, segmentsAfter: Int, rowsDropped: Int, bytesBefore: Int,
    bytesAfter: Int
  ) {
    self.table = table
    self.segmentsBefore = segmentsBefore
    self.segmentsAfter = segmentsAfter
    self.rowsDropped = rowsDropped
    self.bytesBefore = bytesBefore
    self.bytesAfter = bytesAfter
  }
}

package struct AnalyzeOutcome: Hashable, Sendable {
  package var table: TableID
  package var rows: Int
  package var segments: Int
  /// Segments that had lost their statistics.
  package var segmentsRewritten: Int

  package init(table: TableID, rows: Int, segments: Int, segmentsRewritten: Int) {
    self.table = table
    self.rows = rows
    self.segments = segments
    self.segmentsRewritten = segmentsRewritten
  }
}

extension Store {
  /// Leaves the rows that `tenant` has in each table in as few segments as their largest size allows, without deleted ones.
  /// Readers and commits go on meanwhile.
  package func vacuum(
    _ tables: [TableID], tenant: TenantID, _ patience: Patience? = nil
  ) throws -> [VacuumOutcome] {
    let before = tables.map { (space(of: $0, tenant), tombstones(of: $0, tenant)) }
    try checkpointAlone(patience)
    for table in tables {
      try rewrite(PartitionKey(table, tenant), patience) { partition, writer in
        MergePolicy.whole(partition.sources.map { writer.part($0) })
      }
    }
    return zip(tables, before).map { table, before in
      let after = space(of: table, tenant)
      return VacuumOutcome(
        table: table, segmentsBefore: before.0.segments, segmentsAfter: after.segments,
        rowsDropped: max(0, before.1 - tombstones(of: table, tenant)), bytesBefore: before.0.bytes,
        bytesAfter: after.bytes)
    }
  }

  /// Gives segments that lost their statistics to an erasure new ones, by writing their rows anew; rows in memory get theirs with
  /// their segment.
  package func analyze(
    _ tables: [TableID], tenant: TenantID, _ patience: Patience? = nil
  ) throws -> [AnalyzeOutcome] {
    try checkpointAlone(patience)
    return try tables.map { table in
      let key = PartitionKey(table, tenant)
      let rewritten = try rewrite(key, patience) { partition, writer in
        try partition.sources.indices.filter { index in
          guard case .segment(let reader) = partition.sources[index].content,
            !writer.part(partition.sources[index]).isBarred
          else { return false }
          return try reader.statistics() == nil
        }
        .map { $0..<$0 + 1 }
      }
      let partition = published.current.partition(key)
      return AnalyzeOutcome(
        table: table, rows: partition.liveCount, segments: partition.manifests.count,
        segmentsRewritten: rewritten)
    }
  }

  private func checkpointAlone(_ patience: Patience?) throws {
    if isReadOnly { throw StorageError.readOnly }
    try upkeep.taking(patience) {
      try writing(patience) { writer in
        writer.merges.barred = []
        try writer.checkpoint()
      }
    }
  }

  /// Merges the ranges that `choose` gives, one after the other: each time it is asked again, as others change segments meanwhile.
  ///
  /// - Returns: merges done: at most as many as were found at first.
  @discardableResult
  private func rewrite(
    _ key: PartitionKey, _ patience: Patience?, _ choose: (Partition, Writer) throws -> [Range<Int>]
  ) throws -> Int {
    var (done, most) = (0, 1)
    while done < most {
      try patience?.check()
      let step = try upkeep.taking(patience) { () throws -> Bool? in
        let plan = try writing(patience) { writer -> MergePlan? in
          try writer.checkUsable()
          let partition = writer.head.partition(key)
          guard let table = writer.head.catalog.table(key.table), writer.state.intents.isEmpty else {
            return nil
          }
          let ranges = try choose(partition, writer)
          most = done == 0 ? ranges.count : most
          guard let range = ranges.first else { return nil }
          return writer.beginMerge(
            MergePlan(key: key, table: table, sources: Array(partition.sources[range])))
        }
        guard let plan else { return nil }
        return try run(plan, patience) != nil
      }
      switch step {
      case .none: return done
      case .some(true): done += 1
      // Somebody waits for the turn.
      case .some(false): usleep(1_000)
      }
    }
    try upkeep.taking(patience) { try writing(patience) { try $0.reap() } }
    return done
  }

  private func space(of table: TableID, _ tenant: TenantID) -> (segments: Int, bytes: Int) {
    let manifests = published.current.partition(table, tenant).manifests
    return (manifests.count, manifests.reduce(0) { $0 + $1.sizeBytes })
  }

  /// Rows of segments that are deleted and not erased.
  private func tombstones(of table: TableID, _ tenant: TenantID) -> Int {
    published.current.partition(table, tenant).sources.reduce(0) { count, source in
      guard case .segment(let reader) = source.content else { return count }
      return count + max(0, reader.manifest.liveCount - source.liveCount)
    }
  }
}
