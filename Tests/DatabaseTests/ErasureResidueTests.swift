import Testing
import VSQL
import VSQLStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// After ERASE ENTITY nothing that the keys open, and no byte that lies open, holds anything of the entity.
@Suite struct ErasureResidueTests {
  /// What stands in the entity's rows only, by name; the first 8 bytes are unlike anything else's.
  private static let marks: [(name: String, bytes: [UInt8])] = [
    ("entity", Array("zq7entity".utf8)), ("once", Array("zq7once-".utf8)),
    ("repeated", Array("zq7again".utf8)),
    ("long", Array("zq7longtext".utf8)), ("renamed", Array("zq7renamed".utf8)),
    ("float32", f32.flatMap { bytes($0.bitPattern, 4) }),
    ("float16", f16.flatMap { bytes($0.bitPattern, 2) }),
  ]

  private static let f32: [Float] = [0.77312, -3.1415927, 1234.5, 0.0001]
  private static let f16: [Float16] = [0.773, -3.14, 1234, 0.0001]

  private static func bytes(_ bits: some FixedWidthInteger & UnsignedInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }

  private static func list(_ numbers: [some LosslessStringConvertible]) -> String {
    "'[\(numbers.map(\.description).joined(separator: ", "))]'"
  }

  private static func row(_ id: Int, entity: Bool) -> String {
    let filler = String(repeating: "lorem \(id) ", count: 40)
    return entity
      ? "(\(id), 'zq7entity', 'zq7once-\(id)', 'zq7again', 'zq7longtext \(filler)', \(list(f32)), \(list(f16)))"
      : "(\(id), 'p-\(id % 40)', 'note \(id)', 'again \(id % 5)', 'text \(filler)', '[1, 2, 3, \(id)]', '[1, 2, 3, 4]')"
  }

  private struct Place {
    let directory: String
    var path: String { directory + "/r.vsql" }
    var key: String { directory + "/r.key" }

    init() throws {
      var template = Array("/tmp/vsql-residue-XXXXXX".utf8CString)
      let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
      directory = String(cString: try #require(made))
    }

    func session<Answer>(_ body: (Session) throws -> Answer) throws -> Answer {
      let database = try Database.open(path, key: .file(key))
      let answer = try body(try database.ownerSession())
      try database.close()
      return answer
    }

    /// Where each mark is found. While the database is open, its own thread may merge segments between one look and the next.
    func found() throws -> [String: Set<String>] {
      for _ in 0..<4 {
        do {
          return try foundAtOnce()
        } catch StorageError.missing {
          continue
        }
      }
      return try foundAtOnce()
    }

    private func foundAtOnce() throws -> [String: Set<String>] {
      let store = try Store.open(.directory(path), key: .file(key), options: StoreOptions(isReadOnly: true))
      var found: [String: Set<String>] = [:]
      try store.units { path, what, content in
        for (name, bytes) in ErasureResidueTests.marks where content.holds(bytes) {
          found[name, default: []].insert("\(path.split(separator: "/")[0]): \(what.prefix { $0 != " " })")
        }
      }
      return found
    }

    func remove() {
      for directory in ["keys", "state", "wal", "segments", "audit", ""] {
        let device = FileDevice(directory: path)
        for name in (try? device.list(directory)) ?? [] { unlink("\(path)/\(directory)/\(name)") }
        rmdir("\(path)/\(directory)")
      }
      unlink(key)
      rmdir(directory)
    }
  }

