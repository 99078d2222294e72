import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// CREATE TABLE, DROP TABLE, CREATE TENANT.
extension StatementBinder {
  static let maxColumns = 1_600
  static let maxNameBytes = 255

  func bind(_ create: CreateTable) throws(Diagnostic) -> BoundStatement.Kind {
    let name = try newTableName(create.name)
    state.need(.createTable, on: .database, name: name)
    var table = try definition(create, name: name)
    table.seal = try TableOptions(create, entity: table.entity).seal
    let isThere = catalog.table(named: name) != nil
    if isThere, !create.ifNotExists {
      throw Diagnostic(.duplicateTable, "table \"\(name)\" already exists", at: create.name.span)
    }
    if !isThere, catalog.index(named: name) != nil {
      throw Diagnostic(.duplicateTable, "\"\(name)\" is an index already", at: create.name.span)
    }
    if isThere { state.notice("table \"\(name)\" already exists, nothing is done") }
    return .createTable(table, isThereAlready: isThere)
  }

  func bind(_ drop: DropTable) throws(Diagnostic) -> BoundStatement.Kind {
    if drop.ifExists, TableNames.find(drop.name, in: catalog) == nil {
      state.notice("table \"\(drop.name.text)\" does not exist, nothing is done")
      return .dropTable(nil)
    }
    let table = try TableNames.writable(drop.name, in: catalog)
    state.need(.dropTable, on: .table(table.id, columns: []), name: table.name)
    return .dropTable(table)
  }

  func bind(_ create: CreateTenant) throws(Diagnostic) -> BoundStatement.Kind {
    try checkLength(create.name, what: "tenant")
    state.need(.createTenant, on: .database, name: create.name.text)
    let isThere = catalog.tenant(named: create.name.text) != nil
    if isThere, !create.ifNotExists {
      throw Diagnostic(
        .duplicateObject, "tenant \"\(create.name.text)\" already exists", at: create.name.span)
    }
    if isThere { state.notice("tenant \"\(create.name.text)\" already exists, nothing is done") }
    return .createTenant(name: create.name.text, isThereAlready: isThere)
  }

  private func newTableName(_ name: ObjectName) throws(Diagnostic) -> String {
    guard let last = name.parts.last else {
      throw Diagnostic(.invalidName, "a table needs a name", at: name.span)
    }
    if name.parts.count > 1 {
      let schema = name.parts[0].text
      if schema == AuditEventsTable.schema {
        throw Diagnostic(.reservedName, "schema \"\(schema)\" is reserved for the audit chain", at: name.span)
      }
      throw Diagnostic(.undefinedSchema, "schema \"\(schema)\" does not exist", at: name.parts[0].span)
    }
    try checkLength(last, what: "table")
    return last.text
  }

  func checkLength(_ name: Name, what: String) throws(Diagnostic) {
    if name.text.isEmpty { throw Diagnostic(.invalidName, "a \(what) needs a name", at: name.span) }
    if name.text.utf8.count > Self.maxNameBytes {
      throw Diagnostic(
        .nameTooLong, "a name of \(name.text.utf8.count) bytes, expected at most \(Self.maxNameBytes)",
        at: name.span)
    }
  }
}

// MARK: - Columns

extension StatementBinder {
  private func definition(_ create: CreateTable, name: String) throws(Diagnostic) -> TableDefinition {
    guard !create.columns.isEmpty else {
      throw Diagnostic(.invalidTableDefinition, "a table needs at least one column", at: create.name.span)
    }
    guard create.columns.count <= Self.maxColumns else {
      throw Diagnostic(
        .programLimitExceeded, "a table has at most \(Self.maxColumns) columns, not \(create.columns.count)",
        at: create.name.span)
    }
    // The id is drawn when the statement is executed.
    var table = TableDefinition(id: TableID(0), name: name, columns: [])
    for clause in create.columns {
      try add(clause, to: &table)
    }
    table.primaryKey = try primaryKey(create, table)
    for ordinal in table.primaryKey { table.columns[ordinal].isNotNull = true }
    try addUniqueIndexes(create, to: &table)
    return table
  }

