import Synchronization
import Testing
import VSQLSchema
import VSQLStorage

/// What opening for writing checks of the chain, and what it leaves to VERIFY AUDIT.
@Suite struct AuditTailTests {
  let root = KeyBox(random: SeededRandomness(1))
  let tenant = TenantID(7)

  /// A chain of `count` events in files.
  func filled(_ count: Int) throws -> (files: [String: [UInt8]], state: AuditState) {
    let device = MemoryDevice()
    let ring = try KeyRing.create(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(2), clock: FixedClock()
    )
    _ = try ring.createTenantKey(tenant)
    let chain = try AuditChain.create(device: device, ring: ring)
    var left = count
    while left > 0 {
      let step = min(left, 1_500)
      _ = chain.append(
        (0..<step).map { index in
          AuditEvent(
            tenant: tenant, actor: ActorID(5), action: .dataAccess, resource: "table \(index)", outcome: .done
          )
        })
      try chain.absorb()
      left -= step
    }
    return (device.durableFiles(), chain.absorbed)
  }

  func open(_ device: any Device, _ state: AuditState) throws -> AuditChain {
    let ring = try KeyRing.open(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(4), clock: FixedClock()
    )
    return AuditChain.open(device: device, ring: ring, state: state)
  }

  /// What `checkTail` reads does not grow with the chain.
  @Test func readsOneFileHoweverLongTheChainIs() throws {
    func read(_ count: Int) throws -> Int {
      let (files, state) = try filled(count)
      let device = FaultDevice(MemoryDevice(files: files), failingAfter: .max)
      let chain = try open(device, state)
      let before = device.bytesRead
      try chain.checkTail()
      return device.bytesRead - before
    }
    let (short, long) = (try read(40), try read(2 * 4_096 + 40))
    #expect(long < short + 4_096)
  }

