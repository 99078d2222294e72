import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// `||` and concat.
enum TextJoining {
  static func concatenate(
    _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let (a, b) = (try columns[0].textLane, try columns[1].textLane)
    let (x, y) = (a.list.bytes.span, b.list.bytes.span)
    return try strict.texts(type) { row, out throws(Diagnostic) in
      out.append(bytes: x.extracting(a.range(row)))
      out.append(bytes: y.extracting(b.range(row)))
    }
  }

  /// NULL counts as an empty text.
  static func concat(_ columns: [Column], _ rows: Rows) throws(Diagnostic) -> Column {
    let extent = Extent(columns, rows: rows)
    var builder = TextBuilder(rows: extent.count)
    var lanes: [TextLane] = []
    for column in columns { lanes.append(try column.textLane) }
    try extent.forEachSelected(nil) { row throws(Diagnostic) in
      for (column, lane) in zip(columns, lanes) where !column.isNull(row) {
        builder.bytes.append(contentsOf: lane.list.bytes[lane.range(row)])
      }
      try builder.end(row: row)
    }
    return extent.column(.string, builder.finish(rows: extent.count))
  }
}
