import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// Rows of a stored table in row-id order, those that the pushed predicate lets through.
final class ScanSource: BatchSource {
  private let scan: TableScan
  private let predicate: CompiledPredicate?
  private let run: Run

  init(_ node: Scan, run: Run) throws {
    self.run = run
    predicate = try node.predicate.map { scalar throws(Diagnostic) in try run.compile(predicate: scalar) }
    var zones: [ZonePredicate] = []
    for condition in node.zones {
      if let zone = try ScanSource.zone(condition, run) { zones.append(zone) }
    }
    scan = try run.context.transaction.scan(
      node.table, columns: node.columns, scope: run.context.scope, zones: zones)
  }

  var pagesRead: Int { scan.pagesRead }
  var pagesSkipped: Int { scan.pagesSkipped }

  func next() throws -> Batch? {
    while var batch = try scan.next() {
      try run.check()
      guard let predicate else { return batch }
      if let rows = try predicate.select(batch) { batch.selection = rows }
      if batch.selectedCount > 0 { return batch }
    }
    return nil
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
