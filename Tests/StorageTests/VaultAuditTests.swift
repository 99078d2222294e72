import Testing
import VSQLSchema
import VSQLStorage

@Suite struct VaultAuditTests {
  let device = MemoryDevice()
  let root = KeyBox(random: SeededRandomness(1))
  let shop = TenantID(7)
  let clinic = TenantID(8)

  func makeRing() throws -> KeyRing {
    let ring = try KeyRing.create(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(2), clock: FixedClock()
    )
    _ = try ring.createTenantKey(shop)
    _ = try ring.createTenantKey(clinic)
    return ring
  }

  func reopen(_ device: MemoryDevice, _ state: AuditState) throws -> AuditChain {
    let ring = try KeyRing.open(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(4), clock: FixedClock()
    )
    return AuditChain.open(device: device, ring: ring, state: state)
  }

  func events(_ count: Int, from first: Int = 0) -> [AuditEvent] {
    (first..<first + count).map { index in
      AuditEvent(
        tenant: index % 3 == 0 ? clinic : shop, actor: ActorID(5),
        action: index % 2 == 0 ? .dataAccess : .statement,
        resource: "table \(index)", outcome: .done, detail: index % 4 == 0 ? nil : "rows \(index)")
    }
  }

  @Test func whatIsAppendedReadsBackVerified() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    #expect(try chain.verify().isChainVerified)
    let appended = chain.append(events(5))
    #expect(appended.lastSequence == 5)
    for _ in 0..<2 {  // pending, then in the files
      let records = try chain.events()
      #expect(records.map(\.sequence) == [1, 2, 3, 4, 5])
      #expect(records.map(\.eventID) == appended.eventIDs)
      #expect(records.map(\.resource) == (0..<5).map { "table \($0)" })
      #expect(records.map(\.detail) == [nil, "rows 1", "rows 2", "rows 3", nil])
      #expect(records.map(\.tenant) == [clinic, shop, shop, clinic, shop])
      #expect(records.allSatisfy { $0.isChainVerified && $0.atMicroseconds == 1_700_000_000_000_000 })
      try chain.absorb()
    }
    #expect(try chain.events(tenant: clinic, limit: 1).map(\.sequence) == [1])
    let again = try reopen(MemoryDevice(files: device.durableFiles()), chain.absorbed)
    #expect(try again.events().map(\.resource) == (0..<5).map { "table \($0)" })
    let (mine, its) = (try chain.verify(), try again.verify())
    #expect(mine == its)
    #expect(again.head == chain.head)
  }

  /// Frames of the first format carried lines and texts; those of today what both follow from.
  @Test func framesOfBothFormatsGiveOneChain() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    let today = chain.append(events(9)).encoded
    try chain.absorb()
    let log = try device.readAll("audit/0000000000000001.log")
    var writer = ByteWriter()
    writer.varint(9)
    for (index, line) in log.split(separator: UInt8(ascii: "\n")).enumerated() {
      writer.counted(Array(line) + [UInt8(ascii: "\n")])
      writer.u8(1)
      writer.raw([UInt8](repeating: 0, count: 16))
      writer.string("table \(index)")
    }
    for (encoded, format) in [(today, FormatVersion.second), (writer.bytes, .first)] {
      let empty = try AuditChain.create(device: MemoryDevice(), ring: makeRing()).absorbed
      let other = try reopen(MemoryDevice(files: device.durableFiles()), empty)
      try other.replay(encoded, path: "wal/1", offset: 0, format: format)
      #expect(other.head == chain.head)
      #expect(other.count == 9)
    }
    let lost = try AuditChain.create(device: MemoryDevice(), ring: makeRing()).absorbed
    let other = try reopen(MemoryDevice(files: device.durableFiles()), lost)
    #expect(throws: StorageError.self) {
      try other.replay(writer.bytes, path: "wal/1", offset: 0, format: .second)
    }
    for cut in 0..<today.count {
      #expect(throws: StorageError.self) {
        try other.replay(Array(today[..<cut]), path: "wal/1", offset: 0)
      }
    }
    #expect(other.count == 0)
  }

  @Test func theLogNamesNobody() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(3))
    try chain.absorb()
    let log = String(decoding: device.snapshotFiles()["audit/0000000000000001.log"] ?? [], as: UTF8.self)
    let fields = log.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(fields.map(\.count) == [10, 10, 10])
    #expect(fields[1][0] == "2")
    #expect(fields[1][2] == "2023-11-14T22:13:20.000000Z")
    #expect(fields[1][3] == "0000000000000007")
    #expect(fields[1][5] == "statement")
    #expect(fields[0][8] == "-")
    #expect(!log.contains("table"))
  }

  @Test func replayIsIdempotentAndContinuesTheChain() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    let before = chain.absorbed
    let (one, two) = (chain.append(events(3)), chain.append(events(70, from: 3)))
    try chain.absorb()
    // Crash after the files were written, before the state was: the WAL has everything.
    let again = try reopen(device, before)
    try again.replay(one.encoded, path: "wal/1", offset: 0)
    try again.replay(two.encoded, path: "wal/1", offset: 0)
    try again.replay(one.encoded, path: "wal/1", offset: 0)
    #expect(again.count == 73)
    #expect(try again.verify().isChainVerified)
    try again.absorb()
    #expect(again.head == chain.head)
    #expect(try again.verify().isChainVerified)
    #expect(try again.events().count == 73)
    // And with the state as of the files, nothing is taken twice.
    let third = try reopen(device, again.absorbed)
    try third.replay(two.encoded, path: "wal/1", offset: 0)
    #expect(!third.hasPending)
    // A gap is refused.
    let fourth = try reopen(device, before)
    #expect(
      throws: StorageError.unchained(path: "wal/1", sequence: 1, what: "the WAL does not continue the chain")
    ) {
      try fourth.replay(two.encoded, path: "wal/1", offset: 0)
    }
  }

  /// One bit a byte, each of the eight in turn.
  @Test func flippedBitsAreFoundAndNamed() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(4))
    try chain.absorb()
    let files = device.durableFiles()
    for (path, bytes) in files where path.hasPrefix("audit/") {
      for bit in bytes.indices.map({ $0 * 8 + $0 % 8 }) {
        let damaged = MemoryDevice(files: files)
        damaged.flip(path, offset: bit / 8, bit: bit % 8)
        let chain = try reopen(damaged, chain.absorbed)
        let found = try chain.verify()
        #expect(!found.isChainVerified, "\(path) bit \(bit)")
        if path.hasSuffix(".log") {
          let line = bytes[..<(bit / 8)].count { $0 == UInt8(ascii: "\n") } + 1
          #expect(found.firstBadEvent == UInt64(line), "\(path) bit \(bit): \(found)")
        }
      }
    }
  }

  @Test func aCutOrLengthenedFileIsFound() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(4))
    try chain.absorb()
    let files = device.durableFiles()
    for (path, bytes) in files where path.hasPrefix("audit/") {
      for change in [Array(bytes.dropLast()), bytes + [0], [], Array(bytes.prefix(bytes.count / 2))] {
        var damaged = files
        damaged[path] = change
        let found = try reopen(MemoryDevice(files: damaged), chain.absorbed).verify()
        #expect(!found.isChainVerified)
      }
      var damaged = files
      damaged[path] = nil
      let found = try reopen(MemoryDevice(files: damaged), chain.absorbed).verify()
      #expect(!found.isChainVerified)
    }
  }

  @Test func aWholeLineTakenOutIsFound() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(4))
    try chain.absorb()
    var files = device.durableFiles()
    let path = "audit/0000000000000001.log"
    var lines = (files[path] ?? []).split(separator: UInt8(ascii: "\n"))
    lines.remove(at: 1)
    files[path] = lines.flatMap { Array($0) + [UInt8(ascii: "\n")] }
    let found = try reopen(MemoryDevice(files: files), chain.absorbed).verify()
    #expect(!found.isChainVerified)
    #expect(found.firstBadEvent == 2)
  }

  @Test func forgettingDestroysTextsAndKeepsTheChain() throws {
    let ring = try makeRing()
    let chain = try AuditChain.create(device: device, ring: ring)
    _ = chain.append(events(140))
    try chain.absorb()
    let (before, log) = (device.durableFiles(), device.durableFiles()["audit/0000000000000001.log"])
    let head = chain.head
    let gone = ["table 1", "table 70", "table 134"]
    #expect(try chain.forget(tenant: shop, replacement: "entity:00ff") { gone.contains($0) } == 3)
    #expect(try chain.forget(tenant: shop, replacement: "entity:00ff") { gone.contains($0) } == 0)
    #expect(chain.head == head)
    #expect(device.durableFiles()["audit/0000000000000001.log"] == log)
    for chain in [chain, try reopen(MemoryDevice(files: device.durableFiles()), chain.absorbed)] {
      #expect(try chain.verify().isChainVerified)
      let records = try chain.events()
      #expect(records[1].resource == "entity:00ff")
      #expect(records[1].detail == nil)
      #expect(records[2].resource == "table 2")
      #expect(records.allSatisfy { $0.isChainVerified })
      #expect(records.count { $0.resource == "entity:00ff" } == 3)
    }
    // The salt file of before, put back, opens no more: its slot is gone from the ring.
    var old = device.durableFiles()
    old["audit/0000000000000001.salt"] = before["audit/0000000000000001.salt"]
    let records = try reopen(MemoryDevice(files: old), chain.absorbed).events()
    #expect(records.allSatisfy { $0.resource == nil })
    // And the chain goes on.
    _ = chain.append(events(2))
    try chain.absorb()
    #expect(try chain.verify().isChainVerified)
    #expect(try chain.slotsInUse() == Set(ring.slots))
  }

  @Test func filesRollOverAndRotationRewrapsThem() throws {
    let ring = try makeRing()
    let chain = try AuditChain.create(device: device, ring: ring)
    for round in 0..<9 {
      _ = chain.append(events(500, from: round * 500))
      if round % 2 == 0 { try chain.absorb() }
    }
    #expect(device.snapshotFiles()["audit/0000000000001001.log"] != nil)
    #expect(try chain.verify().isChainVerified)
    let version = try ring.beginRotation(shop)
    #expect(try chain.rewrap(shop) == 3_000)
    #expect(try chain.rewrap(shop) == 0)
    try ring.finishRotation(shop, keeping: version)
    let again = try reopen(MemoryDevice(files: device.durableFiles()), chain.absorbed)
    let (mine, its) = (try chain.verify(), try again.verify())
    #expect(mine == its)
    #expect(try again.events().map(\.resource) == (0..<4_500).map { "table \($0)" })
  }

  @Test func rollbackUndoesAppends() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(2))
    let (mark, head) = (chain.mark(), chain.head)
    _ = chain.append(events(3))
    chain.rollback(to: mark)
    #expect(chain.count == 2)
    #expect(chain.head == head)
    _ = chain.append(events(1))
    #expect(try chain.verify().isChainVerified)
  }

  @Test func stateSurvivesItsEncoding() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(2))
    let state = try chain.absorb()
    var writer = ByteWriter()
    state.encode(to: &writer)
    var reader = ByteReader(writer.bytes, path: "state")
    #expect(try AuditState(from: &reader) == state)
    try reader.finish()
  }

  @Test func absorbingAndForgettingSurviveACrashAnywhere() throws {
    let chain = try AuditChain.create(device: device, ring: makeRing())
    _ = chain.append(events(70))
    let state = try chain.absorb()
    let files = device.durableFiles()
    let wal = chain.append(events(10, from: 70)).encoded
    let head = chain.head
    let gone = ["table 1", "table 74"]

    func finish(_ device: any Device) throws -> AuditChain {
      let ring = try KeyRing.open(
        device: device, database: testDatabase, root: root, randomness: SeededRandomness(4),
        clock: FixedClock())
      let chain = AuditChain.open(device: device, ring: ring, state: state)
      try chain.replay(wal, path: "wal/1", offset: 0)
      try chain.absorb()
      try chain.forget(tenant: shop, replacement: "entity:0a") { gone.contains($0) }
      return chain
    }

    let deaths = try crashEverywhere(files) { device in
      _ = try finish(device)
    } check: { device in
      // A reader that resumes nothing, only takes in the WAL, finds all whole: the files' rest is the WAL's.
      let reader = try reopen(device, state)
      try reader.replay(wal, path: "wal/1", offset: 0)
      let found = try reader.verify()
      #expect(found.isChainVerified, "\(found)")
      let chain = try finish(device)
      #expect(chain.head == head)
      for chain in [chain, try reopen(MemoryDevice(files: device.durableFiles()), chain.absorbed)] {
        #expect(try chain.verify().isChainVerified)
        let records = try chain.events()
        #expect(records.count == 80)
        #expect(records.filter { $0.resource == "entity:0a" }.map(\.sequence) == [2, 75])
        #expect(records.allSatisfy { $0.resource != nil })
        let slots = try chain.slotsInUse()
        #expect(slots.count == 1)
      }
    }
    #expect(deaths > 20)
  }

  @Test func timesAreWrittenAsTheyAre() throws {
    // Leap days, ends of years and centuries, before 1970, and what four digits cannot name.
    let times: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
      (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (.max, "9999-12-31T23:59:59.999999Z"),
      (-1, "1969-12-31T23:59:59.999999Z"), (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
    ]
    for (time, text) in times {
      let device = MemoryDevice()
      let ring = try KeyRing.create(
        device: device, database: testDatabase, root: root, randomness: SeededRandomness(2),
        clock: FixedClock(nowMicroseconds: time))
      _ = try ring.createTenantKey(shop)
      let chain = try AuditChain.create(device: device, ring: ring)
      _ = chain.append([
        AuditEvent(tenant: shop, actor: ActorID(1), action: .denial, resource: "x", outcome: .denied)
      ])
      try chain.absorb()
      let log = device.snapshotFiles()["audit/0000000000000001.log"] ?? []
      #expect(log.split(separator: UInt8(ascii: "\t"))[2].elementsEqual(text.utf8))
      let records = try chain.events()
      #expect(records.map(\.isChainVerified) == [true])
      #expect(records[0].atMicroseconds == min(time, 253_402_300_799_999_999))
    }
  }

  /// The clock may step back; the chain's time does not.
  @Test func timeNeverStepsBack() throws {
    final class Backwards: Clock, @unchecked Sendable {
      var now: Int64 = 1_000
      var nowMicroseconds: Int64 {
        now -= 100
        return now
      }
    }
    let ring = try KeyRing.create(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(2), clock: Backwards())
    _ = try ring.createTenantKey(shop)
    let chain = try AuditChain.create(device: device, ring: ring)
    let event = AuditEvent(tenant: shop, actor: ActorID(1), action: .denial, resource: "x", outcome: .denied)
    for _ in 0..<3 { _ = chain.append([event]) }
    let times = try chain.events().map(\.atMicroseconds)
    #expect(times == [times[0], times[0], times[0]])
  }
}
