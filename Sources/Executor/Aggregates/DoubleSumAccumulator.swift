import VSQLDiagnostics
import VSQLSchema

/// sum and avg of DOUBLE: the exact sum, rounded once, so the same for every order of rows.
final class DoubleSumAccumulator: Accumulator {
  enum Result { case sum, average }

  private let result: Result
  private var sums: [ExactSum] = []
  private var counts: [Int64] = []

  init(_ result: Result) { self.result = result }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    DoubleSumAccumulator.add(groups, groupCount, arguments.first, to: &sums, &counts)
  }

  /// The loop stands outside the object: one access to its state a batch, none a row.
  private static func add(
    _ groups: [Int32], _ groupCount: Int, _ argument: Column?, to sums: inout [ExactSum],
    _ counts: inout [Int64]
  ) {
    sums.grow(to: groupCount, with: ExactSum())
    counts.grow(to: groupCount, with: 0)
    guard let argument, case .doubles(let list) = argument.values else { return }
    let validity = argument.validity
    for row in groups.indices {
      if let validity, !validity[row] { continue }
      let group = Int(groups[row])
      sums[group].add(list[row])
      counts[group] &+= 1
    }
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    update([], groupCount: groupCount, [])
    var values: [Double] = []
    values.reserveCapacity(groupCount)
    for group in 0..<groupCount {
      let sum = sums[group].rounded
      guard sum.isFinite || sums[group].isSpecial else {
        throw Diagnostic(.numericValueOutOfRange, "the sum is out of range for DOUBLE")
      }
      switch result {
      case .sum: values.append(sum)
      case .average: values.append(counts[group] == 0 ? 0 : sum / Double(counts[group]))
      }
    }
    return .nullable(.double, .doubles(values), counts.map { $0 > 0 })
  }
}
