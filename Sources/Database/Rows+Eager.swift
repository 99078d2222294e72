/// Rows are a `Sequence` and an `AsyncSequence`, which both have these: here they are the `Sequence`'s, so that a call inside an
/// asynchronous function is not ambiguous. The rows are there already: nothing is gained by waiting.
extension Rows {
  /// The first row; nil where there is none.
  public var first: Row? {
    var iterator = makeIterator()
    return iterator.next()
  }

  /// What `transform` makes of each row.
  public func map<Element, Failure: Error>(
    _ transform: (Row) throws(Failure) -> Element
  ) throws(Failure) -> [Element] {
    var made: [Element] = []
    made.reserveCapacity(count)
    for row in self { made.append(try transform(row)) }
    return made
  }

  /// What `transform` makes of each row, without the nils.
  public func compactMap<Element>(_ transform: (Row) throws -> Element?) rethrows -> [Element] {
    var made: [Element] = []
    for row in self { if let element = try transform(row) { made.append(element) } }
    return made
  }

  /// The rows of which `isIncluded` is true.
  public func filter(_ isIncluded: (Row) throws -> Bool) rethrows -> [Row] {
    var kept: [Row] = []
    for row in self where try isIncluded(row) { kept.append(row) }
    return kept
  }

  /// The first row of which `predicate` is true.
  public func first(where predicate: (Row) throws -> Bool) rethrows -> Row? {
    for row in self where try predicate(row) { return row }
    return nil
  }

  /// Whether `predicate` is true of any row.
  public func contains(where predicate: (Row) throws -> Bool) rethrows -> Bool {
    try first(where: predicate) != nil
  }

  /// The rows combined one after the other.
  public func reduce<Answer>(
    _ initial: Answer, _ combine: (Answer, Row) throws -> Answer
  ) rethrows -> Answer {
    var answer = initial
    for row in self { answer = try combine(answer, row) }
    return answer
  }
}
