import Testing
import VSQLSchema
import VSQLStorage

/// Reads the log and the state byte by byte, as docs/format/store.md draws them.
@Suite struct StoreFormatTests {
  /// Reads the page's numbers, with nothing of the code under test.
  struct Cursor {
    var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    mutating func number(_ width: Int) -> UInt64 {
      take(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func take(_ count: Int) -> [UInt8] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }

    mutating func varint() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }

    mutating func counted() -> [UInt8] { take(Int(varint())) }
    mutating func text() -> String { String(decoding: counted(), as: UTF8.self) }
  }

  @Test func logAndStateAreAsDrawn() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    let table = try store.createPeople()
    try store.write { try $0.insert(peopleBatch(7..<10), into: table) }
    try store.write { transaction in
      let rows = try transaction.scan(table, columns: [0], scope: store.scope).rows()
      try transaction.delete([rows[1].rowID], from: table)
    }
    let rowIDs = try store.rows(table).map(\.rowID)
    try store.close()
    let files = device.snapshotFiles()
    let vault = try Vault.open(device: device, source: testKey)
    let ring = vault.keyRing
    let sealer = Sealer()

    let log = try #require(files["wal/0000000000000001.wal"])
    var header = Cursor(log[..<96])
    #expect(header.take(8) == Array("vsqlWAL2".utf8) && header.number(8) == 1)
    let slot = SlotID(header.number(8))
    #expect(header.number(4) == 1)
    let key = try ring.unwrap(
      header.take(68)[...], tenant: store.mainTenant, kekVersion: 1, slot: slot,
      place: UnitPlace(database: vault.database, tenant: store.mainTenant, file: 1, kind: .walKey, group: 2),
      path: "",
      offset: 0)

    var offset = 96
    var bodies: [[UInt8]] = []
    while offset < log.count {
      var frame = Cursor(log[offset...])
      let length = Int(frame.number(4))
      #expect(frame.number(4) == 0 && frame.number(8) == UInt64(bodies.count))
      let check = frame.take(8)
      let body = frame.take(length)
      let hashed = Digester().hash(
        [1] + Array(repeating: 0, count: 7) + log[offset + 8..<offset + 16] + log[offset..<offset + 4] + body)
      #expect(check == Array(hashed.bytes[..<8]))
      bodies.append(body)
      offset = (offset + 24 + length + 7) / 8 * 8
    }
    #expect(offset == log.count && bodies.count == 3)