  @Test func nothingOfTheEntityIsLeft() throws {
    let place = try Place()
    defer { place.remove() }
    try place.session { session in
      try session.execute(
        """
        CREATE TABLE visits (id INTEGER PRIMARY KEY, patient TEXT ENTITY patient, note TEXT, kind TEXT, story TEXT,
          v VECTOR(4), h VECTOR(4, FLOAT16), UNIQUE (note, id))
        """)
      // Enough for a segment at the close.
      for start in stride(from: 0, to: 1_200, by: 100) {
        let rows = (start..<start + 100).map { Self.row($0, entity: $0 % 97 == 3) }
        try session.execute("INSERT INTO visits VALUES \(rows.joined(separator: ", "))")
      }
    }
    let before = try place.found()
    for name in ["once", "long", "float32", "float16"] {
      #expect(before[name]?.contains("segments: cell") ?? false, "\(name)")
    }
    #expect(before["entity"]?.contains("segments: key") ?? false)
    // The segment is there: its index's run is made now, its own constraint's was written with it.
    _ = try place.session { try $0.execute("CREATE INDEX visits_kind ON visits (kind, story)") }
    let indexed = try place.found()
    for name in ["once", "repeated", "long"] {
      #expect(indexed[name]?.contains("segments: key") ?? false, "\(name)")
    }
    for name in ["entity", "repeated"] {
      #expect(before[name]?.contains("segments: value") ?? false, "\(name)")
    }
    try place.session { session in
      // Rows of the log, a deleted row, and one that an UPDATE replaced.
      try session.execute(
        "INSERT INTO visits VALUES \(Self.row(5_000, entity: true)), \(Self.row(5_001, entity: true))")
      try session.execute("UPDATE visits SET note = 'zq7renamed' WHERE patient = 'zq7entity' AND id < 400")
      try session.execute("DELETE FROM visits WHERE id = 5001")
      #expect(Array(try session.query("SELECT id FROM visits WHERE patient = 'zq7entity'")).count == 14)
      // Statements that fail, each with the entity in its text.
      for statement in [
        "SELECT nothing FROM visits WHERE patient = 'zq7entity'", "SELECT 'zq7entity",
        "SELECT 'zq7entity'::INTEGER",
        "INSERT INTO visits VALUES \(Self.row(5_000, entity: true))",
        "ERASE ENTITY 'zq7entity' TYPE nurse", "ERASE ENTITY 'zq7entity' IN TENANT nowhere",
        "BEGIN; ERASE ENTITY 'zq7entity'",
      ] { #expect(throws: VSQLError.self) { try session.execute(statement) } }
      _ = try? session.execute("ROLLBACK")
      try session.execute("ERASE ENTITY 'zq7entity' TYPE patient DRY RUN")
    }
    #expect(try place.found()["renamed"] != nil)
    let device = FileDevice(directory: place.path)
    let cells = try device.list("segments").filter { $0.hasSuffix(".seg") }.map {
      ("segments/\($0)", try device.readAll("segments/\($0)"))
    }
    try place.session { session in
      let answer = Array(
        try session.query("ERASE ENTITY 'zq7entity' TYPE patient REASON 'asked by zq7entity'"))
      #expect(try answer.first?.value("records_deleted", as: Int.self) == 14)
      let during = try place.found()
      #expect(during.isEmpty, "\(during)")
      #expect(Array(try session.query("SELECT id FROM visits WHERE patient = 'zq7entity'")).isEmpty)
      #expect(Array(try session.query("SELECT id FROM visits")).count == 1_187)
    }
    let after = try place.found()
    #expect(after.isEmpty, "\(after)")
    // Cells are overwritten, and what was not: it opens with no key that is left.
    let store = try Store.open(
      .directory(place.path), key: .file(place.key), options: StoreOptions(isReadOnly: true))
    try store.check()
    for (name, bytes) in cells { try device.open(name, .write).write(bytes, at: 0) }
    #expect(throws: StorageError.self) { try store.check() }
    let restored = try place.found()
    #expect(restored.isEmpty, "\(restored)")
  }

  /// A number of a row that was alone in its segment is not left in the segment's directory as what others would be relative to.
  @Test func theOnlyRowOfASegmentLeavesNoNumber() throws {
    let place = try Place()
    defer { place.remove() }
    try place.session { session in
      try session.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, patient TEXT ENTITY patient, salary INTEGER)")
      try session.execute("INSERT INTO t VALUES (77317731773177, 'p-1', 66116611661166)")
      try session.execute("ERASE ENTITY 'p-2'")
    }
    /// Zigzag and varint, as a base is stored; low bits of a base are cleared as its range takes, none here.
    func stored(_ number: UInt64) -> [UInt8] {
      var rest = number << 1
      var bytes: [UInt8] = []
      while rest >= 128 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
        rest >>= 7
      }
      return bytes + [UInt8(rest)]
    }
    func holds(_ number: UInt64) throws -> Bool {
      let store = try Store.open(
        .directory(place.path), key: .file(place.key), options: StoreOptions(isReadOnly: true))
      var isFound = false
      try store.units { _, _, content in if content.holds(stored(number)) { isFound = true } }
      return isFound
    }
    #expect(try holds(77_317_731_773_177) && holds(66_116_611_661_166))
    try place.session { try $0.execute("ERASE ENTITY 'p-1'") }
    #expect(try !holds(77_317_731_773_177) && !holds(66_116_611_661_166))
  }
}

extension [UInt8] {
  fileprivate func holds(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, count >= bytes.count else { return false }
    return withUnsafeBufferPointer { all in
      (0...(all.count - bytes.count)).contains { at in
        all[at] == first && bytes.indices.allSatisfy { all[at + $0] == bytes[$0] }
      }
    }
  }
}
