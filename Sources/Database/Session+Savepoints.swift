internal import VSQLDiagnostics
internal import VSQLExecutor
internal import VSQLPlanner
internal import VSQLStorage

/// What ROLLBACK and ROLLBACK TO return to: the state at BEGIN, and at each savepoint since.
struct SavepointStack {
  struct Level {
    let name: String
    /// Nil: at BEGIN, where the transaction's own rollback does it.
    let mark: Transaction.Mark?
    let settings: SessionSettings
    let isReadOnly: Bool
  }

  private(set) var outermost = Level(name: "", mark: nil, settings: SessionSettings(), isReadOnly: false)
  /// The newest last; of one name, the newest is meant.
  private(set) var levels: [Level] = []
  /// After the first statement, a read-only transaction stays so.
  var hasRunStatement = false

  init() {}

  init(of transaction: Transaction, settings: SessionSettings) {
    outermost = Level(name: "", mark: nil, settings: settings, isReadOnly: transaction.isReadOnly)
  }

  mutating func make(_ name: String, of transaction: Transaction, settings: SessionSettings) {
    levels.append(
      Level(
        name: name, mark: transaction.savepointMark(), settings: settings,
        isReadOnly: transaction.isReadOnly))
  }

  /// The newest level of this name, after forgetting what is newer; the level itself is forgotten unless it `stays`.
  ///
  /// - Throws: 3B001 when there is none; the stack is as it was.
  mutating func pop(to name: String, stays: Bool) throws(Diagnostic) -> Level {
    guard let index = levels.lastIndex(where: { $0.name == name }) else {
      throw Diagnostic(
        .invalidSavepoint, "savepoint \"\(name)\" does not exist",
        label: Suggestion.label(for: name, in: levels.map(\.name)))
    }
    let level = levels[index]
    levels.removeSubrange((stays ? index + 1 : index)...)
    return level
  }
}

extension Session {
  /// SAVEPOINT, RELEASE, ROLLBACK TO; the last also in a failed transaction, which it makes usable again.
  ///
  /// - Throws: 25P01 outside BEGIN, 3B001 for a name that no savepoint has.
  func run(_ step: BoundSavepoint) throws(Diagnostic) -> StatementResult {
    let transaction: Transaction
    switch transactionState {
    case .none:
      throw Diagnostic(
        .noActiveTransaction, "\(step.verb) can only be used inside a transaction", hint: "BEGIN opens one.")
    case .open(let open), .failed(let open): transaction = open
    }
    switch step {
    case .make(let name):
      savepoints.make(name, of: transaction, settings: settings)
      return .command("SAVEPOINT")
    case .release(let name):
      transaction.isReadOnly = try savepoints.pop(to: name, stays: false).isReadOnly
      return .command("RELEASE")
    case .rollback(let name):
      let level = try savepoints.pop(to: name, stays: true)
      if let mark = level.mark { transaction.rollback(to: mark) }
      transaction.isReadOnly = level.isReadOnly
      settings = level.settings
      transactionState = .open(transaction)
      return .command("ROLLBACK")
    }
  }

  /// SET TRANSACTION: until the transaction ends, or until the savepoint that it came after does.
  ///
  /// - Throws: 25001 where a read-only transaction shall write after its first statement, or inside a savepoint of a read-only
  ///   one; 25006 where the database is open for reading only.
  func setTransaction(isReadOnly: Bool) throws -> StatementResult {
    guard case .open(let transaction) = transactionState else {
      return .command("SET", notice: "SET TRANSACTION does nothing outside a transaction")
    }
    if !isReadOnly, transaction.isReadOnly {
      if database.isReadOnly { throw StorageError.readOnly }
      if savepoints.levels.last?.isReadOnly ?? false {
        throw Diagnostic(
          .activeTransaction, "inside a read-only transaction a savepoint cannot begin to write")
      }
      if savepoints.hasRunStatement {
        throw Diagnostic(
          .activeTransaction, "a transaction is made to write before its first statement, not after")
      }
    }
    transaction.isReadOnly = isReadOnly
    return .command("SET")
  }
}

extension BoundSavepoint {
  fileprivate var verb: String {
    switch self {
    case .make: "SAVEPOINT"
    case .release: "RELEASE SAVEPOINT"
    case .rollback: "ROLLBACK TO SAVEPOINT"
    }
  }
}
