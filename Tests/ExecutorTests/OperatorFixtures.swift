import VSQLDiagnostics
import VSQLExecutor
import VSQLParser
import VSQLPlanner
import VSQLSchema
import VSQLStorage
import VSQLTrust

/// A database in memory, and statements on their whole way: parse, bind, authorize, plan, execute, commit.
final class TestDatabase {
  let store: Store
  var settings = SessionSettings()
  /// False leaves the binder's plans as they are.
  var optimises = true
  var prefersIndexes = false
  var isCancelled: @Sendable () -> Bool = { false }
  var progress: (@Sendable (Progress) -> Void)?

  init(_ options: StoreOptions = StoreOptions()) throws {
    store = try Store.open(.memory, key: .inMemory, options: options)
  }

  struct Everything: Grants {
    func allows(_ access: Access, to actor: ActorID, in tenant: TenantID) -> Bool { true }
  }

  /// Runs one statement in a transaction of its own.
  @discardableResult
  func run(_ sql: String, _ parameters: [Value] = []) throws -> Answer {
    let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    do {
      let answer = try run(sql, parameters, in: transaction)
      try transaction.commit()
      return answer
    } catch {
      transaction.rollback()
      throw error
    }
  }

  func run(_ sql: String, _ parameters: [Value] = [], in transaction: Transaction) throws -> Answer {
    let tenant = TenantName(name: "main", id: store.mainTenant)
    let catalog = transaction.catalog
    let binder = Binder(catalog: catalog, session: BindingSession(tenant: tenant, settings: settings))
    let bound = try binder.bind(try Parser.parseStatement(sql), parameters: parameters)
    let authorized = try Authorizer.authorize(
      bound, actor: store.owner, tenant: store.mainTenant, grants: Everything())
    let planned = QueryPlanner.plan(
      authorized, catalog: catalog, optimising: optimises, prefersIndexes: prefersIndexes)
    let context = ExecutionContext(
      transaction: transaction, store: store,
      scope: RowScope(tenant: store.mainTenant, visible: .all, consent: store.latches().mask()),
      tenant: tenant, actor: store.owner, parameters: parameters,
      nowMicroseconds: transaction.startMicroseconds, settings: settings, progress: progress,
      isCancelled: isCancelled)
    switch try Executor.execute(planned, in: context) {
    case .command(let tag, let rowCount): return Answer(names: [], rows: [], tag: tag, rowCount: rowCount)
    case .rows(let stream):
      var rows: [[Value]] = []
      while let batch = try stream.next() {
        for row in batch.selection?.map(Int.init) ?? Array(0..<batch.count) {
          rows.append(batch.columns.map { $0.value(at: row) })
        }
      }
      return Answer(names: stream.columns.map(\.name), rows: rows, tag: nil, rowCount: rows.count)
    }
  }

  /// The rows of a query as text: fields with `|`, NULL as `NULL`.
  func lines(_ sql: String, _ parameters: [Value] = []) throws -> [String] {
    try run(sql, parameters).rows.map { row in
      row.map { $0 == .null ? "NULL" : $0.text ?? "" }.joined(separator: "|")
    }
  }

  /// The SQLSTATE that the statement fails with; nil when it does not.
  func failure(_ sql: String, _ parameters: [Value] = []) -> Diagnostic? {
    do {
      try run(sql, parameters)
      return nil
    } catch {
      return (error as? any DiagnosableError)?.diagnostic
    }
  }
}

struct Answer {
  var names: [String]
  var rows: [[Value]]
  var tag: String?
  var rowCount: Int
}
