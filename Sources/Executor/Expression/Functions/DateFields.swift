import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// extract and date_trunc over DATE, TIMESTAMP and TIMESTAMPTZ, in UTC.
enum DateFields {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let fields = try columns[0].textLane
    let source = columns[1].type
    let microseconds = try self.microseconds(columns[1])
    let days: Lane<Int32>? = source == .date ? try columns[1].int32Lane : nil
    var last: (text: ArraySlice<UInt8>, field: DateField)?
    func field(_ row: Int) throws(Diagnostic) -> DateField {
      let text = fields.list.bytes[fields.range(row)]
      if let last, last.text == text { return last.field }
      let field = try DateField(text, of: source)
      last = (text, field)
      return field
    }
    if function == .dateTrunc {
      let values = try Loops.mapSelected(strict.extent, strict.validity, fill: 0) { row throws(Diagnostic) in
        try field(row).truncated(try start(row, microseconds, days), of: source)
      }
      return strict.column(type, .int64s(values))
    }
    let zero = Decimal(unscaled: 0, scale: 0)
    let values = try Loops.mapSelected(strict.extent, strict.validity, fill: zero) { row throws(Diagnostic) in
      let field = try field(row)
      if let days { return try field.extracted(date: Int64(days[row])) }
      return try field.extracted(microseconds: try start(row, microseconds, nil), of: source)
    }
    return strict.column(type, .decimals(values))
  }

  private static func microseconds(_ column: Column) throws(Diagnostic) -> Lane<Int64>? {
    if case .int32s = column.values { return nil }
    return try column.int64Lane
  }

  private static func start(
    _ row: Int, _ microseconds: Lane<Int64>?, _ days: Lane<Int32>?
  ) throws(Diagnostic) -> Int64 {
    if let microseconds { return microseconds[row] }
    return try CivilDate.microseconds(ofDay: days?[row] ?? 0)
  }
}
