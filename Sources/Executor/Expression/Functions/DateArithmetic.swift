import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// DATE ± INTEGER days, and DATE − DATE in days.
enum DateArithmetic {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let dates = try columns[0].int32Lane
    if function == .dateDifference {
      let others = try columns[1].int32Lane
      return strict.column(
        type, .int64s(Loops.map(dates, others, strict.extent.count) { Int64($0) - Int64($1) }))
    }
    let days = try columns[1].int64Lane
    let isAddition = function == .dateAddDays
    let values = try Loops.mapSelected(strict.extent, strict.validity, fill: 0) {
      row throws(Diagnostic) -> Int32 in
      let (sum, isOver) =
        isAddition
        ? Int64(dates[row]).addingReportingOverflow(days[row])
        : Int64(dates[row]).subtractingReportingOverflow(days[row])
      return try CivilDate.checked(days: isOver ? .max : sum)
    }
    return strict.column(type, .int32s(values))
  }
}
