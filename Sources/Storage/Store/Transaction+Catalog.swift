import VSQLDiagnostics
import VSQLSchema

extension Transaction {
  /// Makes a table; its id is drawn here, whatever `definition.id` is.
  ///
  /// - Throws: 42P07 when the name is taken.
  @discardableResult
  package func createTable(_ definition: TableDefinition) throws -> TableID {
    try checkWritable()
    var table = definition
    table.id = TableID(store.newID())
    try ownCatalog.add(table)
    log.append(.createTable(table))
    return table.id
  }

  /// Drops a table with the rows of every tenant. Its keys are destroyed when the commit is durable.
  package func dropTable(_ table: TableID) throws {
    try checkWritable()
    let definition = try definition(of: table)
    try ownCatalog.remove(table)
    log.append(.dropTable(definition))
  }

  /// - Throws: 42710 when the name is taken.
  @discardableResult
  package func createTenant(_ name: String) throws -> TenantID {
    try checkWritable()
    let tenant = TenantName(name: name, id: TenantID(store.newID()))
    try ownCatalog.add(tenant)
    log.append(.createTenant(tenant))
    return tenant.id
  }

  /// A point to which a failed statement returns.
  package struct Mark {
    let views: [TableID: Partition]
    let catalog: CatalogState
    let logCount: Int
    let eventCount: Int
  }

  package func savepointMark() -> Mark {
    Mark(views: views, catalog: ownCatalog, logCount: log.count, eventCount: events.count)
  }

  /// Undoes everything since the mark.
  package func rollback(to mark: Mark) {
    undo(to: mark.logCount)
    views = mark.views
    ownCatalog = mark.catalog
    events.removeLast(max(0, events.count - mark.eventCount))
  }

  /// Takes back own keys and forgets changes past the first `count`; views and catalog are the caller's to restore.
  func undo(to count: Int) {
    while log.count > count, let change = log.popLast() {
      if case .key(let table, let key, let before) = change { ownKeys[table, default: [:]][key] = before }
    }
  }
}
