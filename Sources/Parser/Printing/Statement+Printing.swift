extension ParsedStatement {
  package var sql: String { statement.sql }
}

extension Statement {
  /// The statement as SQL text on one line, without a semicolon; parsed again it is the same tree.
  package var sql: String {
    switch self {
    case .createTable(let statement): statement.sql
    case .dropTable(let statement):
      "DROP TABLE " + (statement.ifExists ? "IF EXISTS " : "") + statement.name.sql
    case .createIndex(let statement): statement.sql
    case .dropIndex(let statement):
      "DROP INDEX " + (statement.ifExists ? "IF EXISTS " : "") + statement.name.sql
    case .createTenant(let statement):
      "CREATE TENANT " + (statement.ifNotExists ? "IF NOT EXISTS " : "") + statement.name.sql
    case .insert(let statement): statement.sql
    case .copy(let statement): statement.sql
    case .query(let query): query.sql
    case .update(let statement): statement.sql
    case .delete(let statement): statement.sql
    case .begin(let begin): begin.isReadOnly ? "BEGIN READ ONLY" : "BEGIN"
    case .commit: "COMMIT"
    case .rollback: "ROLLBACK"
    case .savepoint(let step): step.verb.rawValue + " " + step.name.sql
    case .setTransaction(let mode): "SET TRANSACTION READ " + (mode.isReadOnly ? "ONLY" : "WRITE")
    case .setTenant(let name): "SET SESSION TENANT " + name.sql
    case .set(let variable): "SET " + variable.name.sql + " = " + variable.value.sql
    case .reset(let name): "RESET " + name.sql
    case .show(let show): "SHOW " + show.sql
    case .describe(let name): "DESCRIBE " + name.sql
    case .explain(let statement): statement.sql
    case .eraseEntity(let statement): statement.sql
    case .rotateKey(let statement): "ROTATE KEY" + statement.target.sql
    case .verifyAudit: "VERIFY AUDIT"
    case .checkDatabase: "CHECK DATABASE"
    case .backup(let statement): "BACKUP TO " + statement.directory.sql
    case .maintain(let statement): statement.verb.rawValue + (statement.table.map { " " + $0.sql } ?? "")
    }
  }
}

extension CreateTable {
  fileprivate var sql: String {
    var items = columns.map(\.sql)
    if let primaryKey { items.append(primaryKey.sql("PRIMARY KEY")) }
    items += uniques.map { $0.sql("UNIQUE") }
    return "CREATE TABLE " + (ifNotExists ? "IF NOT EXISTS " : "") + name.sql + " ("
      + items.joined(separator: ", ") + ")" + (options.isEmpty ? "" : " WITH " + options.sql)
  }
}

extension KeyClause {
  fileprivate func sql(_ kind: String) -> String {
    (name.map { "CONSTRAINT \($0.sql) " } ?? "") + kind + " " + columns.sqlList
  }
}

extension ColumnClause {
  fileprivate var sql: String {
    var text = name.sql + " " + type.sql
    if isNotNull { text += " NOT NULL" }
    if isPrimaryKey { text += " PRIMARY KEY" }
    if isUnique { text += " UNIQUE" }
    if let defaultValue { text += " DEFAULT " + defaultValue.sql(atLeast: .comparison) }
    if let entityType { text += " ENTITY " + entityType.sql }
    return text
  }
}

extension CreateIndex {
  fileprivate var sql: String {
    "CREATE " + (isUnique ? "UNIQUE " : "") + "INDEX " + (ifNotExists ? "IF NOT EXISTS " : "") + name.sql
      + " ON " + table.sql + " " + columns.sqlList
  }
}

extension [Name] {
  /// `(a, b)`.
  fileprivate var sqlList: String { "(" + map(\.sql).joined(separator: ", ") + ")" }
}

extension Insert {
  fileprivate var sql: String {
    let rows = rows.map { row in "(" + row.map { $0?.sql ?? "DEFAULT" }.joined(separator: ", ") + ")" }
    return "INSERT INTO " + table.sql + (columns.isEmpty ? "" : " " + columns.sqlList) + " VALUES "
      + rows.joined(separator: ", ")
  }
}

extension Copy {
  fileprivate var sql: String {
    var items = options.map(Self.option)
    if let vectors {
      items.append("VECTORS " + Literal.quoted(vectors.path) + " INTO " + vectors.column.sql)
    }
    return "COPY " + table.sql + (columns.isEmpty ? "" : " " + columns.sqlList) + " FROM "
      + Literal.quoted(path) + (items.isEmpty ? "" : " (" + items.joined(separator: ", ") + ")")
  }

  /// `FORMAT jsonl`. Only VECTORS as a word is a construct of its own.
  private static func option(_ option: Option) -> String {
    let name = option.name.text
    let word = NameText.isPlain(name) && name != "vectors" ? name.uppercased() : NameText.quoted(name)
    return word + " " + option.value.sql
  }
}

extension Update {
  fileprivate var sql: String {
    let changes = assignments.map { $0.column.sql + " = " + ($0.value?.sql ?? "DEFAULT") }
    return "UPDATE " + table.sql + (alias.map { " AS " + $0.sql } ?? "") + " SET "
      + changes.joined(separator: ", ") + (predicate.map { " WHERE " + $0.sql } ?? "")
  }
}

extension Delete {
  fileprivate var sql: String {
    "DELETE FROM " + table.sql + (alias.map { " AS " + $0.sql } ?? "")
      + (predicate.map { " WHERE " + $0.sql } ?? "")
  }
}

extension Show {
  fileprivate var sql: String {
    switch self {
    case .tables: "TABLES"
    case .tenants: "TENANTS"
    case .keys: "KEYS"
    case .indexes: "INDEXES"
    case .storage(let table): "STORAGE" + (table.map { " " + $0.sql } ?? "")
    case .setting(let name):
      Self.lists.contains(name.text) || LaterFeatures.lists[name.text] != nil
        ? NameText.quoted(name.text) : name.sql
    }
  }

  /// Words that list something, so that a setting of such a name is quoted.
  private static let lists: Set<String> = ["tables", "tenants", "keys", "indexes", "storage"]
}

extension Explain {
  fileprivate var sql: String {
    var items: [String] = []
    if isAnalyzed { items.append("ANALYZE") }
    if let stage { items.append(stage.rawValue) }
    if format != .text { items.append("FORMAT " + format.rawValue) }
    // ANALYZE right after EXPLAIN is no statement.
    if items.isEmpty, case .maintain(let inner) = statement.value.statement, inner.verb == .analyze {
      items.append("FORMAT " + format.rawValue)
    }
    return "EXPLAIN " + (items.isEmpty ? "" : "(" + items.joined(separator: ", ") + ") ")
      + statement.value.sql
  }
}

extension EraseEntity {
  fileprivate var sql: String {
    "ERASE ENTITY " + entity.sql + (type.map { " TYPE " + $0.sql } ?? "")
      + (tenant.map { " IN TENANT " + $0.sql } ?? "") + (reason.map { " REASON " + $0.sql } ?? "")
      + (isDryRun ? " DRY RUN" : "")
  }
}

extension RotateKey.Target {
  fileprivate var sql: String {
    switch self {
    case .sessionTenant: ""
    case .tenant(let name): " TENANT " + name.sql
    case .allTenants: " ALL TENANTS"
    case .root: " ROOT"
    }
  }
}
