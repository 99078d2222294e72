import VSQLSchema
import VSQLStorage
import VSQLTrust

/// A small database with something of everything, what it must answer, and every file that it once had.
struct RichDatabase {
  /// The rows of one tenant in one table.
  struct Part: Hashable, CustomStringConvertible {
    var tenant: String
    var table: String
    var description: String { "\(tenant).\(table)" }
  }

  typealias Rows = [Part: [[Value]]]

  /// As a close left them, or as a process that died did.
  var files: [String: [UInt8]] = [:]
  /// Earlier contents by path, oldest first; the present one is not among them.
  var former: [String: [[UInt8]]] = [:]
  /// What was acknowledged.
  var rows: Rows = [:]
  /// After each commit that only the log has, the first entry before all of them.
  var commits: [Rows] = []
  let key: RootKeySource

  static let acme = "acme"
  static let tables = ["people", "facts", "notes"]

  static let facts = TableDefinition(
    id: TableID(0), name: "facts",
    columns: [
      ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
      ColumnDefinition(name: "kind", type: .string), ColumnDefinition(name: "amount", type: .double),
    ],
    primaryKey: [0], seal: .page)

  private static func factBatch(_ ids: Range<Int>) throws -> Batch {
    var builders = facts.columns.map { ColumnBuilder(type: $0.type) }
    for id in ids {
      try builders[0].append(.integer(Int64(id)))
      try builders[1].append(.text(["bought", "sold", "returned to where it came from"][id % 3]))
      try builders[2].append(.double(Double(id) / 8))
    }
    return Batch(columns: builders.map { $0.finish() }, count: ids.count)
  }

  /// - Parameter isClosed: whether the process that wrote it closed it, or died.
  init(key: RootKeySource = testKey, isClosed: Bool) throws {
    self.key = key
    let device = MemoryDevice()
    let store = try Store.open(.device(device), key: key)
    var definition = peopleDefinition
    definition.indexes = [IndexTests.byPatient]
    let (people, facts, notes, acme) = try store.write { transaction in
      (
        try transaction.createTable(definition), try transaction.createTable(Self.facts),
        try transaction.createTable(DictionaryErasureTests.notes), try transaction.createTenant(Self.acme)
      )
    }
    func write(_ tenant: TenantID, _ body: (Transaction) throws -> Void) throws {
      let transaction = try store.begin(tenant: tenant, actor: store.owner, readOnly: false)
      try body(transaction)
      try transaction.commit()
    }
    func insert(_ ids: Range<Int>, _ tenant: TenantID? = nil) throws {
      try write(tenant ?? store.mainTenant) { try $0.insert(peopleBatch(ids), into: people) }
    }
    func delete(_ ids: Set<Int64>) throws {
      try store.write { transaction in
        let rows = try transaction.scan(people, columns: [0], scope: store.scope).rows()
        try transaction.delete(rows.filter { ids.contains($0.id) }.map(\.rowID), from: people)
      }
    }
    func event(_ resource: String) -> AuditEvent {
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .dataAccess, resource: resource, outcome: .done)
    }
    func note() { remember(device) }

    try insert(0..<40)
    try insert(100..<120, acme)
    note()
    try store.checkpoint()
    note()
    try insert(40..<70)
    try store.checkpoint()
    note()
    _ = try store.vacuum([people], tenant: store.mainTenant)
    note()
    try store.write { transaction in
      try transaction.insert(DictionaryErasureTests.batch(0..<180, patients: 90), into: notes)
      try transaction.insert(Self.factBatch(0..<60), into: facts)
    }
    try store.record([event("table:notes")])
    try store.checkpoint()
    note()
    try delete([5, 17, 60])
    try store.checkpoint()
    note()
    _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    note()
    _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
    note()
    for number in 1...2 {
      try store.remember("SELECT \(number)")
      note()
    }
    try insert(200..<340)
    try store.checkpoint()
    note()
    commits = [try Self.read(store)]
    func commit(_ body: () throws -> Void) throws {
      try body()
      commits.append(try Self.read(store))
      note()
    }
    try commit { try insert(400..<403) }
    try commit { try store.write { try $0.insert(Self.factBatch(100..<104), into: facts) } }
    try commit { try delete([2, 210, 401]) }
    try store.record([event("table:people")])
    try store.flushEvents()
    note()
    try commit { try insert(500..<501, acme) }
    try commit { try insert(403..<404) }
    rows = commits.last ?? [:]
    files = device.durableFiles()
    if isClosed {
      try store.close()
      files = device.snapshotFiles()
    } else {
      remember(device)
    }
    for (path, bytes) in files { former[path]?.removeAll { $0 == bytes } }
    files["LOCK"] = []
  }

  /// Notes every content of a file that was not there before.
  private mutating func remember(_ device: MemoryDevice) {
    for (path, bytes) in device.durableFiles() where former[path]?.last != bytes {
      former[path, default: []].append(bytes)
    }
  }

  /// The rows of every tenant in every table, in their order.
  static func read(_ store: Store) throws -> Rows {
    var rows: Rows = [:]
    for tenant in store.snapshot(tenant: store.mainTenant).tenants {
      for table in tables { rows[Part(tenant: tenant.name, table: table)] = try read(store, tenant, table) }
    }
    return rows
  }

  /// - Returns: nil when there is no such table.
  static func read(_ store: Store, _ tenant: TenantName, _ table: String) throws -> [[Value]]? {
    let snapshot = store.snapshot(tenant: tenant.id)
    guard let definition = snapshot.table(named: table) else { return nil }
    return try values(
      snapshot.scan(
        definition.id, columns: Array(definition.columns.indices), scope: scope(store, tenant.id)))
  }

  static func scope(_ store: Store, _ tenant: TenantID) -> RowScope {
    RowScope(tenant: tenant, visible: .all, consent: store.latches().mask())
  }

  static func values(_ scan: consuming TableScan) throws -> [[Value]] {
    var rows: [[Value]] = []
    while let batch = try scan.next() {
      for row in batch.selection?.map(Int.init) ?? Array(0..<batch.count) {
        rows.append(batch.columns.map { $0.value(at: row) })
      }
    }
    return rows
  }
}
