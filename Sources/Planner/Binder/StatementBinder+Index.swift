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
    if isTaken(name) {
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
        "index \"\(name)\" cannot be dropped: a constraint of table \"\(table.name)\" needs it",
        at: drop.name.span)
    }
    return .dropIndex(BoundIndex(table: table, index: index))
  }

  /// Names the PRIMARY KEY, and makes an index for each UNIQUE of the columns, then of the table; none where the PRIMARY KEY or
  /// an earlier one says the same, which takes the name if it has none of its own.
  func addUniqueIndexes(_ create: CreateTable, to table: inout TableDefinition) throws(Diagnostic) {
    var key = create.primaryKey?.name
    var made: [(name: Name?, columns: [Int])] = []
    let columns = create.columns.filter(\.isUnique).map { KeyClause(columns: [$0.name]) }
    for clause in columns + create.uniques {
      let columns = try indexColumns(clause.columns, of: table, what: "UNIQUE")
      let isFree = { (name: Name?) in name == nil || clause.name == nil }
      if columns == table.primaryKey, isFree(key) {
        key = key ?? clause.name
      } else if let same = made.firstIndex(where: { $0.columns == columns && isFree($0.name) }) {
        made[same].name = made[same].name ?? clause.name
      } else {
        made.append((clause.name, columns))
      }
    }
    var taken: Set<String> = [table.name]
    for name in ([key] + made.map(\.name)).compactMap({ $0 }) {
      try checkLength(name, what: "constraint")
      if isTaken(name.text) || !taken.insert(name.text).inserted {
        throw Diagnostic(.duplicateTable, "\"\(name.text)\" already exists", at: name.span)
      }
    }
    func free(_ base: String) -> String {
      var name = base
      var number = 0
      while isTaken(name) || !taken.insert(name).inserted {
        number += 1
        name = "\(base)\(number)"
      }
      return name
    }
    if !table.primaryKey.isEmpty { table.primaryKeyName = key?.text ?? free(table.name + "_pkey") }
    table.indexes = made.map { name, columns in
      let base = ([table.name] + columns.map { table.columns[$0].name }).joined(separator: "_")
      return IndexDefinition(
        id: .primaryKey, name: name?.text ?? free(base + "_key"), columns: columns, isUnique: true,
        isConstraint: true)
    }
  }

  private func isTaken(_ name: String) -> Bool {
    catalog.index(named: name) != nil || catalog.table(named: name) != nil
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
