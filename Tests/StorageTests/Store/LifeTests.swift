import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Years of use in a second: random statements and restarts, checked against a model in memory row by row.
@Suite struct LifeTests {
  @Test func aLongLifeKeepsEveryRowAndItsShape() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var life = try Life(seed: seed)
    let isLong = Vault.processEnvironment("VSQL_TORTURE") != nil
    for step in 0..<(isLong ? 20_000 : 400) {
      do {
        try life.step(step)
      } catch {
        Issue.record("seed \(seed), step \(step): \(error)")
        return
      }
      if let fault = try life.fault() {
        Issue.record("seed \(seed), step \(step): \(fault)")
        return
      }
    }
    #expect(life.done.count >= 9, "\(life.done)")
    try life.store.check()
    #expect(try life.store.verifyAudit(actor: life.store.owner).isChainVerified)
  }
}

private struct Life {
  private let device = MemoryDevice()
  private var dice: Dice
  private(set) var store: Store
  private let table: TableID
  /// In the order of the rows' ids.
  private var model: [(id: Int, patient: Int)] = []
  private var next = 0
  private(set) var done: Set<String> = []
  /// A scan that began some steps ago, and what it must end with.
  private var open: (scan: TableScan, rest: [Int64])?

  /// A few rows are a flush, some more a segment of a commit's own.
  private static let options = StoreOptions(flushBytes: 24 << 10, directSegmentBytes: 12 << 10)

  init(seed: UInt64) throws {
    dice = Dice(state: seed)
    store = try Store.on(device, Self.options)
    table = try store.createPeople()
  }

  mutating func step(_ step: Int) throws {
    switch dice.roll(100) {
    case 0..<40: try insert(1 + dice.roll(4))
    case 40..<50: try insert(20 + dice.roll(100))
    case 50..<62: try update()
    case 62..<78: try delete()
    case 78..<82: try erase()
    case 82..<84:
      done.insert("rotate")
      _ = try store.rotateKeys(.tenants([store.mainTenant]), actor: store.owner)
    case 84..<88:
      done.insert("checkpoint")
      try store.checkpoint()
    case 88..<92:
      done.insert("upkeep")
      _ = try store.keepUp()
    case 92..<94:
      done.insert("vacuum")
      _ = try store.vacuum([table], tenant: store.mainTenant)
    case 94..<95: _ = try store.analyze([table], tenant: store.mainTenant)
    case 95..<98: try restart(isCrash: dice.roll(3) == 0)
    default: try look()
    }
  }

  /// What is not as the model has it.
  func fault() throws -> String? {
    let rows = try store.rows(table)
    let ids = rows.map(\.id)
    if ids != model.map({ Int64($0.id) }) {
      return
        "\(ids.count) rows instead of \(model.count), first other: \(zip(ids, model).first { $0 != $1.id }.map { "\($0)" } ?? "-")"
    }
    for (row, expected) in zip(rows, model) {
      let values = try Self.values(expected.id, expected.patient)
      if row.values != values { return "row \(expected.id) has other values" }
    }
    if !zip(rows, rows.dropFirst()).allSatisfy({ $0.rowID < $1.rowID }) { return "row ids out of order" }
    let segments = store.storage().reduce(0) { $0 + $1.segments }
    let files = device.snapshotFiles().keys.count { $0.hasPrefix("segments/") }
    if segments > 16 { return "\(segments) segments" }
    // Those that a scan pins come on top.
    if open == nil, files > 3 * segments + 36 { return "\(files) files of \(segments) segments" }
    return nil
  }

  private static func values(_ id: Int, _ patient: Int) throws -> [Value] {
    let batch = try peopleBatch([id]) { _ in "p-\(patient)" }
    return batch.columns.map { $0.value(at: 0) }
  }

  private mutating func insert(_ count: Int) throws {
    done.insert(count > 4 ? "insert many" : "insert")
    let rows = (0..<count).map { (id: next + $0, patient: dice.roll(12)) }
    let patients = Dictionary(rows.map { ($0.id, $0.patient) }) { $1 }
    let ids = next..<next + count
    try store.write { try $0.insert(peopleBatch(ids) { "p-\(patients[$0] ?? 0)" }, into: table) }
    next += count
    model += rows
  }

  private func pick(_ count: Int) throws -> Set<Int> {
    var dice = dice
    return Set((0..<count).compactMap { _ in model.isEmpty ? nil : model[dice.roll(model.count)].id })
  }

  private func find(_ ids: Set<Int>, _ transaction: Transaction) throws -> [RowID] {
    try transaction.scan(table, columns: [0, 1, 2, 3], scope: store.scope).rows()
      .filter { ids.contains(Int($0.id)) }.map(\.rowID)
  }

  private mutating func delete() throws {
    done.insert("delete")
    let going = try dice.roll(12) == 0 ? pick(model.count) : pick(1 + dice.roll(6))
    try store.write { try $0.delete(find(going, $0), from: table) }
    model.removeAll { going.contains($0.id) }
  }

  /// The same key, another patient: a new row.
  private mutating func update() throws {
    done.insert("update")
    let going = try pick(1 + dice.roll(3)).sorted()
    let patient = dice.roll(12)
    try store.write { transaction in
      try transaction.delete(find(Set(going), transaction), from: table)
      try transaction.insert(peopleBatch(going) { _ in "p-\(patient)" }, into: table)
    }
    model.removeAll { going.contains($0.id) }
    model += going.map { (id: $0, patient: patient) }
  }

  private mutating func erase() throws {
    done.insert("erase")
    let patient = dice.roll(12)
    let outcome = try store.eraseEntity(ErasureTests.request(store, "p-\(patient)"))
    let count = model.count { $0.patient == patient }
    #expect(outcome.recordsDeleted == count)
    model.removeAll { $0.patient == patient }
    if let open {
      #expect(throws: StorageError.snapshotErased) { try open.scan.rows() }
      self.open = nil
    }
  }

  private mutating func look() throws {
    if let open {
      done.insert("scan over changes")
      #expect(try open.scan.rows().map(\.id) == open.rest)
      self.open = nil
    } else {
      let scan = try store.snapshot(tenant: store.mainTenant)
        .scan(table, columns: [0, 1, 2, 3], scope: store.scope)
      open = (scan, model.map { Int64($0.id) })
    }
  }

  private mutating func restart(isCrash: Bool) throws {
    done.insert(isCrash ? "crash" : "restart")
    open = nil
    if isCrash {
      // All that was acknowledged is durable.
      let left = MemoryDevice(files: device.durableFiles())
      let found = try Store.on(left).rows(table).map(\.id)
      #expect(found == model.map { Int64($0.id) })
    }
    try store.close()
    store = try Store.on(device, Self.options)
  }
}

/// SplitMix64.
private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    z ^= z >> 31
    return Int(z % UInt64(sides))
  }
}
