import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// ceil, floor, round, trunc, and round to a number of digits. DOUBLE rounds to even, DECIMAL half away from zero.
enum RoundingFunctions {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let column = columns.first, columns.count <= 2 else { throw function.argumentFault(columns) }
    let digits = columns.count == 2 ? try columns[1].int64Lane : nil
    switch column.values {
    case .int64s:
      guard let digits else { return column.typed(type) }
      return try integers(function, try column.int64Lane, digits, type, strict)
    case .doubles:
      let lane = try column.doubleLane
      if let digits { return try doubles(function, lane, digits, type, strict) }
      let rule = function.doubleRounding
      return strict.column(type, .doubles(Loops.map(lane, strict.extent.count) { $0.rounded(rule) }))
    case .decimals:
      let lane = try column.decimalLane
      let rule = function.decimalRounding
      let zero = Decimal(unscaled: 0, scale: 0)
      let values = try Loops.mapSelected(strict.extent, strict.validity, fill: zero) {
        row throws(Diagnostic) in
        try lane[row].rounded(to: max(-39, min(digits.map { Int(clamping: $0[row]) } ?? 0, 39)), rule)
      }
      return strict.column(type, .decimals(values))
    case .booleans, .int32s, .uuids, .texts, .vectors: throw function.argumentFault(columns)
    }
  }

  private static func integers(
    _ function: ScalarFunction, _ lane: Lane<Int64>, _ digits: Lane<Int64>, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let rule = function.decimalRounding
    let values = try Loops.mapSelected(strict.extent, strict.validity, fill: 0) {
      row throws(Diagnostic) -> Int64 in
      let scale = Int(clamping: digits[row])
      if scale >= 0 { return lane[row] }
      return try NumberConversion.integer(try Decimal(lane[row]).rounded(to: max(scale, -39), rule))
    }
    return strict.column(type, .int64s(values))
  }

  /// By way of the number's shortest digits, so that 2.675 rounds as it reads.
  private static func doubles(
    _ function: ScalarFunction, _ lane: Lane<Double>, _ digits: Lane<Int64>, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let rule = function.decimalRounding
    let values = try Loops.mapSelected(strict.extent, strict.validity, fill: 0) {
      row throws(Diagnostic) -> Double in
      let value = lane[row]
      let scale = Int(clamping: digits[row])
      // From 2⁵³ on, and past what a DECIMAL reaches, there is no fraction to round, or nothing left of the number.
      guard value.isFinite, value.magnitude < 9_007_199_254_740_992, scale < 20 else { return value }
      if value.magnitude < 1e-20 { return 0 }
      return NumberConversion.double(try NumberConversion.decimal(value).rounded(to: max(scale, -39), rule))
    }
    return strict.column(type, .doubles(values))
  }
}

extension ScalarFunction {
  fileprivate var doubleRounding: FloatingPointRoundingRule {
    switch self {
    case .ceil: .up
    case .floor: .down
    case .trunc: .towardZero
    default: .toNearestOrEven
    }
  }

  fileprivate var decimalRounding: Decimal.Rounding {
    switch self {
    case .ceil: .up
    case .floor: .down
    case .trunc: .towardZero
    default: .halfAway
    }
  }
}
