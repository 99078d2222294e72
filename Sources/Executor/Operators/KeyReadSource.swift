import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// The row of a stored table that has a key: one probe, one cell, and what of the predicate the key does not say.
final class KeyReadSource: BatchSource {
  private let scan: Scan
  private let read: Scan.KeyRead
  private let index: IndexDefinition
  private let run: Run
  private var isDone = false
  private(set) var tally = KeyReadTally()

  init(_ scan: Scan, _ read: Scan.KeyRead, _ index: IndexDefinition, run: Run) {
    self.scan = scan
    self.read = read
    self.index = index
    self.run = run
  }

  func next() throws -> Batch? {
    if isDone { return nil }
    isDone = true
    try run.check()
    guard let key = try key() else { return nil }
    let found = try run.context.transaction.row(
      of: scan.table, key: key, in: index, columns: scan.columns, scope: run.context.scope, &tally)
    guard var batch = found, let residual = read.residual else { return found }
    if let rows = try run.compile(predicate: residual).select(batch) { batch.selection = rows }
    return batch.selectedCount > 0 ? batch : nil
  }

  /// Nil: one of its values is NULL, which equals nothing.
  private func key() throws(Diagnostic) -> [UInt8]? {
    var key: [UInt8] = []
    for value in read.values {
      guard let part = VSQLStorage.KeyEncoder.key(of: try run.value(of: value)) else { return nil }
      if key.isEmpty { key = part } else { key += part }
    }
    return key
  }
}
