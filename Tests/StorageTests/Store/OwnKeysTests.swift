import Testing
import VSQLSchema
import VSQLStorage

/// Unique keys under random inserts of rows and of batches, deletes, savepoints, checkpoints and commits, held against a model.
@Suite struct OwnKeysTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func keysAreThoseOfTheModel(seed: UInt64) throws {
    var random = SplitMix(seed)
    let store = try Store.inMemory()
    let table = try store.createPeople()
    var committed: Set<Int> = []
    for _ in 0..<12 {
      let transaction = try store.begin(tenant: store.mainTenant, actor: store.owner, readOnly: false)
      var own = committed
      var marks: [(mark: Transaction.Mark, keys: Set<Int>)] = []
      for _ in 0..<60 {
        let key = Int(random.next() % 90)
        switch random.next() % 8 {
        case 0..<4:
          let row = try peopleBatch([key]).columns.map { $0.value(at: 0) }
          try expect(!own.contains(key), seed) { try transaction.insert(row, into: table) }
          own.insert(key)
        case 4:
          let keys = [key, key + 1]
          let isNew = own.isDisjoint(with: keys)
          try expect(isNew, seed) { try transaction.insert(peopleBatch(keys), into: table) }
          if isNew { own.formUnion(keys) }
        case 5:
          let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
          #expect(Set(rows.map { Int($0.id) }) == own && rows.count == own.count, "seed \(seed)")
          try transaction.delete(rows.filter { $0.id == key }.map(\.rowID), from: table)
          own.remove(key)
        case 6: marks.append((transaction.savepointMark(), own))
        default:
          if let last = marks.popLast() {
            transaction.rollback(to: last.mark)
            own = last.keys
          }
        }
      }
      try transaction.commit()
      committed = own
      #expect(Set(try store.ids(table).map(Int.init)) == committed, "seed \(seed)")
      if random.next() % 3 == 0 { try store.checkpoint() }
    }
  }

  private func expect(_ succeeds: Bool, _ seed: UInt64, _ body: () throws -> Void) throws {
    do {
      try body()
      #expect(succeeds, "seed \(seed): a key was taken twice")
    } catch StorageError.uniqueViolation {
      #expect(!succeeds, "seed \(seed): a free key was refused")
    }
  }
}

/// Steele, Lea and Flood's generator: a seed repeats a run.
private struct SplitMix {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
