import VSQLStorage

/// What one operator holds of the database's memory budget; given back when the operator goes.
final class OperatorMemory {
  /// Asked for at a time, as each asking takes a lock.
  private let stepBytes: Int
  private let budget: MemoryBudget
  private var reserved = 0

  /// What it may hold whatever the limit says.
  var minimumBytes: Int { budget.operatorMinimumBytes }

  init(_ budget: MemoryBudget) {
    self.budget = budget
    stepBytes = max(1, min(1 << 20, budget.operatorMinimumBytes))
  }

  deinit { budget.release(reserved) }

  /// Whether the operator may hold `bytes` altogether. False: it must put something out, or do without.
  func grow(to bytes: Int) -> Bool {
    guard bytes > reserved else { return true }
    let wanted = (bytes + stepBytes - 1) / stepBytes * stepBytes
    if !budget.reserve(wanted - reserved) {
      guard wanted <= minimumBytes else { return false }
      budget.reserveMinimum(wanted - reserved)
    }
    reserved = wanted
    return true
  }

  /// Counts `bytes` altogether, whatever the limit says: for what cannot be put out.
  func hold(_ bytes: Int) {
    guard !grow(to: bytes) else { return }
    budget.reserveMinimum(bytes - reserved)
    reserved = bytes
  }

  /// The operator holds `bytes` at most from now on.
  func shrink(to bytes: Int) {
    guard bytes < reserved else { return }
    budget.release(reserved - bytes)
    reserved = bytes
  }
}
