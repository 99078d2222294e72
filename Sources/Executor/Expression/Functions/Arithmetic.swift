import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// + − × ÷ % and the sign, over INTEGER, DOUBLE, DECIMAL and vectors.
///
/// Integers run through without a branch and note whether any row went wrong; then a second pass looks whether a row asked for did.
enum Arithmetic {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let (a, b) = (columns[0], columns[1])
    switch a.values {
    case .int64s: return try integers(function, try a.int64Lane, try b.int64Lane, type, strict, columns)
    case .doubles: return try doubles(function, try a.doubleLane, try b.doubleLane, type, strict, columns)
    case .decimals: return try decimals(function, try a.decimalLane, try b.decimalLane, type, strict, columns)
    case .vectors: return try VectorArithmetic.run(function, columns, type, strict)
    case .booleans, .int32s, .uuids, .texts: throw function.argumentFault(columns)
    }
  }

  static var divisionByZero: Diagnostic { Diagnostic(.divisionByZero, "division by zero") }

  private static func integers(
    _ function: ScalarFunction, _ a: Lane<Int64>, _ b: Lane<Int64>, _ type: SQLType,
    _ strict: StrictArguments,
    _ columns: [Column]
  ) throws(Diagnostic) -> Column {
    let bounds: ClosedRange<Int64>
    if case .integer(let range) = type { bounds = range.bounds } else { bounds = IntegerRange.bits64.bounds }
    let overflow =
      type == .integer(.bits16) || type == .integer(.bits32)
      ? Diagnostic(.numericValueOutOfRange, "a number is out of range for type \(type)")
      : IntegerRange.bits64.outOfRange
    switch function {
    case .add:
      return try checked(a, b, type, strict, overflow) { x, y in
        let (value, isOver) = x.addingReportingOverflow(y)
        return (value, isOver || !bounds.contains(value))
      }
    case .subtract:
      return try checked(a, b, type, strict, overflow) { x, y in
        let (value, isOver) = x.subtractingReportingOverflow(y)
        return (value, isOver || !bounds.contains(value))
      }
    case .multiply:
      return try checked(a, b, type, strict, overflow) { x, y in
        let (value, isOver) = x.multipliedReportingOverflow(by: y)
        return (value, isOver || !bounds.contains(value))
      }
    case .divide:
      try refuseZero(b, strict)
      return try checked(a, b, type, strict, overflow) { x, y in
        let (value, isOver) = x.dividedReportingOverflow(by: y == 0 ? 1 : y)
        return (value, isOver || !bounds.contains(value))
      }
    case .modulo, .mod:
      try refuseZero(b, strict)
      // −2⁶³ % −1 is 0; the division behind it would overflow.
      let values = Loops.map(a, b, strict.extent.count) { x, y in y == 0 || y == -1 ? 0 : x % y }
      return strict.column(type, .int64s(values))
    default: throw function.argumentFault(columns)
    }
  }

  private static func refuseZero(_ b: Lane<Int64>, _ strict: StrictArguments) throws(Diagnostic) {
    if b.isConstant, let first = b.values.first, first != 0 { return }
    if strict.extent.containsSelected(strict.validity, where: { b[$0] == 0 }) { throw divisionByZero }
  }

  @inline(__always)
  private static func checked(
    _ a: Lane<Int64>, _ b: Lane<Int64>, _ type: SQLType, _ strict: StrictArguments, _ overflow: Diagnostic,
    _ body: (Int64, Int64) -> (Int64, Bool)
  ) throws(Diagnostic) -> Column {
    let (values, hasFailed) = Loops.mapChecked(a, b, strict.extent.count, body)
    if hasFailed, strict.extent.containsSelected(strict.validity, where: { body(a[$0], b[$0]).1 }) {
      throw overflow
    }
    return strict.column(type, .int64s(values))
  }

  private static func doubles(
    _ function: ScalarFunction, _ a: Lane<Double>, _ b: Lane<Double>, _ type: SQLType,
    _ strict: StrictArguments,
    _ columns: [Column]
  ) throws(Diagnostic) -> Column {
    switch function {
    case .add: return try finite(a, b, type, strict, underflow: { _, _ in false }) { $0 + $1 }
    case .subtract: return try finite(a, b, type, strict, underflow: { _, _ in false }) { $0 - $1 }
    case .multiply: return try finite(a, b, type, strict, underflow: { $0 != 0 && $1 != 0 }) { $0 * $1 }
    case .divide:
      if strict.extent.containsSelected(strict.validity, where: { b[$0] == 0 && !a[$0].isNaN }) {
        throw divisionByZero
      }
      return try finite(a, b, type, strict, underflow: { x, y in x != 0 && !y.isInfinite }) { $0 / $1 }
    case .modulo, .mod:
      if strict.extent.containsSelected(strict.validity, where: { b[$0] == 0 }) { throw divisionByZero }
      return strict.column(
        type, .doubles(Loops.map(a, b, strict.extent.count) { $0.truncatingRemainder(dividingBy: $1) }))
    default: throw function.argumentFault(columns)
    }
  }

  /// Infinity out of finite numbers is an overflow, zero out of numbers that are not (where `underflow` says so) an underflow.
  @inline(__always)
  private static func finite(
    _ a: Lane<Double>, _ b: Lane<Double>, _ type: SQLType, _ strict: StrictArguments,
    underflow: (Double, Double) -> Bool, _ body: (Double, Double) -> Double
  ) throws(Diagnostic) -> Column {
    let (values, isSuspect) = Loops.mapChecked(a, b, strict.extent.count) { x, y in
      let value = body(x, y)
      return (value, value == 0 || !value.isFinite)
    }
    if isSuspect {
      let hasFailed = strict.extent.containsSelected(strict.validity) { row in
        let value = values[row]
        if value.isInfinite { return a[row].isFinite && b[row].isFinite }
        return value == 0 && underflow(a[row], b[row])
      }
      if hasFailed { throw Diagnostic(.numericValueOutOfRange, "a number is out of range for type DOUBLE") }
    }
    return strict.column(type, .doubles(values))
  }

  private static func decimals(
    _ function: ScalarFunction, _ a: Lane<Decimal>, _ b: Lane<Decimal>, _ type: SQLType,
    _ strict: StrictArguments,
    _ columns: [Column]
  ) throws(Diagnostic) -> Column {
    let operation: (Decimal, Decimal) throws(Diagnostic) -> Decimal
    switch function {
    case .add: operation = Decimal.sum
    case .subtract: operation = Decimal.difference
    case .multiply: operation = Decimal.product
    case .divide: operation = Decimal.quotient
    case .modulo, .mod: operation = Decimal.remainder
    default: throw function.argumentFault(columns)
    }
    let zero = Decimal(unscaled: 0, scale: 0)
    let values = try Loops.mapSelected(strict.extent, strict.validity, fill: zero) { row throws(Diagnostic) in
      try operation(a[row], b[row])
    }
    return strict.column(type, .decimals(values))
  }

  static func negate(_ column: Column, _ type: SQLType, _ strict: StrictArguments) throws(Diagnostic)
    -> Column
  {
    let count = strict.extent.count
    switch column.values {
    case .int64s(let list):
      return try checked(
        Lane([0], isConstant: true), Lane(list, isConstant: column.isConstant), type, strict,
        IntegerRange.bits64.outOfRange
      ) { x, y in x.subtractingReportingOverflow(y) }
    case .doubles: return strict.column(type, .doubles(Loops.map(try column.doubleLane, count) { -$0 }))
    case .decimals:
      return strict.column(type, .decimals(Loops.map(try column.decimalLane, count) { $0.negated }))
    case .vectors: return try VectorArithmetic.negate(column, type, strict)
    case .booleans, .int32s, .uuids, .texts: throw ScalarFunction.negate.argumentFault([column])
    }
  }

  /// abs and sign.
  static func magnitude(
    _ function: ScalarFunction, _ column: Column, _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let count = strict.extent.count
    let isAbs = function == .abs
    switch column.values {
    case .int64s:
      let lane = try column.int64Lane
      if !isAbs { return strict.column(type, .int64s(Loops.map(lane, count) { $0.signum() })) }
      if strict.extent.containsSelected(strict.validity, where: { lane[$0] == .min }) {
        throw IntegerRange.bits64.outOfRange
      }
      return strict.column(type, .int64s(Loops.map(lane, count) { $0 < 0 ? 0 &- $0 : $0 }))
    case .doubles:
      let lane = try column.doubleLane
      if isAbs { return strict.column(type, .doubles(Loops.map(lane, count) { $0.magnitude })) }
      return strict.column(type, .doubles(Loops.map(lane, count) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }))
    case .decimals:
      let lane = try column.decimalLane
      if isAbs {
        return strict.column(type, .decimals(Loops.map(lane, count) { $0.unscaled < 0 ? $0.negated : $0 }))
      }
      return strict.column(
        type, .decimals(Loops.map(lane, count) { Decimal(unscaled: $0.unscaled.signum(), scale: 0) }))
    case .booleans, .int32s, .uuids, .texts, .vectors: throw function.argumentFault([column])
    }
  }
}
