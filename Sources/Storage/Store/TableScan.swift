import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// The rows of one table that a scope lets through, a batch at a time, ascending by row id. Used by one thread at a time.
package final class TableScan {
  /// Pages that zone predicates ruled out, and pages read.
  package private(set) var pagesSkipped = 0
  package private(set) var pagesRead = 0
  /// Runs of segments that filters ruled out, and runs that keys were looked up in.
  package private(set) var runsSkipped = 0
  package private(set) var runsRead = 0

  private let sources: [RowSource]
  private let columns: [Int]
  private let zones: [ZonePredicate]
  private let lookup: KeyLookup?
  private let filter: ScopeFilter
  let guardian: ScanGuard
  let epoch: UInt64
  /// In the memory budget.
  let user: UInt64
  /// Where the last batch came from.
  private(set) var present: (content: RowSource.Content, rows: Rows)?

  /// Ordinals of a batch's rows.
  enum Rows {
    case range(Range<Int>)
    /// Ascending.
    case list([Int])
  }

  private var source = 0
  private var row = 0
  /// Of the present segment, by page; nil: all may hold rows of interest.
  private var candidates: [Bool]?
  /// Of the present source, the rows that an index found; nil: all are read.
  private var found: [Int]?

  init(
    of partition: Partition, table: TableDefinition?, columns: [Int], scope: RowScope, zones: [ZonePredicate],
    lookup: KeyLookup? = nil, guardian: ScanGuard, epoch: UInt64
  ) throws {
    guard let table else { throw Diagnostic(.undefinedTable, "the table does not exist any more") }
    guard columns.allSatisfy({ table.columns.indices.contains($0) }) else {
      throw Diagnostic(.undefinedColumn, "a column of table \"\(table.name)\" does not exist any more")
    }
    self.columns = columns
    self.zones = zones
    self.lookup = lookup
    self.guardian = guardian
    self.epoch = epoch
    user = guardian.memory.newUser()
    filter = ScopeFilter(scope, table: table, guardian: guardian)
    switch scope.visible {
    case .all: sources = partition.sources
    case .none: sources = []
    }
  }

  /// The next batch of at least one row; nil at the end. Rows that are deleted or outside the scope are not selected.
  ///
  /// - Throws: 40001 when rows were erased since the snapshot, XX001 when a file is damaged.
  package func next() throws -> Batch? {
    while source < sources.count {
      try guardian.check(epoch: epoch)
      let current = sources[source]
      if row == 0 { try enter(current) }
      guard row < found?.count ?? current.count else {
        source += 1
        row = 0
        found = nil
        continue
      }
      if let found {
        let rows = Array(found[row..<min(row + Batch.capacity, found.count)])
        row += rows.count
        if let batch = try batch(of: current, found: rows) {
          present = (current.content, .list(rows))
          return batch
        }
        continue
      }
      let rows = row..<min(row + Batch.capacity, current.count)
      row = rows.upperBound
      if let batch = try batch(of: current, rows) {
        present = (current.content, .range(rows))
        return batch
      }
    }
    return nil
  }

  /// Before the first row of a source.
  private func enter(_ source: RowSource) throws {
    candidates = nil
    found = nil
    if let lookup {
      let finding = try source.find(lookup)
      switch finding {
      case .all: break
      case .ruledOut: found = []
      case .rows(let rows): found = rows
      }
      if !source.isMemory {
        if case .ruledOut = finding { runsSkipped += 1 } else { runsRead += 1 }
      }
    }
    if let found {
      self.found = source.deleted.isEmpty ? found : found.filter { !source.isDeleted($0) }
      countPages(of: source)
      return
    }
    if case .segment(let segment) = source.content, !zones.isEmpty {
      candidates = try segment.candidatePages(zones)
    }
  }

  private func batch(of source: RowSource, _ rows: Range<Int>) throws -> Batch? {
    let live = source.deleted.leavesWhole(rows) ? nil : rows.filter { !source.deleted.contains($0) }
    if let live, live.isEmpty { return nil }
    var batch: Batch
    let entities: Column?
    switch source.content {
    case .memory(let chunk):
      // A chunk never holds more than one batch.
      batch = Batch(columns: columns.map { chunk.columns[$0] }, count: chunk.count, rowIDs: chunk.rowIDs)
      entities = filter.entityColumn.map { chunk.columns[$0] }
    case .segment(let segment):
      let pages = rows.lowerBound / SegmentFormat.pageRows...(rows.upperBound - 1) / SegmentFormat.pageRows
      if let candidates, !pages.contains(where: { candidates[$0] }) {
        pagesSkipped += pages.count
        return nil
      }
      pagesRead += pages.count
      batch = try segment.batch(
        rows: rows, columns: columns + (filter.entityColumn.map { [$0] } ?? []), user: user)
      entities = filter.entityColumn == nil ? nil : batch.columns.removeLast()
    }
    if let live {
      let first = rows.lowerBound
      // Rows that an erasure took since the snapshot are out of the reader's selection.
      let still = batch.selection.map { Set($0) }
      batch.select(
        live.map { $0 - first }.filter { still?.contains(UInt16(truncatingIfNeeded: $0)) ?? true })
    }
    if let entities { filter.apply(to: &batch, entities: entities) }
    return batch.selectedCount == 0 ? nil : batch
  }
}

