import VSQLSchema

/// A running operator. One call a batch.
///
/// A batch may carry a selection; it has at least one selected row and never more than `Batch.capacity` rows.
protocol BatchSource: AnyObject {
  /// The next rows; nil when there are no more.
  func next() throws -> Batch?
}

/// Rows that are there already.
final class BatchList: BatchSource {
  private var rest: ArraySlice<Batch>

  init(_ batches: [Batch]) { rest = batches[...] }

  func next() -> Batch? { rest.popFirst() }
}
