import VSQLDiagnostics
import VSQLSchema

/// count(*) and count(x): rows, or values that are not NULL.
final class CountAccumulator: Accumulator {
  private var counts: [Int64] = []

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    CountAccumulator.count(groups, groupCount, arguments.first?.validity, into: &counts)
  }

  /// The loop stands outside the object: one access to its state a batch, none a row.
  private static func count(
    _ groups: [Int32], _ groupCount: Int, _ validity: [Bool]?, into counts: inout [Int64]
  ) {
    counts.grow(to: groupCount, with: 0)
    if let validity {
      for row in groups.indices where validity[row] { counts[Int(groups[row])] &+= 1 }
    } else if groupCount == 1 {
      counts[0] &+= Int64(groups.count)
    } else {
      for group in groups { counts[Int(group)] &+= 1 }
    }
  }

  func finish(groupCount: Int) -> Column {
    counts.grow(to: groupCount, with: 0)
    return Column(type: .bigint, values: .int64s(counts), count: groupCount)
  }
}
