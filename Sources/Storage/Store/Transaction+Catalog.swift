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
    for place in table.indexes.indices { table.indexes[place].id = IndexID(store.newID()) }
    try ownCatalog.add(table)
    own.log.append(.createTable(table))
    return table.id
  }

  /// Drops a table with the rows of every tenant. Its keys are destroyed when the commit is durable.
  package func dropTable(_ table: TableID) throws {
    try checkWritable()
    let definition = try definition(of: table)
    try ownCatalog.remove(table)
    own.log.append(.dropTable(definition))
  }

  /// Makes an index; its id is drawn here. The commit has its runs written for the segments that there are.
  ///
  /// - Throws: 42P07 when the name is taken, 23505 when it is unique and rows of any tenant have one key.
  @discardableResult
  package func createIndex(_ definition: IndexDefinition, on table: TableID) throws -> IndexID {
    try checkWritable()
    var index = definition
    index.id = IndexID(store.newID())
    let owner = try self.definition(of: table)
    if index.isUnique {
      let others = snapshot.head.partitions.filter { $0.key.table == table && $0.key.tenant != tenant }
      for partition in others.values + [try view(of: table)] where try partition.hasDuplicates(of: index) {
        throw owner.duplicates(of: index)
      }
    }
    try ownCatalog.add(index, to: table)
    own.log.append(.createIndex(table, index))
    let place = OwnKey(table: table, index: index.id)
    for source in try view(of: table).sources
    where index.isUnique && source.firstRowID >= Self.provisionalBase {
      guard case .memory(let chunk) = source.content else { continue }
      let columns = index.columns.map { chunk.columns[$0] }
      for row in source.liveOrdinals {
        if let key = KeyEncoder.key(of: columns, row: row) {
          _ = own.take(key, chunk.rowIDs[row], place)
        }
      }
    }
    return index.id
  }

  /// - Throws: 42704 when it is not there.
  package func dropIndex(_ index: IndexID, of table: TableID) throws {
    try checkWritable()
    try ownCatalog.remove(index, of: table)
    own.log.append(.dropIndex(table, index))
  }

  /// - Throws: 42710 when the name is taken.
  @discardableResult
  package func createTenant(_ name: String) throws -> TenantID {
    try checkWritable()
    let tenant = TenantName(name: name, id: TenantID(store.newID()))
    try ownCatalog.add(tenant)
    own.log.append(.createTenant(tenant))
    return tenant.id
  }

  /// A point to which a failed statement returns.
  package struct Mark {
    let views: [TableID: Partition]
    let catalog: CatalogState
    let logCount: Int
    let events: AuditActs.Mark
  }

  package func savepointMark() -> Mark {
    Mark(views: views, catalog: ownCatalog, logCount: own.log.count, events: events.mark)
  }

  /// Undoes everything since the mark.
  package func rollback(to mark: Mark) {
    own.undo(to: mark.logCount)
    views = mark.views
    ownCatalog = mark.catalog
    events.rollback(to: mark.events)
  }
}
