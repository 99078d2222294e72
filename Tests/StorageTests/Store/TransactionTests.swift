import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

@Suite struct TransactionTests {
  @Test func committedRowsAreSeenInOrderOfInsertion() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    for start in stride(from: 0, to: 5_000, by: 100) {
      try store.write { try $0.insert(peopleBatch(start..<start + 100), into: table) }
    }
    let rows = try store.rows(table)
    #expect(rows.map(\.id) == Array(0..<5_000))
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.rowID < $1.rowID })
    #expect(rows[7].values[1] == .null)
    #expect(rows[8].values[1] == .text("name 8"))
    #expect(store.snapshot(tenant: store.mainTenant).statistics(of: table).rowCount == 5_000)
  }

  @Test func aSnapshotDoesNotSeeLaterCommits() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<10), into: table) }
    let before = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: true)
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete(rows.prefix(5).map(\.rowID), from: table)
      try transaction.insert(peopleBatch(100..<103), into: table)
    }
    #expect(try before.scan(table, columns: [0], scope: store.scope).rows().map(\.id) == Array(0..<10))
    #expect(try store.ids(table) == [5, 6, 7, 8, 9, 100, 101, 102])
  }

  @Test func aTransactionReadsItsOwnWritesAndNobodyElseDoes() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    try transaction.insert(peopleBatch(3..<5), into: table)
    let own = try transaction.scan(table, columns: [0], scope: store.scope).rows()
    #expect(own.map(\.id) == [0, 1, 2, 3, 4])
    try transaction.delete([own[1].rowID, own[3].rowID], from: table)
    #expect(try transaction.scan(table, columns: [0], scope: store.scope).rows().map(\.id) == [0, 2, 4])
    #expect(try store.ids(table) == [0, 1, 2])
    try transaction.commit()
    #expect(try store.ids(table) == [0, 2, 4])
  }

  @Test func aFailedStatementUndoesOnlyItself() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    try transaction.insert(peopleBatch(0..<3), into: table)
    let mark = transaction.savepointMark()
    try transaction.insert(peopleBatch(3..<6), into: table)
    #expect(throws: StorageError.uniqueViolation(constraint: "people_pkey", table: "people", columns: ["id"]))
    {
      try transaction.insert(peopleBatch(5..<8), into: table)
    }
    transaction.rollback(to: mark)
    // The keys of what was undone are free again.
    try transaction.insert(peopleBatch(4..<6), into: table)
    try transaction.commit()
    #expect(try store.ids(table) == [0, 1, 2, 4, 5])
  }

  /// The hashes of many events are taken after their commit; whoever asks for the chain meets all of them.
  @Test func manyEventsOfACommitAreInTheChain() throws {
    let store = try Store.inMemory()
    func event(_ resource: String) -> AuditEvent {
      AuditEvent(
        tenant: store.mainTenant, actor: store.owner, action: .dataChange, resource: resource, outcome: .done)
    }
    let table = try store.createPeople()
    let before = try store.auditEvents().count
    for round in 0..<4 {
      try store.write { transaction in
        try transaction.insert(peopleBatch(round * 10..<round * 10 + 10), into: table)
        transaction.record((0..<900).map { event("table:\(round) \($0 % 3)") })
      }
    }
    let records = try store.auditEvents()
    #expect(records.count == before + 3_600)
    #expect(records.allSatisfy { $0.isChainVerified })
    #expect(
      records.dropFirst(before + 900).prefix(4).map(\.resource) == [
        "table:1 0", "table:1 1", "table:1 2", "table:1 0",
      ])
    #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
    try store.checkpoint()
    #expect(try store.verifyAudit(actor: store.owner).isChainVerified)
  }

  @Test func theFirstCommitterWins() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    let first = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    let second = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    for transaction in [first, second] {
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete([rows[0].rowID], from: table)
      let batch = try peopleBatch([transaction === first ? 10 : 20])
      try transaction.insert(batch, into: table)
    }
    try first.commit()
    #expect(throws: StorageError.conflict(table: "people")) { try second.commit() }
    #expect(try store.ids(table) == [1, 2, 10])
  }

  @Test func aKeyTakenByAConcurrentCommitIsFound() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    let first = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    let second = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    try first.insert(peopleBatch([1]), into: table)
    try second.insert(peopleBatch([1]), into: table)
    try first.commit()
    #expect(throws: StorageError.uniqueViolation(constraint: "people_pkey", table: "people", columns: ["id"]))
    { try second.commit() }
  }

  @Test func aKeyMayMoveWithinATransaction() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete([rows[1].rowID], from: table)
      try transaction.insert(peopleBatch([1]), into: table)
    }
    #expect(try store.ids(table) == [0, 2, 1])
    #expect(throws: StorageError.uniqueViolation(constraint: "people_pkey", table: "people", columns: ["id"]))
    {
      try store.write { try $0.insert(peopleBatch([1]), into: table) }
    }
  }

  @Test func nullsAndDuplicatesAreRefused() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    var batch = try peopleBatch(0..<2)
    batch.columns[2].validity = [true, false]
    #expect(throws: StorageError.notNullViolation(table: "people", column: "patient")) {
      try store.write { try $0.insert(batch, into: table) }
    }
    #expect(throws: StorageError.uniqueViolation(constraint: "people_pkey", table: "people", columns: ["id"]))
    {
      try store.write { try $0.insert(peopleBatch([1, 2, 1]), into: table) }
    }
    #expect(try store.ids(table) == [])
  }

  @Test func tablesComeAndGoWithTheirTransaction() throws {
    let store = try Store.inMemory()
    let rolledBack = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
    try rolledBack.createTable(peopleDefinition)
    #expect(rolledBack.catalog.table(named: "people") != nil)
    #expect(store.snapshot(tenant: store.mainTenant).table(named: "people") == nil)
    rolledBack.rollback()
    let table = try store.createPeople()
    #expect(throws: Diagnostic.self) { try store.createPeople() }
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    try store.write { try $0.dropTable(table) }
    #expect(store.snapshot(tenant: store.mainTenant).table(named: "people") == nil)
    let again = try store.createPeople()
    #expect(try store.ids(again) == [])
  }

  @Test func aTenantSeesOnlyItsRows() throws {
    let store = try Store.inMemory()
    let table = try store.createPeople()
    let acme = try store.write { try $0.createTenant("acme") }
    try store.write { try $0.insert(peopleBatch(0..<3), into: table) }
    let transaction = try store.begin(tenant: acme, actor: store.owner, readOnly: false)
    try transaction.insert(peopleBatch(1..<2), into: table)
    try transaction.commit()
    #expect(try store.ids(table) == [0, 1, 2])
    #expect(store.snapshot(tenant: acme).statistics(of: table).rowCount == 1)
  }
}
