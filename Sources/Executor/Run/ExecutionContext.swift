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
  /// What ends the statement while it runs or waits.
  package var patience: Patience

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
    patience = settings.patience(isCancelled)
  }
}

extension SessionSettings {
  /// For a statement that begins now.
  ///
  /// - Parameter isCancelled: asked once a batch and while waiting; true ends the statement with 57014.
  package func patience(_ isCancelled: @escaping @Sendable () -> Bool) -> Patience {
    Patience(
      lockTimeoutMilliseconds: lockTimeoutMilliseconds,
      deadline: statementTimeoutMilliseconds.map { .now + .milliseconds($0) }, isCancelled: isCancelled)
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
