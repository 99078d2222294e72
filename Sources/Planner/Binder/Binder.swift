import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Settles every name and type of a statement against one view of the database.
package struct Binder {
  let catalog: any Catalog
  let session: BindingSession

  package init(catalog: any Catalog, session: BindingSession) {
    self.catalog = catalog
    self.session = session
  }

  /// - Parameter parameters: the values of `$1`, `$2`, …; nil: not known yet, types follow from use. A value
  ///   of another type than text has that type; text takes the type of its place, as a literal in quotes does.
  ///   Values are cast to `BoundStatement.parameterTypes` before execution.
  /// - Throws: what a wrong statement deserves, with its place.
  package func bind(_ statement: ParsedStatement, parameters: [Value]? = nil) throws(Diagnostic)
    -> BoundStatement
  {
    try bind(statement, values: parameters.map { .positional($0) } ?? .undetermined)
  }

  package func bind(_ statement: ParsedStatement, values: ParameterValues) throws(Diagnostic)
    -> BoundStatement
  {
    let state = BindingState(catalog: catalog, session: session, values: values)
    let kind = try StatementBinder(state: state).bind(statement)
    if case .positional(let list) = values, list.count > state.settledParameterTypes.count {
      throw Diagnostic(
        .undefinedParameter,
        "the statement has \(state.settledParameterTypes.count) parameters, but \(list.count) were given")
    }
    return BoundStatement(
      kind: state.settled(kind), accesses: state.accesses, parameterTypes: state.settledParameterTypes,
      parameterNames: state.namedParameters, notices: state.notices)
  }
}

extension BindingState {
  /// Every parameter with its final type.
  fileprivate func settled(_ kind: BoundStatement.Kind) -> BoundStatement.Kind {
    switch kind {
    case .query(let plan): return .query(settled(plan))
    case .insert(var insert):
      insert.rows = insert.rows.map { $0.map(settled) }
      insert.subqueries = insert.subqueries.map(settled)
      return .insert(insert)
    case .update(var update):
      update.matching = settled(update.matching)
      update.newRow = update.newRow.map(settled)
      return .update(update)
    case .delete(var delete):
      delete.matching = settled(delete.matching)
      return .delete(delete)
    case .explain(var explain):
      if var inner = explain.statement {
        inner.kind = settled(inner.kind)
        explain.statement = inner
      }
      return .explain(explain)
    case .eraseEntity(var erase):
      erase.entity = settled(erase.entity)
      erase.reason = erase.reason.map(settled)
      return .eraseEntity(erase)
    case .backup(let directory): return .backup(to: settled(directory))
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set,
      .reset, .show, .describe, .rotateKey, .verifyAudit, .checkDatabase, .maintain:
      return kind
    }
  }
}

/// One method for each kind of statement, in files beside this one.
struct StatementBinder {
  let state: BindingState
  var catalog: any Catalog { state.catalog }

  func bind(_ statement: ParsedStatement) throws(Diagnostic) -> BoundStatement.Kind {
    switch statement.statement {
    case .query(let query):
      let bound = try QueryBinder(state: state, outer: []).bind(query)
      return .query(Plan(root: bound.node, subqueries: state.subqueries, columns: bound.columns))
    case .createTable(let create): return try bind(create)
    case .dropTable(let drop): return try bind(drop)
    case .createIndex(let create): return try bind(create)
    case .dropIndex(let drop): return try bind(drop)
    case .createTenant(let create): return try bind(create)
    case .insert(let insert): return try bind(insert)
    case .update(let update): return try bind(update)
    case .delete(let delete): return try bind(delete)
    case .copy(let copy): return try bind(copy)
    case .begin(let begin): return .begin(isReadOnly: begin.isReadOnly)
    case .commit: return .commit
    case .rollback: return .rollback
    case .savepoint(let step): return .savepoint(Self.bind(step))
    case .setTransaction(let mode): return .setTransaction(isReadOnly: mode.isReadOnly)
    case .setTenant(let name):
      let tenant = try tenant(name)
      state.need(.select, on: .tenant(tenant.id), name: tenant.name)
      return .setTenant(tenant)
    case .set(let set): return try bind(set)
    case .reset(let name): return try bindReset(name)
    case .show(let show): return try bind(show)
    case .describe(let name):
      let table = try TableNames.resolve(name, in: catalog)
      state.read(table)
      return .describe(table)
    case .explain(let explain): return try bind(explain)
    case .eraseEntity(let erase): return try bind(erase)
    case .rotateKey(let rotate): return try bind(rotate)
    case .verifyAudit:
      state.need(.verifyAudit, on: .database, name: "the audit chain")
      return .verifyAudit
    case .checkDatabase:
      state.need(.checkDatabase, on: .database, name: "every file")
      return .checkDatabase
    case .backup(let backup): return try bind(backup)
    case .maintain(let maintain): return try bind(maintain)
    }
  }

  /// - Throws: 42704 with the nearest name.
  func tenant(_ name: Name) throws(Diagnostic) -> TenantName {
    if let tenant = catalog.tenants.first(where: { $0.name == name.text }) { return tenant }
    throw Diagnostic(
      .undefinedObject, "tenant \"\(name.text)\" does not exist", at: name.span,
      label: Suggestion.label(for: name.text, in: catalog.tenants.map(\.name)))
  }

  /// A column of a table by its name, as INSERT, UPDATE and COPY write it.
  func column(_ name: Name, of table: TableDefinition) throws(Diagnostic) -> Int {
    if let ordinal = table.columns.firstIndex(where: { $0.name == name.text }) { return ordinal }
    throw Diagnostic(
      .undefinedColumn, "column \"\(name.text)\" does not exist in table \"\(table.name)\"", at: name.span,
      label: Suggestion.label(for: name.text, in: table.columns.map(\.name)))
  }
}
