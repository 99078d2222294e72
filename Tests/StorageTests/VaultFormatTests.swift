import Testing
import VSQLSchema
import VSQLStorage

/// Reads header, keys and audit files byte by byte, as docs/format/vault.md draws them.
@Suite struct VaultFormatTests {
  let rootBytes = [UInt8](repeating: 0x5a, count: 32)
  let tenant = TenantID(3)

  func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  /// `D` of the page.
  func derive(_ key: [UInt8], _ purpose: String, context: [UInt8] = [], salt: [UInt8] = []) -> [UInt8] {
    KeyDerivation.hkdf(key, salt: salt, info: Array("vsql \(purpose)".utf8) + context, count: 32)
  }

  func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  func place(
    _ database: [UInt8], _ kind: UInt8, tenant: UInt64 = 0, file: UInt64 = 0, group: UInt64 = 0,
    ordinal: UInt64 = 0
  ) -> [UInt8] {
    [1, kind] + database + little(tenant, 8) + little(0, 8) + little(file, 8) + little(group, 4)
      + little(ordinal, 8)
  }

  func open(
    _ sealed: ArraySlice<UInt8>, _ key: [UInt8], nonce: [UInt8], _ associatedData: [UInt8]
  ) throws -> [UInt8] {
    var plain: [UInt8] = []
    let opened = Sealer().open(
      sealed, key: try #require(KeyBox(bytes: key)), nonce: try #require(Nonce(bytes: nonce)),
      associatedData: associatedData, appendingTo: &plain)
    try #require(opened)
    return plain
  }

  @Test func filesAreAsDrawn() throws {
    let device = MemoryDevice()
    let vault = try Vault.create(
      device: device, source: .bytes(rootBytes), randomness: SeededRandomness(1), clock: FixedClock())
    let ring = vault.keyRing
    _ = try ring.createTenantKey(tenant)
    let chain = try AuditChain.create(device: device, ring: ring)
    _ = chain.append([
      AuditEvent(
        tenant: tenant, actor: ActorID(4), action: .dataAccess, resource: "table a", outcome: .done,
        detail: "9 rows"),
      AuditEvent(tenant: tenant, actor: ActorID(4), action: .denial, resource: "table b", outcome: .denied),
    ])
    try chain.absorb()
    try chain.forget(tenant: tenant, replacement: "entity:ff") { $0 == "table b" }
    try vault.publish()
    let files = device.durableFiles()
    let id = vault.database.bytes

    // DATABASE
    let header = try #require(files["DATABASE"])
    #expect(header.count == 200)
    #expect(Array(header[..<12]) == Array("vsql-db\n".utf8) + [2, 0, 3, 0])
    #expect(Array(header[12..<28]) == id)
    #expect(header[28..<60].allSatisfy { $0 == 0 })
    #expect(Array(header[60..<76]) == Array(derive(rootBytes, "check", context: id)[..<16]))
    #expect(header[76..<136].allSatisfy { $0 == 0 })
    #expect(Array(header[136..<168]) == Digester().hash(Array(header[..<136])).bytes)
    #expect(
      Array(header[168...]) == KeyDerivation.hmac(Array(header[..<168]), rawKey: derive(rootBytes, "header")))

    // keys/T-V.kek
    let kekFile = try #require(files["keys/0000000000000003-1.kek"])
    #expect(kekFile.count == 76)
    #expect(Array(kekFile[..<8]) == Array("vsqlKEK1".utf8))
    let kek = try open(
      kekFile[20...], derive(rootBytes, "kek"), nonce: Array(kekFile[8..<20]),
      place(id, 4, tenant: 3, group: 1))
    #expect(number(kek[32...]) == 1_700_000_000_000_000)

