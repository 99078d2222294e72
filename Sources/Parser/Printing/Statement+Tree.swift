extension Statement {
  /// The statement's kind, with the facts that are no subtree.
  var treeLabel: String {
    switch self {
    case .createTable(let statement): statement.ifNotExists ? "create table, if not exists" : "create table"
    case .dropTable(let statement): statement.ifExists ? "drop table, if exists" : "drop table"
    case .createIndex(let statement): statement.treeLabel
    case .dropIndex(let statement): statement.ifExists ? "drop index, if exists" : "drop index"
    case .createTenant(let statement):
      statement.ifNotExists ? "create tenant, if not exists" : "create tenant"
    case .insert(let statement): "insert of \(statement.rows.count) rows"
    case .copy: "copy"
    case .query(let query): query.isDistinct ? "query, distinct" : "query"
    case .update: "update"
    case .delete: "delete"
    case .begin(let begin): begin.isReadOnly ? "begin, read only" : "begin"
    case .commit: "commit"
    case .rollback: "rollback"
    case .savepoint(let step): step.verb.rawValue.lowercased()
    case .setTransaction(let mode): "set transaction, read " + (mode.isReadOnly ? "only" : "write")
    case .setTenant: "set tenant"
    case .set: "set"
    case .reset: "reset"
    case .show(let show): show.treeLabel
    case .describe: "describe"
    case .explain(let statement): statement.treeLabel
    case .eraseEntity(let statement): statement.isDryRun ? "erase entity, dry run" : "erase entity"
    case .rotateKey(let statement): statement.treeLabel
    case .verifyAudit: "verify audit"
    case .checkDatabase: "check database"
    case .backup: "backup"
    case .maintain(let statement): statement.verb.rawValue.lowercased()
    }
  }

  var treeChildren: [TreeNode] {
    switch self {
    case .createTable(let statement): statement.treeChildren
    case .dropTable(let statement): [statement.name.node("table")]
    case .createIndex(let statement):
      [statement.name.node("index"), statement.table.node("table")]
        + statement.columns.map { $0.node("column") }
    case .dropIndex(let statement): [statement.name.node("index")]
    case .createTenant(let statement): [statement.name.node("tenant")]
    case .insert(let statement): statement.treeChildren
    case .copy(let statement): statement.treeChildren
    case .query(let query): query.treeChildren
    case .update(let statement): statement.treeChildren
    case .delete(let statement):
      [Self.target(statement.table, statement.alias)]
        + (statement.predicate.map { [.part("where", [$0.node])] } ?? [])
    case .begin, .commit, .rollback, .setTransaction, .verifyAudit, .checkDatabase: []
    case .savepoint(let step): [step.name.node("savepoint")]
    case .backup(let statement): [.part("to", [statement.directory.node])]
    case .setTenant(let name): [name.node("tenant")]
    case .set(let variable): [variable.name.node("setting"), variable.value.node]
    case .reset(let name): [name.node("setting")]
    case .show(let show): show.treeChildren
    case .describe(let name): [name.node("table")]
    case .explain(let statement):
      [
        TreeNode(
          label: statement.statement.value.statement.treeLabel, span: statement.statement.value.span,
          children: statement.statement.value.statement.treeChildren)
      ]
    case .eraseEntity(let statement): statement.treeChildren
    case .rotateKey(let statement):
      if case .tenant(let name) = statement.target { [name.node("tenant")] } else { [] }
    case .maintain(let statement): statement.table.map { [$0.node("table")] } ?? []
    }
  }

  fileprivate static func target(_ table: ObjectName, _ alias: Name?) -> TreeNode {
    guard let alias else { return table.node("table") }
    return TreeNode(label: "as \(alias.sql)", span: alias.span, children: [table.node("table")])
  }
}

extension CreateTable {
  fileprivate var treeChildren: [TreeNode] {
    [name.node("table")] + columns.map(\.node)
      + (primaryKey.map { [$0.node("primary key")] } ?? []) + uniques.map { $0.node("unique") }
      + options.map(\.node)
  }
}

extension KeyClause {
  fileprivate func node(_ kind: String) -> TreeNode {
    .part(kind, (name.map { [$0.node("name")] } ?? []) + columns.map { $0.node("column") })
  }
}

extension ColumnClause {
  fileprivate var node: TreeNode {
    var label = "column \(name.sql)"
    if isNotNull { label += ", not null" }
    if isPrimaryKey { label += ", primary key" }
    if isUnique { label += ", unique" }
    return TreeNode(
      label: label, span: name.span,
      children: [type.node] + (defaultValue.map { [.part("default", [$0.node])] } ?? [])
        + (entityType.map { [$0.node("entity")] } ?? []))
  }
}

extension CreateIndex {
  fileprivate var treeLabel: String {
    (isUnique ? "create unique index" : "create index") + (ifNotExists ? ", if not exists" : "")
  }
}

extension Insert {
  fileprivate var treeChildren: [TreeNode] {
    [table.node("table")] + columns.map { $0.node("column") }
      + rows.map { row in .part("row", row.map { $0?.node ?? .part("default", []) }) }
  }
}

extension Copy {
  fileprivate var treeChildren: [TreeNode] {
    let source = vectors.map { vectors in
      TreeNode(
        label: "vectors \(Literal.quoted(vectors.path))", span: vectors.pathSpan,
        children: [vectors.column.node("column")])
    }
    return [table.node("table")] + columns.map { $0.node("column") }
      + [TreeNode(label: "file \(Literal.quoted(path))", span: pathSpan)] + options.map(\.node)
      + (source.map { [$0] } ?? [])
  }
}

extension Update {
  fileprivate var treeChildren: [TreeNode] {
    [Statement.target(table, alias)]
      + assignments.map { assignment in
        TreeNode(
          label: "set \(assignment.column.sql)", span: assignment.column.span,
          children: [assignment.value?.node ?? .part("default", [])])
      } + (predicate.map { [.part("where", [$0.node])] } ?? [])
  }
}

extension Show {
  fileprivate var treeLabel: String {
    switch self {
    case .tables: "show tables"
    case .tenants: "show tenants"
    case .keys: "show keys"
    case .indexes: "show indexes"
    case .storage: "show storage"
    case .setting: "show setting"
    }
  }

  fileprivate var treeChildren: [TreeNode] {
    switch self {
    case .tables, .tenants, .keys, .indexes: []
    case .storage(let table): table.map { [$0.node("table")] } ?? []
    case .setting(let name): [name.node("setting")]
    }
  }
}

extension Explain {
  fileprivate var treeLabel: String {
    var label = "explain"
    if isAnalyzed { label += ", analyze" }
    if let stage { label += ", " + stage.rawValue.lowercased() }
    if format != .text { label += ", " + format.rawValue.lowercased() }
    return label
  }
}

extension EraseEntity {
  fileprivate var treeChildren: [TreeNode] {
    [entity.node] + (type.map { [$0.node("type")] } ?? []) + (tenant.map { [$0.node("tenant")] } ?? [])
      + (reason.map { [.part("reason", [$0.node])] } ?? [])
  }
}

extension RotateKey {
  fileprivate var treeLabel: String {
    switch target {
    case .sessionTenant, .tenant: "rotate key"
    case .allTenants: "rotate key of all tenants"
    case .root: "rotate key, root"
    }
  }
}
