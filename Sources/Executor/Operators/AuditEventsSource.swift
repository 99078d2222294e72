import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// `audit.events`: the tenant's part of the audit chain, in chain order.
final class AuditEventsSource: BatchSource {
  /// Nil: nothing is visible.
  private var reader: AuditReader?
  /// What the reader gave last and is still to be handed on.
  private var records: ArraySlice<AuditRecord> = []
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
    case .all: reader = try run.context.store.auditReader(run.context.patience)
    case .none: reader = nil
    }
  }

  func next() throws -> Batch? {
    while true {
      try run.check()
      if records.isEmpty {
        guard let read = try reader?.next() else { return nil }
        records = read.filter { $0.tenant == run.context.scope.tenant }[...]
        continue
      }
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
