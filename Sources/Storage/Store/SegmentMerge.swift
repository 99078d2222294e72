import VSQLDiagnostics
import VSQLSchema

/// Neighbouring segments that shall become one.
struct MergePlan: Sendable {
  let key: PartitionKey
  let table: TableDefinition
  /// With the rows that are deleted now: those deleted while the merge runs are marked in its result.
  let sources: [RowSource]

  var readers: [SegmentReader] {
    sources.compactMap { source in
      switch source.content {
      case .segment(let reader): reader
      case .memory: nil
      }
    }
  }

  var segments: [SegmentID] { readers.map(\.manifest.id) }
}

/// A merge whose files are written and durable; its slots are in the ring's memory.
struct FinishedMerge: Sendable {
  let plan: MergePlan
  /// Of what `plan` read, as it was then: another erasure or rotation makes the result worthless.
  let inputs: [SegmentManifest]
  /// None when no row was left; one, but for columns that decompress to more than a segment's share of memory.
  let outputs: [SegmentManifest]

  /// Rows of the inputs that the outputs do not have; erased ones are not counted.
  var rowsDropped: Int {
    inputs.reduce(0) { $0 + $1.liveCount } - outputs.reduce(0) { $0 + $1.rowCount }
  }
}

/// Writes segments anew as one: live rows only, in their order and under their row ids, each under a DEK of its own again.
struct SegmentMerge {
  let site: SegmentSite

  /// - Parameter isCancelled: asked between one input and the next; what it throws ends the merge too.
  /// - Returns: nil when it was cancelled.
  func write(_ plan: MergePlan, isCancelled: () throws -> Bool = { false }) throws -> FinishedMerge? {
    var chunks: [MemoryChunk] = []
    var inputs: [SegmentManifest] = []
    for source in plan.sources {
      guard case .segment(let reader) = source.content else { continue }
      if try isCancelled() { return nil }
      let manifest = reader.manifest
      inputs.append(manifest)
      if source.liveCount > 0 { try append(source, manifest, plan.table, to: &chunks) }
    }
    if try isCancelled() { return nil }
    let outputs = try SegmentFlush(site: site).write(chunks, of: plan.key, plan.table) {
      _ = try isCancelled()
    }
    return FinishedMerge(plan: plan, inputs: inputs, outputs: outputs)
  }

  /// Opens the segment beside its reader, so that what it opens is gone when the merge is.
  private func append(
    _ source: RowSource, _ manifest: SegmentManifest, _ table: TableDefinition, to chunks: inout [MemoryChunk]
  ) throws {
    let segment = SegmentGeneration(site, manifest: manifest, table: table)
    let columns = try segment.columns(Array(table.columns.indices))
    let rowIDs = try segment.rowIDs()
    let live = source.liveOrdinals
    for start in stride(from: 0, to: live.count, by: Batch.capacity) {
      let rows = Array(live[start..<min(start + Batch.capacity, live.count)])
      var own: [Column] = []
      for column in columns {
        var accumulator = ColumnAccumulator(type: column.type)
        try accumulator.append(column, rows: rows)
        own.append(accumulator.finish())
      }
      chunks.append(MemoryChunk(rowIDs: rows.map { rowIDs[$0] }, columns: own))
    }
  }
}
