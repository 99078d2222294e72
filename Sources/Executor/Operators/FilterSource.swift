import VSQLSchema

/// The rows for which a predicate is TRUE. No data moves until few of a batch's rows are left.
final class FilterSource: BatchSource {
  private let input: any BatchSource
  private let predicate: CompiledPredicate

  init(_ input: any BatchSource, _ predicate: CompiledPredicate) {
    self.input = input
    self.predicate = predicate
  }

  func next() throws -> Batch? {
    while var batch = try input.next() {
      if let rows = try predicate.select(batch) { batch.selection = rows }
      if batch.selectedCount > 0 { return batch }
    }
    return nil
  }
}
