import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// Rows of a stored table in row-id order, those that the pushed predicate lets through.
///
/// The columns that the predicate reads are opened first, the others only where rows are left.
final class ScanSource: BatchSource {
  private let scan: TableScan
  private let predicate: CompiledPredicate?
  private let run: Run
  /// By output column: its place among the scan's columns, or among the late ones.
  private let places: [Place]
  /// The table's ordinals of the columns that are read late.
  private let late: [Int]

  private enum Place {
    case early(Int)
    case late(Int)
  }

  init(_ node: Scan, types: [SQLType], run: Run) throws {
    self.run = run
    let read = node.predicate?.columns ?? []
    // Of few rows, all but vectors is opened at once: it lies in one cell.
    let early =
      read.isEmpty
      ? Array(node.columns.indices)
      : node.columns.indices.filter {
        read.contains($0) || node.index != nil && types[$0].physicalKind != .vector
      }
    var places: [Place] = []
    var late: [Int] = []
    for (column, ordinal) in node.columns.enumerated() {
      if let place = early.firstIndex(of: column) {
        places.append(.early(place))
      } else {
        places.append(.late(late.count))
        late.append(ordinal)
      }
    }
    self.places = places
    self.late = late
    predicate = try node.predicate.map { scalar throws(Diagnostic) in
      try run.compile(predicate: scalar.remapped { early.firstIndex(of: $0) ?? $0 })
    }
    var zones: [ZonePredicate] = []
    for condition in node.zones {
      if let zone = try ScanSource.zone(condition, run) { zones.append(zone) }
    }
    scan = try run.context.transaction.scan(
      node.table, columns: early.map { node.columns[$0] }, scope: run.context.scope, zones: zones,
      lookup: try node.index.map { try run.lookup($0) })
  }

  var pagesRead: Int { scan.pagesRead }
  var pagesSkipped: Int { scan.pagesSkipped }
  /// Of an index scan that has met a segment.
  var runs: (read: Int, skipped: Int)? {
    scan.runsRead + scan.runsSkipped == 0 ? nil : (scan.runsRead, scan.runsSkipped)
  }

  func next() throws -> Batch? {
    while var batch = try scan.next() {
      try run.check()
      guard let predicate else { return batch }
      if let rows = try predicate.select(batch) { batch.selection = rows }
      if batch.selectedCount > 0 { return late.isEmpty ? batch : try completed(batch) }
    }
    return nil
  }

  /// The batch with the columns that were left out.
  private func completed(_ batch: Batch) throws -> Batch {
    let (lateColumns, isCompact) = try scan.late(late, for: batch)
    let early = isCompact ? batch.compacted() : batch
    let columns = places.map { place in
      switch place {
      case .early(let index): early.columns[index]
      case .late(let index): lateColumns[index]
      }
    }
    return Batch(columns: columns, count: early.count, selection: early.selection, rowIDs: early.rowIDs)
  }

  /// The condition as the store takes it; nil where bounds say nothing about it.
  private static func zone(_ condition: ZoneCondition, _ run: Run) throws(Diagnostic) -> ZonePredicate? {
    let comparison: ZonePredicate.Comparison
    switch condition.comparison {
    case .equal: comparison = .equal
    case .less: comparison = .less
    case .lessOrEqual: comparison = .lessOrEqual
    case .greater: comparison = .greater
    case .greaterOrEqual: comparison = .greaterOrEqual
    case .notEqual: return nil
    }
    let value = try run.value(of: condition.value)
    // A comparison with NULL lets no row through; the predicate finds that out.
    return value == .null
      ? nil : ZonePredicate(column: condition.column, comparison: comparison, value: value)
  }
}
