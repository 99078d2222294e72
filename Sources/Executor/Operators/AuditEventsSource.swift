import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// `audit.events`: the tenant's part of the audit chain, in chain order.
final class AuditEventsSource: BatchSource {
  private var records: ArraySlice<AuditRecord>
  private let columns: [Int]
  private let output: [SQLType]
  private let predicate: CompiledPredicate?
  private let run: Run

  init(_ node: Scan, output: [SQLType], run: Run) throws {
    self.run = run
    columns = node.columns
    self.output = output
    predicate = try node.predicate.map { scalar throws(Diagnostic) in try run.compile(predicate: scalar) }
    switch run.context.scope.visible {
    case .all: records = try run.context.store.auditEvents(tenant: run.context.scope.tenant)[...]
    case .none: records = []
    }
  }

  func next() throws -> Batch? {
    while !records.isEmpty {
      try run.check()
      let piece = records.prefix(Batch.capacity)
      records = records.dropFirst(piece.count)
      var built: [Column] = []
      for (ordinal, type) in zip(columns, output) {
        var builder = ColumnBuilder(type: type)
        for record in piece { try builder.append(AuditEventsSource.cell(ordinal, of: record)) }
        built.append(builder.finish())
      }
      var batch = Batch(columns: built, count: piece.count)
      if let predicate, let rows = try predicate.select(batch) { batch.selection = rows }
      if batch.selectedCount > 0 { return batch }
    }
    return nil
  }

  /// The cell of a column of `TableDefinition.auditEvents`, by its ordinal.
  private static func cell(_ ordinal: Int, of record: AuditRecord) throws(Diagnostic) -> Value {
    switch ordinal {
    case 0: .integer(Int64(truncatingIfNeeded: record.sequence))
    case 1: try Value(parsing: record.eventID, type: .uuid)
    case 2: .timestamptz(record.atMicroseconds)
    case 3: .text(record.tenant.hex)
    case 4: .text(record.actor.hex)
    case 5: .text(record.action)
    case 6: record.resource.map(Value.text) ?? .null
    case 7: .text(record.outcome)
    case 8: record.detail.map(Value.text) ?? .null
    case 9: .text(record.chainHash)
    case 10: .boolean(record.isChainVerified)
    default: throw Diagnostic(.undefinedColumn, "audit.events has no column \(ordinal)")
    }
  }
}
