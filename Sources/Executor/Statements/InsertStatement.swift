import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// INSERT … VALUES.
enum InsertStatement {
  static func run(_ insert: BoundInsert, _ run: Run) throws -> StatementOutcome {
    try run.answer(insert.subqueries)
    for start in stride(from: 0, to: insert.rows.count, by: Batch.capacity) {
      try run.check()
      let rows = insert.rows[start..<min(start + Batch.capacity, insert.rows.count)]
      try run.context.transaction.insert(try batch(rows, of: insert.table, run), into: insert.table.id)
    }
    return .command(tag: "INSERT 0 \(insert.rows.count)", rowCount: insert.rows.count)
  }

  private static func batch(
    _ rows: ArraySlice<[Scalar]>, of table: TableDefinition, _ run: Run
  ) throws(Diagnostic) -> Batch {
    var builders = table.columns.map { ColumnBuilder(type: $0.type) }
    // Row by row, so that the error of the first faulty row is the one that is raised.
    for row in rows {
      for column in builders.indices {
        let value: Value
        if case .constant(let constant) = row[column].kind {
          value = constant
        } else if case .parameter(let index) = row[column].kind,
          run.context.parameters.indices.contains(index)
        {
          // It was cast to its type before execution.
          value = run.context.parameters[index]
        } else {
          value = try run.value(of: row[column])
        }
        try builders[column].append(value)
      }
    }
    return Batch(columns: builders.map { $0.finish() }, count: rows.count)
  }
}
