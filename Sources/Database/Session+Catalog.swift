internal import VSQLSchema

extension Session {
  /// The names of all tables, ascending: for completion.
  public var tableNames: [String] { catalog.tables.map(\.name) }

  /// The names of a table's columns; empty when there is no such table: for completion.
  public func columnNames(of table: String) -> [String] {
    catalog.table(named: table)?.columns.map(\.name) ?? []
  }

  /// What the session sees of the database now.
  var catalog: any Catalog {
    switch transactionState {
    case .none: database.store.snapshot(tenant: tenant.id)
    case .open(let transaction), .failed(let transaction): transaction.catalog
    }
  }
}
