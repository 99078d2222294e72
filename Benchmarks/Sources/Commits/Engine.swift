/// What both databases can do: run a statement with integers for `$1`, `$2`, …; every value of every row is looked at.
protocol Engine: AnyObject {
  /// - Returns: rows answered.
  func run(_ sql: String, _ parameters: [Int]) throws -> Int
}

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
