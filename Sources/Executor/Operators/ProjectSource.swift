import VSQLSchema

/// A column for each scalar; rows, their order and their ids stay.
final class ProjectSource: BatchSource {
  private let input: any BatchSource
  private let scalars: [CompiledScalar]

  init(_ input: any BatchSource, _ scalars: [CompiledScalar]) {
    self.input = input
    self.scalars = scalars
  }

  func next() throws -> Batch? {
    guard let batch = try input.next() else { return nil }
    var columns: [Column] = []
    columns.reserveCapacity(scalars.count)
    for scalar in scalars { columns.append(try scalar.evaluate(batch)) }
    return Batch(columns: columns, count: batch.count, selection: batch.selection, rowIDs: batch.rowIDs)
  }
}
