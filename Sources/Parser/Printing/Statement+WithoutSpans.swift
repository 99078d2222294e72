import VSQLDiagnostics

extension ParsedStatement {
  package var withoutSpans: ParsedStatement {
    ParsedStatement(statement: statement.withoutSpans, span: .none)
  }
}

extension Statement {
  /// The same tree with every span empty, and without the token lines of EXPLAIN (TOKENS), which show how the
  /// text was written.
  package var withoutSpans: Statement {
    switch self {
    case .createTable(let statement): .createTable(statement.withoutSpans)
    case .dropTable(let statement):
      .dropTable(DropTable(name: statement.name.withoutSpans, ifExists: statement.ifExists))
    case .createIndex(let statement): .createIndex(statement.withoutSpans)
    case .dropIndex(let statement):
      .dropIndex(DropIndex(name: statement.name.withoutSpans, ifExists: statement.ifExists))
    case .createTenant(let statement):
      .createTenant(CreateTenant(name: statement.name.withoutSpans, ifNotExists: statement.ifNotExists))
    case .insert(let statement): .insert(statement.withoutSpans)
    case .copy(let statement): .copy(statement.withoutSpans)
    case .query(let query): .query(query.withoutSpans)
    case .update(let statement): .update(statement.withoutSpans)
    case .delete(let statement): .delete(statement.withoutSpans)
    case .begin, .commit, .rollback, .setTransaction, .verifyAudit, .checkDatabase: self
    case .savepoint(let step): .savepoint(Savepoint(step.verb, name: step.name.withoutSpans))
    case .backup(let statement): .backup(Backup(directory: statement.directory.withoutSpans))
    case .setTenant(let name): .setTenant(name.withoutSpans)
    case .set(let variable):
      .set(SetVariable(name: variable.name.withoutSpans, value: variable.value.withoutSpans))
    case .reset(let name): .reset(name.withoutSpans)
    case .show(let show): .show(show.withoutSpans)
    case .describe(let name): .describe(name.withoutSpans)
    case .explain(let statement): .explain(statement.withoutSpans)
    case .eraseEntity(let statement): .eraseEntity(statement.withoutSpans)
    case .rotateKey(let statement): .rotateKey(statement.withoutSpans)
    case .maintain(let statement): .maintain(Maintain(statement.verb, table: statement.table?.withoutSpans))
    }
  }
}

extension Option {
  var withoutSpans: Option { Option(name: name.withoutSpans, value: value.withoutSpans) }
}

extension CreateTable {
  fileprivate var withoutSpans: CreateTable {
    CreateTable(
      name: name.withoutSpans, ifNotExists: ifNotExists, columns: columns.map(\.withoutSpans),
      primaryKey: primaryKey?.withoutSpans, uniques: uniques.map(\.withoutSpans),
      options: options.map(\.withoutSpans))
  }
}

extension KeyClause {
  fileprivate var withoutSpans: KeyClause {
    KeyClause(name: name?.withoutSpans, columns: columns.map(\.withoutSpans))
  }
}

extension ColumnClause {
  fileprivate var withoutSpans: ColumnClause {
    ColumnClause(
      name: name.withoutSpans, type: type.withoutSpans, isNotNull: isNotNull, isPrimaryKey: isPrimaryKey,
      isUnique: isUnique, defaultValue: defaultValue?.withoutSpans, entityType: entityType?.withoutSpans)
  }
}

extension CreateIndex {
  fileprivate var withoutSpans: CreateIndex {
    CreateIndex(
      name: name.withoutSpans, isUnique: isUnique, ifNotExists: ifNotExists, table: table.withoutSpans,
      columns: columns.map(\.withoutSpans))
  }
}

extension Insert {
  fileprivate var withoutSpans: Insert {
    Insert(
      table: table.withoutSpans, columns: columns.map(\.withoutSpans),
      rows: rows.map { row in row.map { $0?.withoutSpans } }, span: .none)
  }
}

extension Copy {
  fileprivate var withoutSpans: Copy {
    Copy(
      table: table.withoutSpans, columns: columns.map(\.withoutSpans), path: path, pathSpan: .none,
      options: options.map(\.withoutSpans),
      vectors: vectors.map { VectorSource(path: $0.path, pathSpan: .none, column: $0.column.withoutSpans) })
  }
}

extension Update {
  fileprivate var withoutSpans: Update {
    Update(
      table: table.withoutSpans, alias: alias?.withoutSpans,
      assignments: assignments.map {
        Assignment(column: $0.column.withoutSpans, value: $0.value?.withoutSpans)
      },
      predicate: predicate?.withoutSpans)
  }
}

extension Delete {
  fileprivate var withoutSpans: Delete {
    Delete(table: table.withoutSpans, alias: alias?.withoutSpans, predicate: predicate?.withoutSpans)
  }
}

extension Show {
  fileprivate var withoutSpans: Show {
    switch self {
    case .tables, .tenants, .keys, .indexes: self
    case .storage(let table): .storage(table?.withoutSpans)
    case .setting(let name): .setting(name.withoutSpans)
    }
  }
}

extension Explain {
  fileprivate var withoutSpans: Explain {
    Explain(
      stage: stage, isAnalyzed: isAnalyzed, format: format, statement: .value(statement.value.withoutSpans))
  }
}

extension EraseEntity {
  fileprivate var withoutSpans: EraseEntity {
    EraseEntity(
      entity: entity.withoutSpans, type: type?.withoutSpans, tenant: tenant?.withoutSpans,
      reason: reason?.withoutSpans, isDryRun: isDryRun)
  }
}

extension RotateKey {
  fileprivate var withoutSpans: RotateKey {
    switch target {
    case .tenant(let name): RotateKey(target: .tenant(name.withoutSpans))
    case .sessionTenant, .allTenants, .root: self
    }
  }
}
