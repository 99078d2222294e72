import VSQLSchema

/// The first rows of its input, after some that are passed over. Asks for no batch that it does not need.
final class LimitSource: BatchSource {
  private let input: any BatchSource
  private var toSkip: Int
  /// Nil: no limit.
  private var left: Int?

  init(_ input: any BatchSource, count: Int?, offset: Int) {
    self.input = input
    left = count
    toSkip = offset
  }

  func next() throws -> Batch? {
    while left != 0, let batch = try input.next() {
      let rows = batch.selectedCount
      if toSkip >= rows {
        toSkip -= rows
        continue
      }
      let cut = batch.cut(offset: toSkip, limit: left ?? rows)
      toSkip = 0
      if let left { self.left = left - cut.selectedCount }
      return cut
    }
    return nil
  }
}
