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

  func tenant(_ id: TenantID) -> TenantName? { tenants.first { $0.id == id } }

  /// - Throws: 42P07 when the name is taken.
  mutating func add(_ table: TableDefinition) throws(Diagnostic) {
    if self.table(named: table.name) != nil || table.name == TableDefinition.auditEvents.name {
      throw Diagnostic(.duplicateTable, "table \"\(table.name)\" exists already")
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
