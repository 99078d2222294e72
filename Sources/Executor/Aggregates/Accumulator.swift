import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// One aggregate of one statement: a state for each group. One call a batch.
protocol Accumulator: AnyObject {
  /// Takes rows in: row i goes to group `groups[i]`; `arguments` are flat, of as many rows.
  ///
  /// - Parameter groupCount: groups so far, these rows' included.
  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) throws(Diagnostic)
  /// The answer of each of `groupCount` groups.
  func finish(groupCount: Int) throws(Diagnostic) -> Column
}

enum Accumulators {
  /// The accumulator for `call`, whose argument has the physical kind that the binder settled.
  static func make(for call: AggregateCall) throws(Diagnostic) -> any Accumulator {
    let argument = call.arguments.first?.type ?? .bigint
    switch call.function {
    case .count: return CountAccumulator()
    case .sum:
      return argument == .double ? DoubleSumAccumulator(.sum) : ExactNumberAccumulator(.sum, type: call.type)
    case .avg:
      return argument == .double
        ? DoubleSumAccumulator(.average) : ExactNumberAccumulator(.average, type: call.type)
    case .min: return try ExtremeAccumulators.make(wantsGreatest: false, type: call.type)
    case .max: return try ExtremeAccumulators.make(wantsGreatest: true, type: call.type)
    case .boolAnd: return TruthAccumulator(isAnd: true)
    case .boolOr: return TruthAccumulator(isAnd: false)
    case .stringAgg: return StringAccumulator(type: call.type)
    case .varSamp: return MomentAccumulator(isSample: true, isRoot: false)
    case .varPop: return MomentAccumulator(isSample: false, isRoot: false)
    case .stddevSamp: return MomentAccumulator(isSample: true, isRoot: true)
    case .stddevPop: return MomentAccumulator(isSample: false, isRoot: true)
    }
  }
}

extension Array {
  /// Makes the array `count` long, new places holding `value`.
  @inline(__always)
  mutating func grow(to count: Int, with value: @autoclosure () -> Element) {
    while self.count < count { append(value()) }
  }
}

extension Column {
  /// A column whose rows are NULL where `isThere` is false.
  static func nullable(_ type: SQLType, _ values: ColumnValues, _ isThere: [Bool]) -> Column {
    Column(
      type: type, values: values, validity: isThere.contains(false) ? isThere : nil, count: isThere.count)
  }
}
