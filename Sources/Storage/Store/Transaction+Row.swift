import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// What a read by key looked at.
package struct KeyReadTally: Sendable {
  /// Pages of segments: those of the row that was read, and the others.
  package var pagesRead = 0
  package var pagesSkipped = 0
  /// Runs of segments that the key was looked up in, and runs that their filters ruled out.
  package var runsRead = 0
  package var runsSkipped = 0

  package init() {}
}

/// A row by a whole key of a unique index, without the machinery of a scan.
extension Transaction {
  /// The row of `table` that has `key`, where `scope` lets it through: a batch of one, own writes included. Sources are asked from the
  /// newest on, as no two live rows have one key.
  ///
  /// - Parameters:
  ///   - key: of all columns of `index`, which is unique.
  ///   - columns: ordinals of the table's columns, in the order that the batch shall have them.
  /// - Throws: 42P01 when the table does not exist in the snapshot, 40001 when rows were erased since, XX001 when a file is damaged.
  package func row(
    of table: TableID, key: [UInt8], in index: IndexDefinition, columns: [Int], scope: RowScope,
    _ tally: inout KeyReadTally
  ) throws -> Batch? {
    guard ownCatalog.has(table) else {
      throw Diagnostic(.undefinedTable, "the table does not exist any more")
    }
    switch scope.visible {
    case .all: break
    case .none: return nil
    }
    try snapshot.guardian.check(epoch: snapshot.head.erasureEpoch)
    let sources =
      (scope.tenant == tenant ? try view(of: table) : snapshot.head.partition(table, scope.tenant)).sources
    let (hash, filterHash) = (RowKeyTable.hash(key.span), KeyHash.of(key.span))
    for place in sources.indices.reversed() {
      let found =
        sources[place].isMemory
        ? sources[place].memoryOrdinal(of: key, hash: hash, in: index)
        : try sources[place].storedOrdinal(of: key, hash: filterHash, in: index, &tally)
      guard let ordinal = found else { continue }
      return try batch(of: sources[place], ordinal, columns, scope, table)
    }
    return nil
  }

  private func batch(
    of source: RowSource, _ ordinal: Int, _ columns: [Int], _ scope: RowScope, _ table: TableID
  ) throws -> Batch? {
    var entity: Int?
    var filter: ScopeFilter?
    if !scope.consent.letsAllPass {
      let made = ScopeFilter(scope, table: try definition(of: table), guardian: snapshot.guardian)
      (entity, filter) = (made.entityColumn, made)
    }
    let wanted = entity.map { columns + [$0] } ?? columns
    var batch: Batch
    switch source.content {
    case .memory(let chunk):
      guard wanted.allSatisfy(chunk.columns.indices.contains) else { throw Self.noColumn }
      batch = Batch(
        columns: wanted.map { chunk.columns[$0].gather([ordinal]) }, count: 1, rowIDs: [chunk.rowIDs[ordinal]]
      )
    case .segment(let segment):
      guard wanted.allSatisfy(segment.table.columns.indices.contains) else { throw Self.noColumn }
      let row = try segment.row(ordinal, columns: wanted)
      // What was erased meanwhile reads as NULL.
      try snapshot.guardian.check(epoch: snapshot.head.erasureEpoch)
      batch = Batch(columns: row.columns, count: 1, rowIDs: [row.id])
    }
    if entity != nil {
      let entities = batch.columns.removeLast()
      filter?.apply(to: &batch, entities: entities)
    }
    return batch.selectedCount == 0 ? nil : batch
  }

  private static let noColumn = Diagnostic(
    .undefinedColumn, "a column of the table does not exist any more")
}

extension RowSource {
  /// The live row with a key, in a chunk.
  fileprivate func memoryOrdinal(of key: [UInt8], hash: UInt64, in index: IndexDefinition) -> Int? {
    guard case .memory(let chunk) = content, let row = chunk.row(of: key, hash: hash, in: index) else {
      return nil
    }
    return isDeleted(row) ? nil : row
  }

  /// The same in a segment.
  fileprivate func storedOrdinal(
    of key: [UInt8], hash: UInt64, in index: IndexDefinition, _ tally: inout KeyReadTally
  ) throws(StorageError) -> Int? {
    guard case .segment(let segment) = content else { return nil }
    var isRuledOut = false
    let found = try segment.ordinal(ofKey: key, hash: hash, of: index, isRuledOut: &isRuledOut) {
      !isDeleted($0)
    }
    if isRuledOut { tally.runsSkipped += 1 } else { tally.runsRead += 1 }
    let pages = (count + SegmentFormat.pageRows - 1) / SegmentFormat.pageRows
    tally.pagesRead += found == nil ? 0 : 1
    tally.pagesSkipped += found == nil ? pages : pages - 1
    return found
  }
}
