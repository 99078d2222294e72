import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// One session's unit of work: what it reads is its snapshot with its own writes; what it writes, others see after commit.
///
/// Used by one thread at a time. Own rows have provisional ids (`provisionalBase` and above) until the commit numbers them.
package final class Transaction {
  static let provisionalBase: RowID = 1 << 63

  package let tenant: TenantID
  package let actor: ActorID
  /// Whether what would write is refused; may be changed while the transaction runs.
  package var isReadOnly: Bool
  /// As of begin.
  package let snapshot: Snapshot
  /// Microseconds since 1970-01-01 UTC at begin: what `now()` says throughout.
  package let startMicroseconds: Int64

  /// Of the statement that runs.
  package var patience = Patience()

  let store: Store
  /// Tables and tenants with own DDL.
  var ownCatalog: CatalogState {
    didSet { target = nil }
  }
  /// The table of the last insert.
  private var target: InsertTarget?
  /// The rows of each table that was written, own writes included.
  var views: [TableID: Partition] = [:]
  var own = OwnWrites()
  var events = AuditActs()
  var isOpen = true

  struct OwnKey: Hashable, Sendable {
    var table: TableID
    var index: IndexID
  }

  /// One step, with what undoing it needs.
  enum Change: Sendable {
    case delete(TableID, [RowID])
    /// So many rows came to the buffer.
    case rows(Int)
    /// The buffer went into its table's view.
    indirect case flush(OwnRows.Flushed)
    case key(OwnKeys.Taking)
    indirect case createTable(TableDefinition)
    indirect case dropTable(TableDefinition)
    indirect case createIndex(TableID, IndexDefinition)
    case dropIndex(TableID, IndexID)
    indirect case createTenant(TenantName)
  }

  init(
    store: Store, snapshot: Snapshot, tenant: TenantID, actor: ActorID, isReadOnly: Bool,
    startMicroseconds: Int64
  ) {
    self.store = store
    self.snapshot = snapshot
    self.tenant = tenant
    self.actor = actor
    self.isReadOnly = isReadOnly
    self.startMicroseconds = startMicroseconds
    ownCatalog = snapshot.head.catalog
  }

  /// The catalog and statistics as the transaction sees them, own DDL included.
  package var catalog: any Catalog {
    TransactionCatalog(
      tables: ownCatalog, views: views, buffered: own.buffer.map { ($0.table, $0.count) }, snapshot: snapshot)
  }

  /// Of `catalog`, at no cost.
  package var tables: [TableDefinition] { ownCatalog.tables }
  package var tenants: [TenantName] { ownCatalog.tenants }

  /// Live rows of `table` that the transaction sees.
  package func rowCount(of table: TableID) -> Int {
    let buffered = if let buffer = own.buffer, buffer.table == table { buffer.count } else { 0 }
    return (views[table]?.liveCount ?? snapshot.rowCount(of: table)) + buffered
  }

  /// The rows of `table` that `scope` lets through, own writes included; see `Snapshot.scan`.
  package func scan(
    _ table: TableID, columns: [Int], scope: RowScope, zones: [ZonePredicate] = [], lookup: KeyLookup? = nil
  ) throws -> TableScan {
    let partition =
      scope.tenant == tenant ? try view(of: table) : snapshot.head.partition(table, scope.tenant)
    return try TableScan(
      of: partition, table: ownCatalog.table(table), columns: columns, scope: scope, zones: zones,
      lookup: lookup,
      guardian: snapshot.guardian, epoch: snapshot.head.erasureEpoch)
  }

  /// Takes events along: they are in the chain when the commit is durable, and not at all when it fails.
  package func record(_ events: [AuditEvent]) {
    for event in events { self.events.append(event) }
  }

  /// The same for acts that are kept from one run to the next.
  package func record(_ acts: [AuditAct]) {
    for act in acts { events.append(act) }
  }

  /// Ends the transaction without a trace.
  package func rollback() {
    isOpen = false
    views = [:]
    own = OwnWrites()
    events = AuditActs()
    ownCatalog = snapshot.head.catalog
  }

  /// The rows of a table, all own ones among them.
  func view(of table: TableID) throws -> Partition {
    try flushBuffer()
    return storedView(of: table)
  }

  /// The rows of a table but those in the buffer.
  func storedView(of table: TableID) -> Partition {
    views[table]
      ?? (snapshot.head.catalog.has(table) ? snapshot.head.partition(table, tenant) : Partition())
  }

  /// What inserting into `table` takes: found again only after another table's turn, or own DDL.
  func insertTarget(_ table: TableID) throws(Diagnostic) -> InsertTarget {
    if let target, target.definition.id == table { return target }
    let found = InsertTarget(try definition(of: table))
    target = found
    return found
  }

  /// - Throws: 25006 when nothing may be written.
  package func checkWritable() throws(StorageError) {
    if isReadOnly { throw store.isReadOnly ? .readOnly : .readOnlyTransaction }
    precondition(isOpen, "a transaction takes no writes after its end")
  }
}

/// A transaction's view of tables, tenants and statistics.
struct TransactionCatalog: Catalog {
  let ownTables: CatalogState
  let views: [TableID: Partition]
  /// Rows that no view has yet.
  let buffered: (table: TableID, count: Int)?
  let snapshot: Snapshot

  init(
    tables: CatalogState, views: [TableID: Partition], buffered: (table: TableID, count: Int)?,
    snapshot: Snapshot
  ) {
    ownTables = tables
    self.views = views
    self.buffered = buffered
    self.snapshot = snapshot
  }

  var tables: [TableDefinition] { ownTables.tables }
  var tenants: [TenantName] { ownTables.tenants }

  func table(named name: String) -> TableDefinition? {
    name == TableDefinition.auditEvents.name ? .auditEvents : ownTables.table(named: name)
  }

  func statistics(of table: TableID) -> TableStatistics {
    var statistics = views[table].map { snapshot.statistics(of: table, $0) } ?? snapshot.statistics(of: table)
    statistics.rowCount += bufferedCount(of: table)
    return statistics
  }

  func rowCount(of table: TableID) -> Int {
    (views[table]?.liveCount ?? snapshot.rowCount(of: table)) + bufferedCount(of: table)
  }

  private func bufferedCount(of table: TableID) -> Int {
    if let buffered, buffered.table == table { buffered.count } else { 0 }
  }
}
