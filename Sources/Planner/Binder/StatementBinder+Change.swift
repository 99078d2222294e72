import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// INSERT, UPDATE, DELETE.
extension StatementBinder {
  func bind(_ insert: Insert) throws(Diagnostic) -> BoundStatement.Kind {
    let table = try TableNames.writable(insert.table, in: catalog)
    let targets = try columnList(insert.columns, of: table)
    state.need(.insert, on: .table(table.id, columns: targets.sorted()), name: table.name)
    // A row may be shorter than the table when no columns are named, as in PostgreSQL; then all rows are.
    let width = insert.rows.first?.count ?? 0
    let defaults = try table.columns.map { (column) throws(Diagnostic) in try defaultValue(of: column) }
    let binder = ExpressionBinder(state: state, scope: Scope(), clause: "VALUES")
    var rows: [[Scalar]] = []
    rows.reserveCapacity(insert.rows.count)
    for row in insert.rows {
      let extra = row.indices.contains(targets.count) ? row[targets.count]?.span : nil
      if row.count > targets.count {
        throw Diagnostic(
          .syntaxError,
          "INSERT has more expressions than target columns: \(row.count), expected \(targets.count)",
          at: extra ?? insert.span)
      }
      let isShort = row.count < targets.count && !insert.columns.isEmpty
      if isShort || row.count != width {
        throw Diagnostic(
          .syntaxError,
          isShort
            ? "INSERT has more target columns than expressions: \(targets.count), found \(row.count)"
            : "VALUES lists must all be the same length: \(row.count), expected \(width)",
          at: row.compactMap { $0 }.first?.span ?? insert.span)
      }
      var cells = defaults
      for (cell, ordinal) in zip(row, targets) {
        guard let cell else { continue }
        cells[ordinal] = try assigned(try binder.bind(cell), to: table.columns[ordinal])
      }
      rows.append(cells)
    }
    return .insert(BoundInsert(table: table, rows: rows, subqueries: state.subqueries))
  }

  func bind(_ update: Update) throws(Diagnostic) -> BoundStatement.Kind {
    let table = try TableNames.writable(update.table, in: catalog)
    let (matching, scope) = try matching(table, alias: update.alias, predicate: update.predicate)
    let binder = ExpressionBinder(state: state, scope: scope, clause: "UPDATE")
    var row = table.columns.enumerated().map { Scalar(.column($0), type: $1.type) }
    var changed: [Int] = []
    for assignment in update.assignments {
      let ordinal = try column(assignment.column, of: table)
      if changed.contains(ordinal) {
        throw Diagnostic(
          .syntaxError, "multiple assignments to column \"\(assignment.column.text)\"",
          at: assignment.column.span)
      }
      changed.append(ordinal)
      let column = table.columns[ordinal]
      if let value = assignment.value {
        row[ordinal] = try assigned(try binder.bind(value), to: column)
      } else {
        row[ordinal] = try defaultValue(of: column)
      }
    }
    state.need(.update, on: .table(table.id, columns: changed.sorted()), name: table.name)
    return .update(BoundUpdate(table: table, matching: plan(matching, of: table), newRow: row))
  }

  func bind(_ delete: Delete) throws(Diagnostic) -> BoundStatement.Kind {
    let table = try TableNames.writable(delete.table, in: catalog)
    let (matching, _) = try matching(table, alias: delete.alias, predicate: delete.predicate)
    state.need(.delete, on: .table(table.id, columns: []), name: table.name)
    return .delete(BoundDelete(table: table, matching: plan(matching, of: table)))
  }

  /// The rows that WHERE lets through, with every column.
  private func matching(_ table: TableDefinition, alias: Name?, predicate: Expression?) throws(Diagnostic)
    -> (PlanNode, Scope)
  {
    let binder = QueryBinder(state: state, outer: [])
    let (scan, scope) = binder.scan(table, alias: alias?.text)
    guard let predicate else { return (scan, scope) }
    return (try binder.bindWhere(predicate, over: scan, scope: scope), scope)
  }

  private func plan(_ node: PlanNode, of table: TableDefinition) -> Plan {
    Plan(
      root: node, subqueries: state.subqueries,
      columns: table.columns.map { ResultColumn(name: $0.name, type: $0.type) })
  }

  /// `scalar` as the column stores it.
  ///
  /// - Throws: 42804 naming the column and both types.
  func assigned(_ scalar: Scalar, to column: ColumnDefinition) throws(Diagnostic) -> Scalar {
    try state.coerce(
      scalar, to: column.type, .assignment,
      mismatch: Diagnostic(
        .datatypeMismatch,
        "column \"\(column.name)\" is of type \(column.type) but expression is of type \(scalar.type.plainName)",
        at: scalar.span, hint: "Cast the expression."))
  }

  /// Ordinals of the named columns, in the order named; all columns when none is named.
  func columnList(_ names: [Name], of table: TableDefinition) throws(Diagnostic) -> [Int] {
    if names.isEmpty { return Array(table.columns.indices) }
    var ordinals: [Int] = []
    for name in names {
      let ordinal = try column(name, of: table)
      if ordinals.contains(ordinal) {
        throw Diagnostic(
          .duplicateColumn, "column \"\(name.text)\" is named more than once", at: name.span)
      }
      ordinals.append(ordinal)
    }
    return ordinals
  }
}