  @Test func aCutReplacedOrAlteredTailIsRefusedAndOldDamageIsLeftToVerification() throws {
    let (files, state) = try filled(4_096 + 30)
    let (old, new) = ("audit/0000000000000001.log", "audit/0000000000001001.log")
    func refusal(_ change: (inout [String: [UInt8]]) -> Void) throws -> (isRefused: Bool, isFound: Bool) {
      var damaged = files
      change(&damaged)
      let chain = try open(MemoryDevice(files: damaged), state)
      let isFound = try !chain.verify().isChainVerified
      do {
        try chain.checkTail()
        return (false, isFound)
      } catch {
        return (true, isFound)
      }
    }
    #expect(try refusal { _ in } == (false, false))
    let size = files[new]?.count ?? 0
    for offset in [0, 100, size / 2, size - 70, size - 1] {
      #expect(try refusal { $0[new]?[offset] ^= 1 } == (true, true), "byte \(offset)")
    }
    #expect(try refusal { $0[new]?.removeLast() } == (true, true))
    #expect(try refusal { $0[new] = [] } == (true, true))
    #expect(try refusal { $0[new] = nil } == (true, true))
    #expect(try refusal { $0["audit/0000000000001001.salt"] = nil } == (true, true))
    #expect(try refusal { $0["audit/0000000000001001.salt"]?.removeLast() } == (true, true))
    #expect(try refusal { $0[old] = nil } == (true, true))
    // The end that the newest file follows.
    #expect(try refusal { $0[old]?.removeLast(10) } == (true, true))
    let lead = files[old]?.count ?? 0
    #expect(try refusal { $0[old]?[lead - 100] ^= 1 } == (true, true))
    // A line less at the end, everything else in order.
    let lines = (files[new] ?? []).split(separator: UInt8(ascii: "\n"))
    #expect(
      try refusal { $0[new] = lines.dropLast().flatMap { Array($0) + [UInt8(ascii: "\n")] } } == (true, true))
    // The middle of an older file is found by VERIFY AUDIT alone.
    #expect(try refusal { $0[old]?[lead / 2] ^= 1 } == (false, true))
    // What a crash left behind the last event counted is no damage to the tail.
    #expect(try refusal { $0[new]? += Array("half a li".utf8) }.isRefused == false)
  }

  @Test func eventsComeAFileAtATimeAndStillSayWhichHold() throws {
    let (files, state) = try filled(4_096 + 30)
    var damaged = files
    let path = "audit/0000000000000001.log"
    // In the last line of the first file: only the next file's first line tells.
    let log = try #require(files[path])
    // A figure of a commitment becomes another one, so that the line stays a line.
    let place = try #require(log.indices.dropLast(80).last { (48...57).contains(log[$0]) })
    damaged[path]?[place] ^= 1
    for (files, firstBad) in [(files, UInt64.max), (damaged, 4_096)] {
      var reader = try open(MemoryDevice(files: files), state).reader()
      var (sequences, pieces): ([UInt64], Int) = ([], 0)
      while let records = try reader.next() {
        pieces += 1
        #expect(records.count <= 4_200)
        sequences += records.map(\.sequence)
        #expect(records.allSatisfy { $0.isChainVerified == ($0.sequence < firstBad) })
      }
      #expect(sequences == Array(1...4_126))
      #expect(pieces > 1)
    }
  }

  /// A reading that meets absorption, erasure and rotation finds no damage where there is none.
  @Test func verificationBesideAWriterFindsNothing() throws {
    let device = FaultDevice(MemoryDevice(), failingAfter: .max)
    let ring = try KeyRing.create(
      device: device, database: testDatabase, root: root, randomness: SystemRandomness(), clock: FixedClock())
    _ = try ring.createTenantKey(tenant)
    let chain = try AuditChain.create(device: device, ring: ring)
    let tenant = tenant
    @Sendable func append(_ names: [String]) throws {
      _ = chain.append(
        names.map {
          AuditEvent(tenant: tenant, actor: ActorID(5), action: .statement, resource: $0, outcome: .done)
        })
      try chain.absorb()
    }
    // Two files: what is done after the first was read meets the second.
    try append((0..<4_100).map { "table \($0)" })
    let acts: [(what: String, act: @Sendable () throws -> Void)] = [
      ("absorption", { try append(["more"]) }),
      ("erasure", { _ = try chain.forget(tenant: tenant, replacement: "entity:00") { $0 == "table 7" } }),
      (
        "rotation",
        {
          let version = try ring.beginRotation(tenant)
          try chain.rewrap(tenant)
          try ring.finishRotation(tenant, keeping: version)
        }
      ),
    ]
    for (what, act) in acts {
      for file in [".log", "0000000000000001.salt"] {
        let failed = Mutex(false)
        device.afterRead(of: file) { if (try? act()) == nil { failed.withLock { $0 = true } } }
        let found = try chain.verify()
        #expect(found.isChainVerified, "\(what) after reading \(file): \(found)")
        #expect(!failed.withLock { $0 })
      }
    }
    #expect(try chain.events().count { $0.resource == "entity:00" } == 1)
  }

  /// A reader that opened the database before the events were written finds no damage in them, but what is damaged it finds.
  @Test func aReaderVerifiesBesideAWriter() throws {
    let device = MemoryDevice()
    let writer = try Store.on(device)
    let table = try writer.createPeople()
    let event = AuditEvent(
      tenant: writer.mainTenant, actor: writer.owner, action: .statement, resource: "t", outcome: .done)
    try writer.record([event])
    try writer.checkpoint()
    let reader = try Store.on(device, StoreOptions(isReadOnly: true))
    let old = device.snapshotFiles()
    try writer.write { try $0.insert(peopleBatch([1]), into: table) }
    try writer.record([event])
    try writer.checkpoint()
    let path = "audit/0000000000000001.log"
    #expect(device.snapshotFiles()[path] != old[path])
    #expect(try reader.verifyAudit(actor: reader.owner).isChainVerified)
    device.flip(path, offset: 70, bit: 0)
    #expect(try !reader.verifyAudit(actor: reader.owner).isChainVerified)
  }
}
