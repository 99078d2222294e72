import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Functions of the statement's surroundings.
enum SessionFunctions {
  static func run(
    _ function: ScalarFunction, _ type: SQLType, _ environment: EvaluationEnvironment, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    switch function {
    case .now:
      let now = environment.nowMicroseconds
      return try Columns.constant(
        type == .timestamp ? .timestamp(now) : .timestamptz(now), type: type, count: rows.count)
    case .currentDate:
      let days = try CivilDate.checked(days: CivilTime(microseconds: environment.nowMicroseconds).days)
      return try Columns.constant(.date(days), type: type, count: rows.count)
    case .currentUser: return try Columns.constant(.text(environment.user), type: type, count: rows.count)
    case .version: return try Columns.constant(.text(environment.version), type: type, count: rows.count)
    case .genRandomUUID:
      var list = [UInt128](repeating: 0, count: rows.count)
      rows.forEach { list[$0] = version4(environment.randomBits()) }
      return Column(type: type, values: .uuids(list), count: rows.count)
    default: throw function.argumentFault([])
    }
  }

  /// RFC 9562: version 4 in the 13th digit, variant 10 in the 17th.
  private static func version4(_ bits: UInt128) -> UInt128 {
    let version = bits & ~(0xF << 76) | 0x4 << 76
    return version & ~(0x3 << 62) | 0x2 << 62
  }

  /// The name of the argument's type.
  static func typeOf(_ columns: [Column], _ rows: Rows) throws(Diagnostic) -> Column {
    guard let column = columns.first else { throw ScalarFunction.typeOf.argumentFault(columns) }
    return try Columns.constant(.text(column.type.description), type: .string, count: rows.count)
  }
}
