import VSQLDiagnostics
import VSQLSchema

/// bool_and and bool_or; NULLs are passed over.
final class TruthAccumulator: Accumulator {
  private let isAnd: Bool
  private var values: [Bool] = []
  private var isThere: [Bool] = []

  init(isAnd: Bool) { self.isAnd = isAnd }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    values.grow(to: groupCount, with: isAnd)
    isThere.grow(to: groupCount, with: false)
    guard let argument = arguments.first, case .booleans(let list) = argument.values else { return }
    let validity = argument.validity
    for row in groups.indices {
      if let validity, !validity[row] { continue }
      let group = Int(groups[row])
      isThere[group] = true
      if list[row] != isAnd { values[group] = !isAnd }
    }
  }

  func finish(groupCount: Int) -> Column {
    update([], groupCount: groupCount, [])
    return .nullable(.boolean, .booleans(values), isThere)
  }
}
