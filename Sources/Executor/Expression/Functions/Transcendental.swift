import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// sqrt, power, exp, ln and log10, over DOUBLE.
enum Transcendental {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let first = columns.first, case .doubles = first.values else {
      throw function.argumentFault(columns)
    }
    let lane = try first.doubleLane
    let (extent, validity) = (strict.extent, strict.validity)
    let values: [Double]
    switch function {
    case .sqrt:
      if extent.containsSelected(validity, where: { lane[$0] < 0 }) {
        throw Diagnostic(.invalidArgumentForPower, "cannot take square root of a negative number")
      }
      values = Loops.map(lane, extent.count) { $0.squareRoot() }
    case .exp:
      values = try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
        try checked(exp(lane[row]), isExact: lane[row].isInfinite)
      }
    case .ln, .log10:
      values = try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
        let value = lane[row]
        if value <= 0 {
          throw Diagnostic(
            .invalidArgumentForLogarithm,
            "cannot take logarithm of \(value == 0 ? "zero" : "a negative number")")
        }
        return function == .ln ? log(value) : log10(value)
      }
    case .power:
      guard columns.count == 2 else { throw function.argumentFault(columns) }
      let exponents = try columns[1].doubleLane
      values = try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
        try power(lane[row], exponents[row])
      }
    default: throw function.argumentFault(columns)
    }
    return strict.column(type, .doubles(values))
  }

  private static func power(_ base: Double, _ exponent: Double) throws(Diagnostic) -> Double {
    if base == 0, exponent < 0 {
      throw Diagnostic(.invalidArgumentForPower, "zero raised to a negative power is undefined")
    }
    if base < 0, exponent.isFinite, exponent.rounded(.towardZero) != exponent {
      throw Diagnostic(
        .invalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
    }
    return try checked(
      pow(base, exponent),
      isExact: base == 0 || base.isInfinite || exponent.isInfinite || base.isNaN || exponent.isNaN)
  }

  /// - Throws: 22003 for infinity or zero, unless `isExact`.
  private static func checked(_ value: Double, isExact: Bool) throws(Diagnostic) -> Double {
    if !isExact, value.isInfinite || value == 0 {
      throw Diagnostic(.numericValueOutOfRange, "a number is out of range for type DOUBLE")
    }
    return value
  }
}
