import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// INSERT … VALUES.
enum InsertStatement {
  static func run(_ insert: BoundInsert, _ run: Run) throws -> StatementOutcome {
    try run.answer(insert.subqueries)
    if insert.rows.count <= fewRows {
      for row in insert.rows {
        try run.context.transaction.insert(try values(row, run), into: insert.table.id)
      }
      return .command(tag: "INSERT 0 \(insert.rows.count)", rowCount: insert.rows.count)
    }
    for start in stride(from: 0, to: insert.rows.count, by: Batch.capacity) {
      try run.check()
      let rows = insert.rows[start..<min(start + Batch.capacity, insert.rows.count)]
      try run.context.transaction.insert(try batch(rows, of: insert.table, run), into: insert.table.id)
    }
    return .command(tag: "INSERT 0 \(insert.rows.count)", rowCount: insert.rows.count)
  }

  /// The row that the parameters are, which have its columns' types.
  static func runParameters(_ insert: BoundInsert, in context: ExecutionContext) throws -> StatementOutcome {
    try context.transaction.insert(context.parameters, into: insert.table.id)
    return .command(tag: "INSERT 0 1", rowCount: 1)
  }

  /// Below, columns of their own would cost more than the rows.
  private static let fewRows = 16

  private static func values(_ row: [Scalar], _ run: Run) throws(Diagnostic) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(row.count)
    for scalar in row { values.append(try run.value(of: scalar)) }
    return values
  }

  private static func batch(
    _ rows: ArraySlice<[Scalar]>, of table: TableDefinition, _ run: Run
  ) throws(Diagnostic) -> Batch {
    var builders = table.columns.map { ColumnBuilder(type: $0.type) }
    // Row by row, so that the error of the first faulty row is the one that is raised.
    for row in rows {
      for column in builders.indices {
        try builders[column].append(try run.value(of: row[column]))
      }
    }
    return Batch(columns: builders.map { $0.finish() }, count: rows.count)
  }
}
