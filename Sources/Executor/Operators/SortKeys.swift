import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// The keys of an ORDER BY, ready to be taken of batches.
struct SortKeys {
  private let scalars: [CompiledScalar]
  private let parts: [RowKeys.Part]

  init(_ keys: [SortKey], run: Run) throws(Diagnostic) {
    var scalars: [CompiledScalar] = []
    for key in keys { scalars.append(try run.compile(key.scalar)) }
    self.scalars = scalars
    parts = keys.map { RowKeys.Part(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) }
  }

  /// Appends the keys of the rows of `batch`, which has no selection.
  func append(_ batch: Batch, to keys: inout RowKeys) throws(Diagnostic) {
    var columns: [Column] = []
    for scalar in scalars { columns.append(try Gather.flat(try scalar.evaluate(batch), count: batch.count)) }
    keys.append(columns, parts: parts, count: batch.count)
  }
}
