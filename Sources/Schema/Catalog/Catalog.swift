/// What binding and planning may know of a database: one immutable view, of one snapshot and tenant.
package protocol Catalog: Sendable {
  /// Every table, by name, ascending.
  var tables: [TableDefinition] { get }
  /// Every tenant's name and id, by name, ascending.
  var tenants: [TenantName] { get }
  func table(named name: String) -> TableDefinition?
  /// What is known of the rows that the session's tenant has in `table`.
  func statistics(of table: TableID) -> TableStatistics
  /// Live rows of the tenant in `table`, at little cost.
  func rowCount(of table: TableID) -> Int
}

extension Catalog {
  package func rowCount(of table: TableID) -> Int { statistics(of: table).rowCount }

  package func tenant(named name: String) -> TenantID? { tenants.first { $0.name == name }?.id }
}

package struct TenantName: Hashable, Sendable {
  package var name: String
  package var id: TenantID

  package init(name: String, id: TenantID) {
    self.name = name
    self.id = id
  }
}

/// Counts and bounds for the planner. Estimates: an answer never depends on them.
package struct TableStatistics: Hashable, Sendable {
  /// Live rows of the tenant.
  package var rowCount: Int
  /// Plain bytes of a row, on average.
  package var rowBytes: Int
  /// One a column, by ordinal; empty: nothing is known.
  package var columns: [ColumnStatistics]

  package init(rowCount: Int, rowBytes: Int = 64, columns: [ColumnStatistics] = []) {
    self.rowCount = rowCount
    self.rowBytes = rowBytes
    self.columns = columns
  }
}

package struct ColumnStatistics: Hashable, Sendable {
  /// `.null` when unknown or when there is no value. Text bounds may be cut to a prefix: a lower minimum, a higher maximum.
  package var minimum: Value
  package var maximum: Value
  package var nullCount: Int
  /// Nil: unknown.
  package var distinctCount: Int?

  package init(minimum: Value = .null, maximum: Value = .null, nullCount: Int = 0, distinctCount: Int? = nil)
  {
    self.minimum = minimum
    self.maximum = maximum
    self.nullCount = nullCount
    self.distinctCount = distinctCount
  }
}
