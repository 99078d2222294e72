import Testing
import VSQLSchema
import VSQLStorage

@Suite struct VaultKeyRingTests {
  let device = MemoryDevice()
  let root = KeyBox(random: SeededRandomness(1))
  let tenant = TenantID(7)

  func ring() throws -> KeyRing {
    try KeyRing.create(
      device: device, database: testDatabase, root: root, randomness: SeededRandomness(2), clock: FixedClock()
    )
  }

  func reopened(_ files: [String: [UInt8]]) throws -> KeyRing {
    try KeyRing.open(
      device: MemoryDevice(files: files), database: testDatabase, root: root, randomness: SeededRandomness(3),
      clock: FixedClock())
  }

  func place(_ ordinal: UInt64 = 0) -> UnitPlace {
    UnitPlace(database: testDatabase, tenant: tenant, file: 9, kind: .dekBlock, ordinal: ordinal)
  }

  func sameKeys(_ a: KeyBlock, _ b: KeyBlock) -> Bool {
    a.count == b.count && a.presence == b.presence
      && (0..<a.count).allSatisfy { a.withKey($0) { Array($0) } == b.withKey($0) { Array($0) } }
  }

  @Test func wrappedBlocksOpenAfterReopen() throws {
    let ring = try ring()
    let version = try ring.createTenantKey(tenant)
    let slot = ring.newSlot()
    try ring.commitRing()
    for count in [1, 5, 64] {
      let block = KeyBlock(random: SeededRandomness(UInt64(count)), count: count).dropping([0, 3])
      let sealed = try ring.wrap(block, tenant: tenant, kekVersion: version, slot: slot, place: place())
      #expect(sealed.count == KeyRing.wrappedBytes(count: count))
      let again = try reopened(device.durableFiles())
      let opened = try again.unwrap(
        sealed[...], tenant: tenant, kekVersion: version, slot: slot, place: place(), path: "x.dek", offset: 3
      )
      #expect(sameKeys(block, opened))
      #expect(!opened.has(0))
      #expect(opened.has(4) == (count > 4))
    }
  }

  @Test func everyFlippedBitAndEveryOtherPlaceIsRefused() throws {
    let ring = try ring()
    let version = try ring.createTenantKey(tenant)
    let (slot, other) = (ring.newSlot(), ring.newSlot())
    let sealed = try ring.wrap(
      KeyBlock(random: SeededRandomness(5), count: 2), tenant: tenant, kekVersion: version, slot: slot,
      place: place())
    let refusal = StorageError.unauthentic(path: "x.dek", offset: 3, what: "block of keys")
    for bit in 0..<sealed.count * 8 {
      var flipped = sealed
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: refusal) {
        try ring.unwrap(
          flipped[...], tenant: tenant, kekVersion: version, slot: slot, place: place(), path: "x.dek",
          offset: 3)
      }
    }
    #expect(throws: refusal) {
      try ring.unwrap(
        sealed[...], tenant: tenant, kekVersion: version, slot: slot, place: place(1), path: "x.dek",
        offset: 3)
    }
    #expect(throws: refusal) {
      try ring.unwrap(
        sealed[...], tenant: tenant, kekVersion: version, slot: other, place: place(), path: "x.dek",
        offset: 3)
    }
  }

  @Test func aDroppedSlotIsGoneFromTheDiskToo() throws {
    let ring = try ring()
    let version = try ring.createTenantKey(tenant)
    let slot = ring.newSlot()
    try ring.commitRing()
    let sealed = try ring.wrap(
      KeyBlock(random: SeededRandomness(5)), tenant: tenant, kekVersion: version, slot: slot, place: place())
    ring.dropSlots([slot])
    try ring.commitRing()
    let again = try reopened(device.durableFiles())
    #expect(!again.hasSlot(slot))
    #expect(again.generation == ring.generation)
    for ring in [ring, again] {
      #expect(throws: StorageError.self) {
        try ring.unwrap(
          sealed[...], tenant: tenant, kekVersion: version, slot: slot, place: place(), path: "x", offset: 0)
      }
    }
  }

  @Test func rotationKeepsOnlyTheNewVersion() throws {
    let ring = try ring()
    let first = try ring.createTenantKey(tenant)
    let second = try ring.beginRotation(tenant)
    #expect((first, second) == (1, 2))
    #expect(ring.keys.map(\.version) == [1, 2])
    #expect(try reopened(device.durableFiles()).currentKEKVersion(tenant) == 2)
    try ring.finishRotation(tenant, keeping: second)
    #expect(ring.keys.map(\.version) == [2])
    #expect(device.durableFiles().keys.filter { $0.hasSuffix(".kek") } == ["keys/0000000000000007-2.kek"])
  }

  @Test func pseudonymsDifferByEveryPart() throws {
    let ring = try ring()
    let one = ring.pseudonym(tenant: tenant, type: "patient", value: [1, 2])
    #expect(one == ring.pseudonym(tenant: tenant, type: "patient", value: [1, 2]))
    #expect(one != ring.pseudonym(tenant: TenantID(8), type: "patient", value: [1, 2]))
    #expect(one != ring.pseudonym(tenant: tenant, type: "patien", value: [1, 2]))
    #expect(one != ring.pseudonym(tenant: tenant, type: "patient", value: [1]))
    #expect(one != ring.pseudonym(tenant: tenant, type: "patient", value: [1, 2], purpose: "care"))
  }
}
