internal import Synchronization
import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// An open database: one writer under a lock, any number of readers on immutable snapshots.
///
/// A commit is decided under the lock, in the order of the log; readers see it when it is durable.
package final class Store: Sendable {
  package let databaseID: DatabaseID
  package let mainTenant: TenantID
  package let owner: ActorID
  package let isReadOnly: Bool
  /// What opening found worth telling.
  package let notices: [String]
  let options: StoreOptions
  let vault: Vault
  let source: RootKeySource
  let site: SegmentSite
  let chain: AuditChain
  let guardian: ScanGuard
  let writer: Mutex<Writer>
  let published: PublishedHead
  let inbox: EventInbox
  /// Held by the thread that syncs the log for itself and all who wait.
  let syncing = Mutex(())
  /// Reads' events become durable in groups, and no read waits for a sync.
  let eventFlush = DelayedWork(delayMicroseconds: 40_000)
  let upkeep = Upkeep()
  /// Held while the database is open for writing.
  private let lock: Mutex<(any DeviceLock)?>

  init(_ parts: consuming sending StoreParts) {
    databaseID = parts.vault.database
    mainTenant = parts.writer.state.mainTenant
    owner = parts.writer.state.owner
    options = parts.writer.options
    isReadOnly = options.isReadOnly
    notices = parts.notices
    vault = parts.vault
    source = parts.source
    site = parts.writer.site
    chain = parts.writer.chain
    guardian = parts.writer.guardian
    published = parts.writer.published
    inbox = parts.writer.inbox
    lock = Mutex(parts.lock)
    writer = Mutex(parts.writer)
  }

  /// The newest durable commit as `tenant` sees it.
  package func snapshot(tenant: TenantID) -> Snapshot {
    Snapshot(tenant: tenant, head: published.current, guardian: guardian)
  }

  /// Tables and tenants as of the newest durable commit.
  package var catalog: (tables: [TableDefinition], tenants: [TenantName]) { published.catalog }

  /// - Throws: 25006 when the database is open for reading only and `readOnly` is false.
  package func begin(tenant: TenantID, actor: ActorID, readOnly: Bool) throws -> Transaction {
    if isReadOnly, !readOnly { throw StorageError.readOnly }
    return Transaction(
      store: self, snapshot: snapshot(tenant: tenant), tenant: tenant, actor: actor, isReadOnly: readOnly,
      startMicroseconds: options.clock.nowMicroseconds)
  }

  /// Every consent that was withdrawn.
  package func latches() -> LatchSet { LatchSet() }

  func newID() -> UInt64 { site.keys.randomness.id() }

  func holders(
    of keys: [[UInt8]], _ index: IndexDefinition, in partition: PartitionKey, _ patience: Patience
  ) throws -> [RowID] {
    try writing(patience) { try $0.holders(of: keys, index, in: partition) }
  }

  /// - Parameter patience: asked for where another one writes.
  func holder(
    of key: [UInt8], hash: UInt64, _ index: IndexDefinition, in partition: PartitionKey,
    _ patience: () -> Patience
  ) throws -> RowID? {
    let answer = try writer.withLockIfAvailable { writer throws(StorageError) in
      try writer.holder(of: key, hash: hash, index, in: partition)
    }
    if let answer { return answer }
    return try writing(patience()) { try $0.holder(of: key, hash: hash, index, in: partition) }
  }

  /// What opened columns and operators count against.
  package var memory: MemoryBudget { site.memory }

  /// Lets another process write.
  func unlock() { lock.withLock { $0 = nil } }
}

/// What an opened store is made of.
struct StoreParts {
  var vault: Vault
  var source: RootKeySource
  var writer: Writer
  var lock: (any DeviceLock)?
  var notices: [String]
}
