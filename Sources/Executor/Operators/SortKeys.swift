import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// The keys of an ORDER BY, ready to be taken of batches.
struct SortKeys {
  private let scalars: [CompiledScalar]
  private let encoder: KeyEncoder

  init(_ keys: [SortKey], run: Run) throws(Diagnostic) {
    var scalars: [CompiledScalar] = []
    for key in keys { scalars.append(try run.compile(key.scalar)) }
    self.scalars = scalars
    encoder = KeyEncoder(
      keys.map { KeyEncoder.Part(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) })
  }

  /// The keys of the selected rows of `batch`.
  func keys(of batch: Batch) throws(Diagnostic) -> EncodedKeys {
    var columns: [Column] = []
    for scalar in scalars { columns.append(try scalar.evaluate(batch)) }
    return try encoder.encode(columns, count: batch.count, selection: batch.selection)
  }
}