  private func add(_ clause: ColumnClause, to table: inout TableDefinition) throws(Diagnostic) {
    try checkLength(clause.name, what: "column")
    if table.columns.contains(where: { $0.name == clause.name.text }) {
      throw Diagnostic(
        .duplicateColumn, "column \"\(clause.name.text)\" is defined more than once", at: clause.name.span)
    }
    let type = try TypeNames.resolve(clause.type)
    var column = ColumnDefinition(name: clause.name.text, type: type, isNotNull: clause.isNotNull)
    if let entity = clause.entityType {
      if let first = table.entity {
        throw Diagnostic(
          .invalidTableDefinition,
          "a table has at most one ENTITY column: \"\(table.columns[first.ordinal].name)\" is one already",
          at: entity.span)
      }
      switch type {
      case .text, .integer, .uuid: break
      case .unknown, .boolean, .double, .decimal, .blob, .date, .timestamp, .timestamptz, .vector:
        throw Diagnostic(
          .invalidTableDefinition, "an ENTITY column is TEXT, INTEGER or UUID, not \(type)", at: entity.span)
      }
      table.entity = EntityColumn(ordinal: table.columns.count, type: entity.text)
      column.isNotNull = true
    }
    if let expression = clause.defaultValue {
      _ = try boundDefault(expression, type: type, column: clause.name.text)
      column.defaultSQL = DefaultExpressions.text(of: expression)
    }
    table.columns.append(column)
  }

  private func primaryKey(_ create: CreateTable, _ table: TableDefinition) throws(Diagnostic) -> [Int] {
    let marked = create.columns.enumerated().filter(\.element.isPrimaryKey)
    var names = marked.map(\.element.name)
    if let list = create.primaryKey?.columns {
      if let first = names.first {
        throw Diagnostic(
          .invalidTableDefinition, "a table has one PRIMARY KEY: column \"\(first.text)\" says another",
          at: list.first?.span ?? first.span)
      }
      names = list
    } else if names.count > 1 {
      throw Diagnostic(
        .invalidTableDefinition, "a table has one PRIMARY KEY, not \(names.count)", at: names[1].span,
        hint: "A key of several columns is written PRIMARY KEY (a, b) after the columns.")
    }
    return try keyColumns(names, of: table, what: "PRIMARY KEY")
  }

  /// The ordinals of a key's columns.
  func keyColumns(_ names: [Name], of table: TableDefinition, what: String) throws(Diagnostic) -> [Int] {
    var ordinals: [Int] = []
    for name in names {
      let ordinal = try column(name, of: table)
      if ordinals.contains(ordinal) {
        throw Diagnostic(.duplicateColumn, "column \"\(name.text)\" appears twice in \(what)", at: name.span)
      }
      if table.columns[ordinal].type.vectorShape != nil {
        throw Diagnostic(.invalidTableDefinition, "a vector cannot be part of \(what)", at: name.span)
      }
      ordinals.append(ordinal)
    }
    return ordinals
  }
}

// MARK: - DEFAULT

extension StatementBinder {
  /// A DEFAULT as a scalar of the column's type: no columns, no subqueries, no aggregates, no parameters.
  func boundDefault(_ expression: Expression, type: SQLType, column: String) throws(Diagnostic) -> Scalar {
    let own = BindingState(catalog: catalog, session: state.session, values: .positional([]))
    let bound = try ExpressionBinder(state: own, scope: Scope(), clause: "DEFAULT").bind(expression)
    if !own.subqueries.isEmpty {
      throw Diagnostic(.featureNotSupported, "cannot use a subquery in DEFAULT", at: expression.span)
    }
    return try own.coerce(
      bound, to: type, .assignment,
      mismatch: Diagnostic(
        .datatypeMismatch,
        "column \"\(column)\" is of type \(type) but its default is of type \(bound.type.plainName)",
        at: expression.span))
  }

  /// The value that a column has where a statement gives none.
  func defaultValue(of column: ColumnDefinition) throws(Diagnostic) -> Scalar {
    guard let text = column.defaultSQL else { return .null(column.type) }
    var scalar = try boundDefault(
      try DefaultExpressions.parse(text), type: column.type, column: column.name)
    scalar = scalar.unplaced  // Its places are in the text of the DEFAULT, not of this statement.
    return scalar
  }
}