    func open(_ index: Int) throws -> (manifest: Cursor, rows: Cursor) {
      var body = Cursor(bodies[index])
      let unit = body.take(Int(body.number(4)))
      var plain: [UInt8] = []
      let place = UnitPlace(database: vault.database, file: 1, kind: .walFrame, ordinal: UInt64(index))
      #expect(
        sealer.open(
          unit[12...], key: key, index: 0, nonce: try #require(Nonce(bytes: unit[..<12])),
          associatedData: place.associatedData, appendingTo: &plain))
      return (Cursor(plain), body)
    }

    // CREATE TABLE.
    var (manifest, rest) = try open(0)
    #expect(manifest.varint() == 1 && manifest.varint() == 1 && manifest.number(1) == 1)
    #expect(manifest.number(8) == table.raw && manifest.text() == "people" && manifest.varint() == 4)
    #expect(manifest.text() == "id" && manifest.take(4) == [2, 64, 1, 0])
    #expect(manifest.text() == "name" && manifest.take(4) == [5, 0, 0, 0])
    #expect(manifest.text() == "patient" && manifest.take(4) == [5, 0, 1, 0])
    #expect(manifest.text() == "v" && manifest.take(5) == [11, 1, 4, 0, 0])
    #expect(manifest.take(2) == [1, 0] && manifest.text() == "people_pkey")
    #expect(manifest.take(2) == [1, 2] && manifest.text() == "patient")
    // No index, sealed by record; then no deletes, segments, rows or events.
    #expect(manifest.take(2) == [0, 0])
    #expect(manifest.take(4) == [0, 0, 0, 0] && manifest.rest.isEmpty && rest.rest.isEmpty)

    // INSERT of three rows.
    (manifest, rest) = try open(1)
    #expect(manifest.take(4) == [2, 0, 0, 0] && manifest.varint() == 1)
    #expect(
      manifest.number(8) == table.raw && manifest.number(8) == store.mainTenant.raw && manifest.number(4) == 1
    )
    #expect(manifest.varint() == rowIDs[0] && manifest.varint() == 3)
    let sizes = (0..<3).map { _ in Int(manifest.varint()) }
    #expect(manifest.varint() == 0 && manifest.rest.isEmpty)
    func place(_ kind: UnitPlace.Kind, _ group: UInt32) -> UnitPlace {
      UnitPlace(
        database: vault.database, tenant: store.mainTenant, table: table, file: 1, kind: kind, group: group,
        ordinal: 1)
    }
    let deks = try ring.unwrap(
      rest.take(36 + 3 * 32)[...], tenant: store.mainTenant, kekVersion: 1, slot: slot,
      place: place(.dekBlock, 0),
      path: "", offset: 0)
    for (index, size) in sizes.enumerated() {
      var plain: [UInt8] = []
      #expect(
        sealer.open(
          rest.take(size)[...], key: deks, index: index, nonce: .fixed(group: 0),
          associatedData: place(.walRow, UInt32(index)).associatedData, appendingTo: &plain))
      var row = Cursor(plain)
      let id = 7 + index
      #expect(row.take(2) == [1, UInt8(2 * id)])
      #expect(row.number(1) == (id == 7 ? 0 : 1))
      if id != 7 { #expect(row.text() == "name \(id)") }
      #expect(row.number(1) == 1 && row.text() == "p-\(id)" && row.number(1) == 1)
      #expect((0..<4).map { _ in row.number(4) } == (0..<4).map { UInt64(Float(id * 4 + $0).bitPattern) })
      #expect(row.rest.isEmpty)
    }
    #expect(rest.rest.isEmpty)

    // DELETE of the second.
    (manifest, rest) = try open(2)
    #expect(manifest.take(3) == [3, 0, 1] && manifest.number(8) == table.raw)
    #expect(manifest.number(8) == store.mainTenant.raw && manifest.take(2) == [1, UInt8(rowIDs[0] + 1)])
    #expect(manifest.take(3) == [0, 0, 0] && manifest.rest.isEmpty)

    // The state of the clean close: no table yet, as the log is replayed onto it.
    let path = try #require(files.keys.first { $0.hasPrefix("state/") })
    var file = Cursor(try #require(files[path]))
    #expect(path == "state/0000000000000002.state")
    #expect(file.take(8) == Array("vsqlSTA2".utf8) && file.number(8) == 2)
    let nonce = try #require(Nonce(bytes: file.take(12)))
    var plain: [UInt8] = []
    #expect(
      sealer.open(
        Array(file.rest)[...], key: ring.key(for: .state), nonce: nonce,
        associatedData: UnitPlace(database: vault.database, file: 2, kind: .state, group: 2).associatedData,
        appendingTo: &plain))
    var state = Cursor(plain)
    #expect(state.varint() == 0 && state.varint() == 1)
    #expect(state.number(8) == store.mainTenant.raw && state.number(8) == store.owner.raw)
    #expect(state.varint() == 1 && state.number(8) == store.mainTenant.raw && state.text() == "main")
    #expect(state.varint() == 0 && state.varint() == 0)
    #expect(
      state.varint() == 1 && state.number(1) == 1 && state.varint() == 1
        && state.varint() == UInt64(log.count))
    #expect(state.number(8) == 0 && state.take(32).count == 32 && state.number(8) == 0)
    // Written once more after the state, whose number it says.
    #expect(ring.leastState == 2)
    #expect(state.varint() == ring.generation - 1 && state.varint() == 0 && state.number(4) == 1)
    #expect(state.take(2) == [0, 0] && state.rest.isEmpty)
  }
}
