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
  let options: StoreOptions
  let guardian = ScanGuard()
  let writer: Mutex<Writer>
  /// What readers see: the newest durable commit.
  let published: Mutex<StoreHead>

  package static func open(
    _ location: StoreLocation, key: RootKeySource, options: StoreOptions = StoreOptions()
  ) throws -> Store {
    guard case .memory = location else {
      throw Diagnostic(.featureNotSupported, "databases on disk come with the next change")
    }
    return try Store(options: options)
  }

  private init(options: StoreOptions) throws {
    self.options = options
    isReadOnly = options.isReadOnly
    databaseID = DatabaseID(bytes: (0..<16).map { _ in UInt8.random(in: 0...255) })
    mainTenant = TenantID(.random(in: 1...UInt64.max))
    owner = ActorID(.random(in: 1...UInt64.max))
    var head = StoreHead()
    try head.catalog.add(TenantName(name: "main", id: mainTenant))
    var writer = Writer()
    writer.head = head
    self.writer = Mutex(writer)
    published = Mutex(head)
  }

  /// The newest durable commit as `tenant` sees it.
  package func snapshot(tenant: TenantID) -> Snapshot {
    Snapshot(tenant: tenant, head: published.withLock { $0 }, guardian: guardian)
  }

  /// - Throws: 25006 when the database is open for reading only and `readOnly` is false.
  package func begin(tenant: TenantID, actor: ActorID, readOnly: Bool) throws -> Transaction {
    if isReadOnly, !readOnly { throw StorageError.readOnly }
    return Transaction(
      store: self, snapshot: snapshot(tenant: tenant), tenant: tenant, actor: actor, isReadOnly: readOnly,
      startMicroseconds: options.clock.nowMicroseconds)
  }

  /// What opening found worth telling.
  package var notices: [String] { [] }

  package func record(_ events: [AuditEvent]) throws {}

  package func latches() -> LatchSet { LatchSet() }

  package func checkpoint() throws {}

  package func close() throws {}

  func newID() -> UInt64 { .random(in: 2...UInt64.max) }

  func holders(of keys: [[UInt8]], in partition: PartitionKey) throws -> [RowID] {
    try writer.withLock { try $0.holders(of: keys, in: partition) }
  }

  func commit(_ draft: CommitDraft) throws {
    if isReadOnly { throw StorageError.readOnly }
    let head = try writer.withLock { writer in
      let resolved = try writer.resolve(draft)
      try writer.apply(resolved)
      return writer.head
    }
    published.withLock { if $0.version < head.version { $0 = head } }
  }
}