extension TableScan {
  /// The rows `rows` of a source, none of them deleted.
  private func batch(of source: RowSource, found rows: [Int]) throws -> Batch? {
    var batch: Batch
    let entities: Column?
    switch source.content {
    case .memory(let chunk):
      batch = Batch(
        columns: columns.map { chunk.columns[$0].gather(rows) }, count: rows.count,
        rowIDs: rows.map { chunk.rowIDs[$0] })
      entities = filter.entityColumn.map { chunk.columns[$0].gather(rows) }
    case .segment(let segment):
      var opened = try segment.rows(rows, columns: columns + (filter.entityColumn.map { [$0] } ?? []))
      let rowIDs = try segment.rowIDs()
      // What was erased meanwhile reads as NULL.
      try guardian.check(epoch: epoch)
      entities = filter.entityColumn == nil ? nil : opened.removeLast()
      batch = Batch(columns: opened, count: rows.count, rowIDs: rows.map { rowIDs[$0] })
    }
    if let entities { filter.apply(to: &batch, entities: entities) }
    return batch.selectedCount == 0 ? nil : batch
  }

  /// Pages of which at least one row is read count as read.
  private func countPages(of source: RowSource) {
    guard let found, !source.isMemory else { return }
    let all = (source.count + SegmentFormat.pageRows - 1) / SegmentFormat.pageRows
    let read = Set(found.map { $0 / SegmentFormat.pageRows }).count
    pagesRead += read
    pagesSkipped += all - read
  }
}

extension Batch {
  mutating func select(_ rows: [Int]) {
    selection = rows.count == count ? nil : rows.map { UInt16(truncatingIfNeeded: $0) }
  }
}

/// Leaves out the rows of entities whose consent was withdrawn.
struct ScopeFilter {
  /// The ordinal of the column to ask; nil: no row needs asking.
  let entityColumn: Int?
  private let entityType: String
  private let scope: RowScope
  private let guardian: ScanGuard

  init(_ scope: RowScope, table: TableDefinition, guardian: ScanGuard) {
    self.scope = scope
    self.guardian = guardian
    entityColumn = scope.consent.letsAllPass ? nil : table.entity?.ordinal
    entityType = table.entity?.type ?? ""
  }

  func apply(to batch: inout Batch, entities: Column) {
    let rows = batch.selection?.map(Int.init) ?? Array(0..<batch.count)
    batch.select(
      rows.filter { row in
        guard let entity = KeyEncoder.key(of: entities.value(at: row)) else { return true }
        return !scope.consent.leavesOut(guardian.pseudonym(scope.tenant, entityType, entity))
      })
  }
}
