import Testing
import VSQLSchema
import VSQLStorage

/// Chunks of rows in memory, seen from outside: how many batches a scan gives for rows that came one by one.
@Suite struct PartitionTests {
  @Test(arguments: [1, 15, 16, 255, 256, 300, 4_096, 5_000])
  func manySmallInsertsLeaveFewChunks(_ count: Int) throws {
    let store = try Store.on(MemoryDevice())
    let table = try store.createPeople()
    try store.write { for id in 0..<count { try $0.insert(peopleBatch([id]), into: table) } }
    #expect(try store.ids(table) == (0..<Int64(count)).map { $0 })
    let scan = try store.snapshot(tenant: store.mainTenant).scan(table, columns: [0], scope: store.scope)
    var batches = 0
    while try scan.next() != nil { batches += 1 }
    #expect(batches <= count / Batch.capacity + 16 + 15 + 8)
  }

  @Test func joinedChunksKeepDeletesOut() throws {
    let store = try Store.on(MemoryDevice())
    let table = try store.createPeople()
    try store.write { transaction in
      for id in 0..<200 {
        try transaction.insert(peopleBatch([id]), into: table)
        if id % 3 == 2 {
          let scan = try transaction.scan(table, columns: [0], scope: store.scope)
          var last: RowID?
          while let batch = try scan.next() { last = batch.rowIDs?.last ?? last }
          try transaction.delete([try #require(last)], from: table)
        }
      }
    }
    #expect(try store.ids(table) == (0..<200).filter { $0 % 3 != 2 })
  }
}
