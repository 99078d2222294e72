import VSQLSchema
import VSQLTrust

/// The database as of one commit, seen by one tenant: immutable and cheap to copy.
package struct Snapshot: Catalog, Sendable {
  package let tenant: TenantID
  let head: StoreHead
  let guardian: ScanGuard

  package var tables: [TableDefinition] { head.catalog.tables }
  package var tenants: [TenantName] { head.catalog.tenants }

  package func table(named name: String) -> TableDefinition? {
    name == TableDefinition.auditEvents.name ? .auditEvents : head.catalog.table(named: name)
  }

  package func statistics(of table: TableID) -> TableStatistics {
    statistics(of: table, head.partition(table, tenant))
  }

  /// Of the rows that a transaction of the tenant sees.
  func statistics(of table: TableID, _ rows: Partition) -> TableStatistics {
    TableStatistics(of: rows, PartitionKey(table, tenant), head.joined)
  }

  package func rowCount(of table: TableID) -> Int { head.partition(table, tenant).liveCount }

  /// The rows of `table` that `scope` lets through, ascending by row id.
  ///
  /// - Parameters:
  ///   - columns: ordinals of the table's columns, in the order that batches shall have them.
  ///   - zones: conditions that every row of interest meets.
  ///   - lookup: entries of an index, those of every row of interest among them; nil: all rows are read.
  /// - Throws: 42P01 when the table does not exist in the snapshot.
  package func scan(
    _ table: TableID, columns: [Int], scope: RowScope, zones: [ZonePredicate] = [], lookup: KeyLookup? = nil
  ) throws -> TableScan {
    try TableScan(
      of: head.partition(table, scope.tenant), table: head.catalog.table(table), columns: columns,
      scope: scope,
      zones: zones, lookup: lookup, guardian: guardian, epoch: head.erasureEpoch)
  }
}
