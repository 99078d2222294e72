import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// What a database whose files were tampered with says when all of it is read, beside a writer's rights and without.
struct Observation {
  /// Errors, findings, notices: whatever tells that something is wrong.
  var told: [String] = []
  /// Answers that are not those of the database, and errors that name nothing.
  var wrong: [String] = []
  /// Parts that were read whole and hold what an earlier commit left, by how many commits are missing.
  var lost: Int = 0

  private let database: RichDatabase
  private let files: [String: [UInt8]]

  /// Opens `files` twice, to read only and to write, reads everything, asks for VERIFY AUDIT and CHECK DATABASE.
  init(_ files: [String: [UInt8]], of database: RichDatabase) {
    self.files = files
    self.database = database
    check()
    observe("read-only", StoreOptions(isReadOnly: true))
    observe("writing", StoreOptions(create: false))
  }

  /// Whether anything told names `path`.
  func names(_ path: String) -> Bool { told.contains { $0.contains(path) } }

  private mutating func check() {
    do {
      for finding in try Store.checkDatabase(.device(MemoryDevice(files: files)), key: database.key).findings
      {
        told.append("check: \(finding.file): \(finding.text)")
      }
    } catch { take(error, "check") }
  }

  private mutating func observe(_ way: String, _ options: StoreOptions) {
    let device = MemoryDevice(files: files)
    let store: Store
    do {
      store = try Store.open(.device(device), key: database.key, options: options)
    } catch { return take(error, "\(way), open") }
    told += store.notices.map { "\(way), notice: \($0)" }
    read(store, way)
    do {
      let verification = try store.verifyAudit(actor: store.owner)
      if !verification.isChainVerified {
        told.append("\(way), audit: event \(verification.firstBadEvent ?? 0): \(verification.reason ?? "")")
        if verification.reason?.isEmpty ?? true { wrong.append("\(way): a broken chain without a reason") }
      }
    } catch { take(error, "\(way), audit") }
    do { try store.close() } catch { take(error, "\(way), close") }
  }

  private mutating func read(_ store: Store, _ way: String) {
    var found: RichDatabase.Rows = [:]
    var isWhole = true
    let tenants = store.snapshot(tenant: store.mainTenant).tenants
    for part in database.rows.keys {
      do {
        found[part] = try tenants.first { $0.name == part.tenant }
          .flatMap { try RichDatabase.read(store, $0, part.table) }
        if found[part] == nil { wrong.append("\(way): \(part) is not there") }
      } catch {
        take(error, "\(way), \(part)")
        isWhole = false
      }
    }
    let isPart = { (rows: RichDatabase.Rows) in found.allSatisfy { rows[$0.key] == $0.value } }
    if let commit = database.commits.lastIndex(where: isPart) {
      lost = max(lost, database.commits.count - 1 - commit)
    } else {
      for (part, rows) in found where rows != database.rows[part] {
        wrong.append("\(way): \(part) has \(rows.count) rows, not the \(database.rows[part]?.count ?? 0)")
      }
    }
    if isWhole { lookUp(store, tenants, found, way) }
  }

  /// The rows that an index finds are those that a scan does.
  private mutating func lookUp(
    _ store: Store, _ tenants: [TenantName], _ found: RichDatabase.Rows, _ way: String
  ) {
    for tenant in tenants {
      let snapshot = store.snapshot(tenant: tenant.id)
      guard let table = snapshot.table(named: "people"), let index = table.indexes.first,
        let key = KeyEncoder.key(of: .text("p-5"))
      else { continue }
      let all = found[RichDatabase.Part(tenant: tenant.name, table: "people")] ?? []
      do {
        let rows = try RichDatabase.values(
          snapshot.scan(
            table.id, columns: Array(table.columns.indices), scope: RichDatabase.scope(store, tenant.id),
            lookup: KeyLookup(index, [KeyRange(prefix: key)])))
        if rows.filter({ $0[2] == .text("p-5") }) != all.filter({ $0[2] == .text("p-5") }) {
          wrong.append("\(way): the index of \(tenant.name).people finds other rows")
        }
      } catch { take(error, "\(way), index") }
    }
  }

  private mutating func take(_ error: any Error, _ way: String) {
    guard let diagnostic = (error as? any DiagnosableError)?.diagnostic ?? (error as? Diagnostic) else {
      wrong.append("\(way): \(error)")
      return
    }
    told.append("\(way): \(diagnostic.message)")
    let isNamed =
      diagnostic.state == .wrongKey || diagnostic.message.contains("\"")
      || diagnostic.message.contains("database")
    if !isNamed { wrong.append("\(way): \"\(diagnostic.message)\" names nothing") }
  }
}

/// What an enumeration found, printed at its end.
struct Tally {
  var cases = 0
  /// Cases in which something was told.
  var told = 0
  /// Cases in which the altered file was named.
  var named = 0
  /// Cases in which all is as it was, and nothing was told.
  var unnoticed: [String] = []
  var wrong: [String] = []
  /// Cases in which commits are missing.
  var lost: [String] = []

  mutating func take(_ observation: Observation, _ what: String, path: String) {
    cases += 1
    if observation.told.isEmpty { unnoticed.append(what) } else { told += 1 }
    if observation.names(path) { named += 1 }
    wrong += observation.wrong.map { "\(what): \($0)" }
  }

  func text(_ name: String) -> String {
    """
    \(name): \(cases) cases, \(told) told, \(named) by name, \(unnoticed.count) without any effect, \(lost.count) with commits \
    missing, \(wrong.count) wrong
    """
  }
}