    // keys/ring
    let ringFile = try #require(files["keys/ring"])
    #expect(Array(ringFile[..<8]) == Array("vsqlRNG1".utf8))
    #expect(ringFile.count == 92 + 40)
    let slots = try open(
      ringFile[20...], derive(rootBytes, "ring"), nonce: Array(ringFile[8..<20]), place(id, 5))
    #expect(number(slots[..<8]) == ring.generation)
    #expect(number(slots[40..<48]) == 1)
    #expect(slots.count == 96 && number(slots[88...]) == ring.leastState)
    let slot = number(slots[48..<56])
    let slotKey = Array(slots[56..<88])
    let message = little(3, 8) + [1] + Array("p".utf8) + [2, 7, 8] + [0]
    #expect(
      ring.pseudonym(tenant: tenant, type: "p", value: [7, 8]).bytes
        == KeyDerivation.hmac(message, rawKey: Array(slots[8..<40])))

    // audit/N.log
    let digester = Digester()
    let log = try #require(files["audit/0000000000000001.log"])
    let lines = log.split(separator: 10)
    let fields = lines.map { $0.split(separator: 9).map { String(decoding: $0, as: UTF8.self) } }
    #expect(fields.map(\.count) == [10, 10])
    #expect(fields[0][0] == "1" && fields[0][2] == "2023-11-14T22:13:20.000000Z")
    #expect(fields[0][3...5] == ["0000000000000003", "0000000000000004", "data_access"])
    #expect(fields[1][5] == "denial" && fields[1][7...8] == ["denied", "-"])
    var hash = digester.hash(Array("vsql audit chain 1".utf8) + id)
    for (line, field) in zip(lines, fields) {
      #expect(field[9] == hash.hex)
      hash = digester.hash(hash.bytes + digester.hash([0] + Array(line) + [10]).bytes)
    }
    #expect(hash == chain.absorbed.head)
    #expect(chain.absorbed.count == 2 && chain.absorbed.logBytes == UInt64(log.count))

    // audit/N.salt
    let salts = try #require(files["audit/0000000000000001.salt"])
    #expect(Array(salts[..<8]) == Array("vsqlSLT1".utf8))
    #expect(number(salts[8..<16]) == 1 && number(salts[16..<24]) == slot)
    #expect(number(salts[24..<32]) == 3 && number(salts[32..<36]) == 1 && salts[36] == 2)
    let wrapped = salts[37..<37 + 36 + 64]
    #expect(wrapped.count == KeyRing.wrappedBytes(count: 2))
    let keys = try open(
      wrapped.dropFirst(12), derive(Array(kek[..<32]), "dek", salt: slotKey),
      nonce: Array(wrapped.prefix(12)),
      place(id, 9, tenant: 3, file: 1, group: 1, ordinal: 1))
    #expect(number(keys[..<8]) == 3)
    var at = wrapped.endIndex
    var texts: [[UInt8]] = []
    for index in 0..<2 {
      let sequence = number(salts[at..<at + 8])
      let length = Int(number(salts[at + 8..<at + 12]))
      #expect(sequence == UInt64(index + 1))
      texts.append(
        try open(
          salts[at + 12..<at + 12 + length], Array(keys[8 + 32 * index..<40 + 32 * index]),
          nonce: [UInt8](repeating: 0, count: 12), place(id, 9, tenant: 3, file: 1, ordinal: sequence)))
      at += 12 + length
    }
    #expect(at == salts.count)
    #expect(texts[1] == [0, 9] + Array("entity:ff".utf8))
    let text = texts[0]
    #expect(text[0] == 2 && Array(text[17..<25]) == [7] + Array("table a".utf8))
    #expect(Array(text[41...]) == [6] + Array("9 rows".utf8))
    #expect(fields[0][6] == digester.hash(Array(text[1..<17]) + Array("table a".utf8)).hex)
    #expect(fields[0][8] == digester.hash(Array(text[25..<41]) + Array("9 rows".utf8)).hex)
  }

  @Test func aPassphraseAndARootRotationAreAsDrawn() throws {
    let device = MemoryDevice()
    let vault = try Vault.create(
      device: device, source: .passphrase(Array("word".utf8)), randomness: SeededRandomness(1),
      clock: FixedClock())
    try vault.publish()
    var header = try #require(device.durableFiles()["DATABASE"])
    #expect(header[10] == 1 && Array(header[28..<31]) == [15, 8, 1])
    #expect(header[47..<60].allSatisfy { $0 == 0 })
    let former = try #require(
      KeyDerivation.scryptBytes(
        Array("word".utf8), salt: Array(header[31..<47]), logN: 15, r: 8, p: 1, count: 32))
    let id = vault.database.bytes
    #expect(Array(header[60..<76]) == Array(derive(former, "check", context: id)[..<16]))
    try vault.beginRootRotation(to: .bytes(rootBytes))
    header = try #require(device.durableFiles()["DATABASE"])
    #expect(Array(header[10..<12]) == [3, 1])
    let sealed = try open(header[88..<136], derive(rootBytes, "previous"), nonce: Array(header[76..<88]), id)
    #expect(sealed == former)
  }
}
