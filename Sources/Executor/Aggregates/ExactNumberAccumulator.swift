import VSQLDiagnostics
import VSQLSchema

/// sum and avg of INTEGER and DECIMAL: exact in 128 bits, whatever the order.
final class ExactNumberAccumulator: Accumulator {
  enum Result { case sum, average }

  private let result: Result
  private let type: SQLType
  private var sums: [Int128] = []
  private var counts: [Int64] = []
  /// By group: digits after the point of its sum, the most that one of its values has.
  private var scales: [UInt8] = []

  init(_ result: Result, type: SQLType) {
    self.result = result
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) throws(Diagnostic) {
    sums.grow(to: groupCount, with: 0)
    counts.grow(to: groupCount, with: 0)
    scales.grow(to: groupCount, with: 0)
    guard let argument = arguments.first else { return }
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

  private func add(_ value: Decimal, to group: Int) throws(Diagnostic) {
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
    guard !isOver, !over else { throw overflow }
    sums[group] = sum
    counts[group] &+= 1
  }

  private var overflow: Diagnostic {
    Diagnostic(.numericValueOutOfRange, "the sum has more than \(DecimalShape.maxPrecision) digits")
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    try update([], groupCount: groupCount, [])
    var values: [Decimal] = []
    values.reserveCapacity(groupCount)
    for group in 0..<groupCount {
      guard sums[group].magnitude <= Decimal.maxMagnitude else { throw overflow }
      let sum = Decimal(unscaled: sums[group], scale: scales[group])
      switch result {
      case .sum: values.append(sum)
      case .average:
        values.append(counts[group] == 0 ? sum : try Decimal.quotient(sum, Decimal(counts[group])))
      }
    }
    return .nullable(type, .decimals(values), counts.map { $0 > 0 })
  }
}
