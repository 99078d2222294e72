import VSQLPlanner
import VSQLSchema
import VSQLStorage
import VSQLTrust

/// What a statement runs in: whose it is, what it may see, and where it reads and writes.
package struct ExecutionContext {
  package var transaction: Transaction
  package var store: Store
  /// What every scan of the statement sees.
  package var scope: RowScope
  package var tenant: TenantName
  package var actor: ActorID
  /// Of the bound types.
  package var parameters: [Value]
  /// What `now()` says: microseconds since 1970-01-01 UTC.
  package var nowMicroseconds: Int64
  package var settings: SessionSettings
  package var isReadOnlyDatabase: Bool
  /// Called now and then while a long statement runs.
  package var progress: (@Sendable (Progress) -> Void)?
  /// Asked once a batch; true ends the statement with 57014.
  package var isCancelled: @Sendable () -> Bool

  package init(
    transaction: Transaction, store: Store, scope: RowScope, tenant: TenantName, actor: ActorID,
    parameters: [Value] = [], nowMicroseconds: Int64, settings: SessionSettings = SessionSettings(),
    isReadOnlyDatabase: Bool = false, progress: (@Sendable (Progress) -> Void)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.transaction = transaction
    self.store = store
    self.scope = scope
    self.tenant = tenant
    self.actor = actor
    self.parameters = parameters
    self.nowMicroseconds = nowMicroseconds
    self.settings = settings
    self.isReadOnlyDatabase = isReadOnlyDatabase
    self.progress = progress
    self.isCancelled = isCancelled
  }
}

/// How far a long statement is.
package struct Progress: Sendable {
  /// Rows done.
  package var rows: Int
  /// From 0 to 1; nil: unknown.
  package var fraction: Double?

  package init(rows: Int, fraction: Double?) {
    self.rows = rows
    self.fraction = fraction
  }
}
