internal import VSQLDiagnostics
internal import VSQLExecutor
internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage
import Synchronization

/// One user's conversation with a database, in one tenant. Used by one task at a time.
///
/// Statements outside BEGIN are transactions of their own. Inside, a statement that fails undoes itself and the
/// transaction takes nothing but ROLLBACK, or ROLLBACK TO a savepoint, as PostgreSQL has it.
public final class Session {
  let database: Database
  let actor: ActorID
  var tenant: TenantName
  var settings = SessionSettings()
  var transactionState = TransactionState.none
  /// What the open transaction can return to.
  var savepoints = SavepointStack()
  private let cancellation: Canceller
  /// Asks `cancellation`; made once for all statements.
  let isCancelled: @Sendable () -> Bool
  /// Called now and then while a long statement runs.
  public var onProgress: (@Sendable (Progress) -> Void)?

  /// How far a long statement is.
  public struct Progress: Sendable {
    /// Rows done so far.
    public let rows: Int
    /// From 0 to 1; nil: unknown.
    public let fraction: Double?
  }

  /// What a BEGIN left open.
  enum TransactionState {
    case none
    case open(Transaction)
    /// A statement of it failed.
    case failed(Transaction)
  }

  init(database: Database, tenant: TenantName, actor: ActorID) {
    self.database = database
    self.tenant = tenant
    self.actor = actor
    let canceller = Canceller()
    cancellation = canceller
    isCancelled = { canceller.isCancelled }
  }

  deinit {
    switch transactionState {
    case .none: break
    case .open(let transaction), .failed(let transaction): transaction.rollback()
    }
  }

  /// The tenant whose rows the session reads and writes.
  public var tenantName: String { tenant.name }

  /// Whether a BEGIN is open.
  public var isInTransaction: Bool {
    switch transactionState {
    case .none: false
    case .open, .failed: true
    }
  }

  /// Whether a statement of the open transaction failed, so that only ROLLBACK and ROLLBACK TO are taken.
  public var isInFailedTransaction: Bool {
    if case .failed = transactionState { true } else { false }
  }

  /// Something that stops the running statement (57014), from any thread.
  public var canceller: Canceller { cancellation }

  /// Stops a session's running statement.
  public final class Canceller: Sendable {
    private let flag = Atomic<Bool>(false)

    init() {}

    /// Asks the running statement to stop; where none runs yet, the next one does not start.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Whether the running statement was asked to stop and has not stopped yet.
    public var isCancelling: Bool { isCancelled }

    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    /// Forgets a request that came too late for the statement that it was meant for.
    public func reset() { flag.store(false, ordering: .relaxed) }
  }
}

extension Session {
  /// Runs one statement with parameters `$1`, `$2`, …
  ///
  /// - Throws: any SQLSTATE that the statement can raise; the database is as it was before the statement.
  @discardableResult
  public func execute(_ sql: String, _ parameters: [Value] = []) throws(VSQLError) -> StatementResult {
    try run(sql, .positional(parameters.map { value throws(VSQLError) in try value.checkedInner() }))
  }

  /// Runs one statement with parameters `:name`, …
  @discardableResult
  public func execute(_ sql: String, _ parameters: [String: Value]) throws(VSQLError) -> StatementResult {
    var values: [String: VSQLSchema.Value] = [:]
    for (name, value) in parameters { values[name] = try value.checkedInner() }
    return try run(sql, .named(values))
  }

  /// Runs one statement and iterates its rows.
  public func query(_ sql: String, _ parameters: [Value] = []) throws(VSQLError) -> Rows {
    try execute(sql, parameters).rows
  }

  /// Runs one statement with named parameters and iterates its rows.
  public func query(_ sql: String, _ parameters: [String: Value]) throws(VSQLError) -> Rows {
    try execute(sql, parameters).rows
  }
}
