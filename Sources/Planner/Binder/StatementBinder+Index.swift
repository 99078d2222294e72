import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// CREATE INDEX, DROP INDEX, and the indexes that UNIQUE makes.
extension StatementBinder {
  static let maxIndexColumns = 32

  func bind(_ create: CreateIndex) throws(Diagnostic) -> BoundStatement.Kind {
    try checkLength(create.name, what: "index")
    let table = try TableNames.writable(create.table, in: catalog)
    state.need(.createIndex, on: .table(table.id, columns: []), name: table.name)
    let name = create.name.text
    if catalog.index(named: name) != nil || catalog.table(named: name) != nil {
      if create.ifNotExists {
        state.notice("\"\(name)\" already exists, nothing is done")
        return .createIndex(nil)
      }
      throw Diagnostic(.duplicateTable, "\"\(name)\" already exists", at: create.name.span)
    }
    let index = IndexDefinition(
      id: .primaryKey, name: name, columns: try indexColumns(create.columns, of: table, what: "an index"),
      isUnique: create.isUnique)
    return .createIndex(BoundIndex(table: table, index: index))
  }

  func bind(_ drop: DropIndex) throws(Diagnostic) -> BoundStatement.Kind {
    let name = drop.name.text
    guard let (table, index) = catalog.index(named: name) else {
      if drop.ifExists {
        state.notice("index \"\(name)\" does not exist, nothing is done")
        return .dropIndex(nil)
      }
      throw Diagnostic(
        .undefinedObject, "index \"\(name)\" does not exist", at: drop.name.span,
        label: Suggestion.label(for: name, in: catalog.tables.flatMap { $0.indexes.map(\.name) }))
    }
    state.need(.dropIndex, on: .table(table.id, columns: []), name: table.name)
    if index.isConstraint {
      throw Diagnostic(
        .dependentObjectsStillExist,
        "index \"\(name)\" cannot be dropped: the UNIQUE constraint of table \"\(table.name)\" needs it",
        at: drop.name.span)
    }
    return .dropIndex(BoundIndex(table: table, index: index))
  }

  /// One for each UNIQUE of the columns, then of the table; none where the PRIMARY KEY or an earlier one says the same.
  func uniqueIndexes(_ create: CreateTable, _ table: TableDefinition) throws(Diagnostic) -> [IndexDefinition]
  {
    var made: [IndexDefinition] = []
    let lists = create.columns.filter(\.isUnique).map { [$0.name] } + create.uniques
    for names in lists {
      let columns = try indexColumns(names, of: table, what: "UNIQUE")
      if columns == table.primaryKey || made.contains(where: { $0.columns == columns }) { continue }
      let base = ([table.name] + columns.map { table.columns[$0].name }).joined(separator: "_")
      var name = base + "_key"
      var number = 0
      while catalog.index(named: name) != nil || catalog.table(named: name) != nil || name == table.name
        || made.contains(where: { $0.name == name })
      {
        number += 1
        name = "\(base)_key\(number)"
      }
      made.append(
        IndexDefinition(id: .primaryKey, name: name, columns: columns, isUnique: true, isConstraint: true))
    }
    return made
  }

  private func indexColumns(
    _ names: [Name], of table: TableDefinition, what: String
  ) throws(Diagnostic) -> [Int] {
    if names.count > Self.maxIndexColumns {
      throw Diagnostic(
        .programLimitExceeded, "a key of \(names.count) columns, expected at most \(Self.maxIndexColumns)",
        at: names[0].span)
    }
    return try keyColumns(names, of: table, what: what)
  }
}
