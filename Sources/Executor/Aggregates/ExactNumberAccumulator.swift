import VSQLDiagnostics
import VSQLSchema

/// sum and avg of INTEGER and DECIMAL: exact in 128 bits, whatever the order.
final class ExactNumberAccumulator: Accumulator {
  enum Result { case sum, average }

  private let result: Result
  private let type: SQLType
  private var sums = ExactSums()

  init(_ result: Result, type: SQLType) {
    self.result = result
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) throws(Diagnostic) {
    sums.grow(to: groupCount)
    if let argument = arguments.first { try sums.add(groups, argument) }
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    sums.grow(to: groupCount)
    var values: [Decimal] = []
    values.reserveCapacity(groupCount)
    for group in 0..<groupCount {
      let sum = try sums.value(of: group)
      switch result {
      case .sum: values.append(sum)
      case .average:
        let count = sums.counts[group]
        values.append(count == 0 ? sum : try Decimal.quotient(sum, Decimal(count)))
      }
    }
    return .nullable(type, .decimals(values), sums.counts.map { $0 > 0 })
  }
}

/// The sum of each group. A struct, so that one call a batch accesses it, and none a row.
private struct ExactSums {
  private var sums: [Int128] = []
  private(set) var counts: [Int64] = []
  /// By group: digits after the point of its sum, the most that one of its values has.
  private var scales: [UInt8] = []

  mutating func grow(to groupCount: Int) {
    sums.grow(to: groupCount, with: 0)
    counts.grow(to: groupCount, with: 0)
    scales.grow(to: groupCount, with: 0)
  }

  mutating func add(_ groups: [Int32], _ argument: Column) throws(Diagnostic) {
    let validity = argument.validity
    switch argument.values {
    case .int64s(let list):
      for row in groups.indices {
        if let validity, !validity[row] { continue }
        let group = Int(groups[row])
        // 2^63 rows of 2^63 stay below 2^127.
        sums[group] &+= Int128(list[row])
        counts[group] &+= 1
      }
    case .decimals(let list):
      for row in groups.indices {
        if let validity, !validity[row] { continue }
        try add(list[row], to: Int(groups[row]))
      }
    case .booleans, .int32s, .doubles, .uuids, .texts, .vectors:
      throw Diagnostic(.datatypeMismatch, "sum and avg take numbers")
    }
  }

  private mutating func add(_ value: Decimal, to group: Int) throws(Diagnostic) {
    var number = value.unscaled
    var isOver = false
    while scales[group] < value.scale {
      let (product, over) = sums[group].multipliedReportingOverflow(by: 10)
      sums[group] = product
      isOver = isOver || over
      scales[group] += 1
    }
    var scale = value.scale
    while scale < scales[group] {
      let (product, over) = number.multipliedReportingOverflow(by: 10)
      number = product
      isOver = isOver || over
      scale += 1
    }
    let (sum, over) = sums[group].addingReportingOverflow(number)
    guard !isOver, !over else { throw ExactSums.overflow }
    sums[group] = sum
    counts[group] &+= 1
  }

  func value(of group: Int) throws(Diagnostic) -> Decimal {
    guard sums[group].magnitude <= Decimal.maxMagnitude else { throw ExactSums.overflow }
    return Decimal(unscaled: sums[group], scale: scales[group])
  }

  private static var overflow: Diagnostic {
    Diagnostic(.numericValueOutOfRange, "the sum has more than \(DecimalShape.maxPrecision) digits")
  }
}
