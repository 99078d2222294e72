import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// greatest, least and nullif: functions that look at NULL themselves.
enum Choice {
  /// The largest or smallest argument that is not NULL.
  static func extreme(
    _ columns: [Column], _ type: SQLType, isGreatest: Bool, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    guard var best = columns.first else { throw ScalarFunction.greatest.argumentFault(columns) }
    for column in columns.dropFirst() {
      let replaces = try Comparing.column(isGreatest ? .greater : .less, column, best, rows)
      let lane = try replaces.booleanLane
      var choice = [Int16](repeating: 0, count: rows.count)
      rows.forEach { row in
        if best.isNull(row) || (!replaces.isNull(row) && lane[row]) { choice[row] = 1 }
      }
      best = try Columns.interleave([best, column], choice: choice, type: type, extent: rows)
    }
    return best.typed(type)
  }

  /// The first argument, NULL where it equals the second.
  static func nullIf(_ columns: [Column], _ type: SQLType, _ rows: Rows) throws(Diagnostic) -> Column {
    let equal = try Comparing.column(.equal, columns[0], columns[1], rows)
    let lane = try equal.booleanLane
    let column = Columns.flattened(columns[0])
    var validity = column.validity ?? Array(repeating: true, count: rows.count)
    rows.forEach { row in
      if !equal.isNull(row), lane[row] { validity[row] = false }
    }
    var result = column.typed(type)
    result.validity = validity
    return result
  }
}
