import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage
import VSQLTrust

/// Indexes of the store: their runs, what they find, and what unique ones refuse.
@Suite struct IndexTests {
  static let byName = IndexDefinition(id: .primaryKey, name: "by_name", columns: [1], isUnique: true)
  static let byPatient = IndexDefinition(
    id: .primaryKey, name: "by_patient", columns: [2, 0], isUnique: false)

  private let violation = StorageError.uniqueViolation(
    constraint: "by_name", table: "people", columns: ["name"])
  private let duplicates = StorageError.duplicateKeys(index: "by_name", table: "people", columns: ["name"])

  @Test func findsRowsInSegmentsInMemoryAndAmongOwn() throws {
    let device = MemoryDevice()
    var store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<300), into: table) }
    try store.checkpoint()
    try store.write { try $0.insert(peopleBatch(300..<400), into: table) }
    // Segments get their runs when the index is made, memory's rows when they are flushed.
    _ = try store.write { try $0.createIndex(Self.byPatient, on: table) }
    try store.check()
    try store.write { try $0.insert(peopleBatch(400..<600), into: table) }
    for _ in 0..<2 {
      let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
      try transaction.insert(peopleBatch(1_000..<1_100), into: table)
      let gone = try rows(of: "p-3", table, transaction, store.scope).prefix(2)
      try transaction.delete(gone.map(\.rowID), from: table)
      let expected = try transaction.scan(table, columns: [0, 2], scope: store.scope).rows()
        .filter { $0.values[1] == .text("p-3") }
      #expect(try rows(of: "p-3", table, transaction, store.scope) == expected)
      #expect(expected.count == 68)
      transaction.rollback()
      try store.close()
      store = try Store.on(device)
    }
    try store.check()
  }

  private func rows(
    of patient: String, _ table: TableID, _ transaction: Transaction, _ scope: RowScope
  ) throws -> [Row] {
    let definition = try #require(transaction.catalog.table(named: "people"))
    let index = try #require(definition.indexes.first)
    let key = try #require(KeyEncoder.key(of: .text(patient)))
    return try transaction.scan(
      table, columns: [0, 2], scope: scope, lookup: KeyLookup(index, [KeyRange(prefix: key)])
    ).rows().filter { $0.values[1] == .text(patient) }
  }

  @Test func aUniqueKeyIsHeldToEverywhere() throws {
    let device = MemoryDevice()
    var store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { transaction in
      try transaction.createIndex(Self.byName, on: table)
      // Every seventh name is NULL: those differ.
      try transaction.insert(peopleBatch(0..<30), into: table)
    }
    func insert(_ id: Int, named name: Int) throws {
      var batch = try peopleBatch([id])
      batch.columns[1] = try peopleBatch([name]).columns[1]
      try store.write { try $0.insert(batch, into: table) }
    }
    for _ in 0..<2 {
      #expect(throws: violation) { try insert(100, named: 3) }
      // NULL again.
      try insert(Int(store.ids(table).count) + 500, named: 7)
      try store.checkpoint()
      #expect(throws: violation) { try insert(100, named: 4) }
      try store.close()
      store = try Store.on(device)
    }
    // A deleted row's key is free, in a segment and in memory.
    for _ in 0..<2 {
      try store.write { transaction in
        let row = try #require(
          transaction.scan(table, columns: [0, 1], scope: store.scope).rows()
            .first { $0.values[1] == .text("name 3") })
        try transaction.delete([row.rowID], from: table)
      }
      try insert(3_000 + store.ids(table).count, named: 3)
      #expect(throws: violation) { try insert(100, named: 3) }
    }
    // What was refused left nothing behind.
    #expect(try !store.ids(table).contains(100))
  }

  @Test func transactionsMeetAtTheirCommits() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    func begin() throws -> Transaction {
      try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    }
    func batch(_ id: Int, named name: Int) throws -> Batch {
      var batch = try peopleBatch([id])
      batch.columns[1] = try peopleBatch([name]).columns[1]
      return batch
    }
    // Rows that came after the snapshot of the one who makes the index.
    let maker = try begin()
    try maker.createIndex(Self.byName, on: table)
    try store.write { transaction in
      try transaction.insert(batch(1, named: 1), into: table)
      try transaction.insert(batch(2, named: 1), into: table)
    }
    #expect(throws: duplicates) { try maker.commit() }
    #expect(throws: duplicates) { try store.write { try $0.createIndex(Self.byName, on: table) } }
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete([rows[1].rowID], from: table)
      try transaction.createIndex(Self.byName, on: table)
    }
    // One who did not know the index when it wrote.
    try store.write { transaction in
      try transaction.dropIndex(
        #require(transaction.catalog.table(named: "people")?.indexes.first?.id), of: table)
    }
    let writer = try begin()
    try writer.insert(batch(3, named: 1), into: table)
    _ = try store.write { try $0.createIndex(Self.byName, on: table) }
    #expect(throws: StorageError.conflict(table: "people")) { try writer.commit() }
    // Two who take one key.
    let (first, second) = (try begin(), try begin())
    try first.insert(batch(4, named: 5), into: table)
    try second.insert(batch(5, named: 5), into: table)
    try first.commit()
    #expect(throws: violation) { try second.commit() }
    #expect(try store.ids(table) == [1, 4])
    // Two who take one name for an index.
    let (one, other) = (try begin(), try begin())
    try one.createIndex(Self.byPatient, on: table)
    try other.createIndex(Self.byPatient, on: table)
    try one.commit()
    #expect(throws: Diagnostic.self) { try other.commit() }
  }

  /// A tenant's keys are its own, but an index is every tenant's.
  @Test func otherTenantsAreAsked() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    let tenant = try store.write { try $0.createTenant("acme") }
    let acme = try store.begin(tenant: tenant, actor: store.owner, readOnly: false)
    var batch = try peopleBatch([1, 2])
    batch.columns[1] = try peopleBatch([5, 5]).columns[1]
    try acme.insert(batch, into: table)
    try acme.commit()
    #expect(throws: duplicates) { try store.write { try $0.createIndex(Self.byName, on: table) } }
  }

  @Test func anIndexIsThereOrNotAfterACrashAnywhere() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<40), into: table) }
    try store.checkpoint()
    try store.write { try $0.insert(peopleBatch(40..<60), into: table) }
    try store.close()
    let crashes = try crashEverywhere(device.snapshotFiles()) { device in
      let store = try Store.open(.device(device), key: testKey, options: StoreOptions())
      try store.write { transaction in
        try transaction.createIndex(Self.byName, on: table)
        try transaction.createIndex(Self.byPatient, on: table)
      }
      try store.write { try $0.insert(peopleBatch([1_001]), into: table) }
      _ = try store.eraseEntity(
        ErasureRequest(
          entity: .text("p-4"), type: nil, tenant: store.mainTenant, actor: store.owner, reason: nil,
          isDryRun: false))
      try store.write { try $0.insert(peopleBatch([1_002]), into: table) }
      try store.close()
    } check: { device in
      let store = try Store.on(device)
      try store.check()
      let ids = try store.ids(table)
      #expect(ids.count >= 54 && Set(ids).count == ids.count)
      let indexes = store.snapshot(tenant: store.mainTenant).table(named: "people")?.indexes ?? []
      #expect(indexes.count == 0 || indexes.count == 2)
      if indexes.count == 2 {
        var batch = try peopleBatch([5_000])
        batch.columns[1] = try peopleBatch([41]).columns[1]
        #expect(throws: violation) { try store.write { try $0.insert(batch, into: table) } }
        let key = try #require(KeyEncoder.key(of: .text("p-1")))
        let found = try store.snapshot(tenant: store.mainTenant).scan(
          table, columns: [0, 2], scope: store.scope, lookup: KeyLookup(indexes[1], [KeyRange(prefix: key)])
        ).rows().filter { $0.values[1] == .text("p-1") }
        #expect(found.map(\.id) == ids.filter { $0 % 10 == 1 })
      }
      try store.close()
    }
    #expect(crashes > 40)
  }
}
