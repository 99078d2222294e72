import VSQLSchema
import VSQLDiagnostics

/// Tables and tenants at one moment.
struct CatalogState: Sendable, Hashable {
  /// By name, ascending; stored tables only.
  private(set) var tables: [TableDefinition] = []
  /// By name, ascending.
  private(set) var tenants: [TenantName] = []

  func table(named name: String) -> TableDefinition? {
    let index = tables.lowerBound { $0.name < name }
    return index < tables.count && tables[index].name == name ? tables[index] : nil
  }

  func table(_ id: TableID) -> TableDefinition? { tables.first { $0.id == id } }

  /// Whether the table is there; without a copy of its definition.
  func has(_ id: TableID) -> Bool { tables.indices.contains { tables[$0].id == id } }

  func tenant(_ id: TenantID) -> TenantName? { tenants.first { $0.id == id } }

  /// - Throws: 42P07 when the name is taken.
  mutating func add(_ table: TableDefinition) throws(Diagnostic) {
    if isTaken(table.name) || table.name == TableDefinition.auditEvents.name {
      throw Diagnostic(.duplicateTable, "table \"\(table.name)\" exists already")
    }
    for index in table.indexes where isTaken(index.name) {
      throw Diagnostic(.duplicateTable, "\"\(index.name)\" exists already")
    }
    tables.insert(table, at: tables.lowerBound { $0.name < table.name })
  }

  /// - Throws: 42P01 when it is not there.
  mutating func remove(_ id: TableID) throws(Diagnostic) {
    guard let index = tables.firstIndex(where: { $0.id == id }) else {
      throw Diagnostic(.undefinedTable, "the table does not exist any more")
    }
    tables.remove(at: index)
  }

  /// - Throws: 42P07 when the name is taken, 42P01 when the table is not there.
  mutating func add(_ index: IndexDefinition, to table: TableID) throws(Diagnostic) {
    guard let place = tables.firstIndex(where: { $0.id == table }) else {
      throw Diagnostic(.undefinedTable, "the table does not exist any more")
    }
    if isTaken(index.name) { throw Diagnostic(.duplicateTable, "\"\(index.name)\" exists already") }
    guard index.columns.allSatisfy(tables[place].columns.indices.contains) else {
      throw Diagnostic(.undefinedColumn, "a column of the index does not exist any more")
    }
    tables[place].indexes.append(index)
  }

  /// - Throws: 42704 when it is not there.
  mutating func remove(_ index: IndexID, of table: TableID) throws(Diagnostic) {
    guard let place = tables.firstIndex(where: { $0.id == table }),
      let found = tables[place].indexes.firstIndex(where: { $0.id == index })
    else { throw Diagnostic(.undefinedObject, "the index does not exist any more") }
    tables[place].indexes.remove(at: found)
  }

  /// Tables and indexes share their names. Those of primary keys are the binder's to keep apart: format 1 had none.
  private func isTaken(_ name: String) -> Bool {
    tables.contains { $0.name == name || $0.indexes.contains { $0.name == name } }
  }

  /// - Throws: 42710 when the name is taken.
  mutating func add(_ tenant: TenantName) throws(Diagnostic) {
    if tenants.contains(where: { $0.name == tenant.name }) {
      throw Diagnostic(.duplicateObject, "tenant \"\(tenant.name)\" exists already")
    }
    tenants.insert(tenant, at: tenants.lowerBound { $0.name < tenant.name })
  }
}

extension Array {
  /// The first index whose element does not come before; elements that come before stand first.
  func lowerBound(_ comesBefore: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if comesBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
