import Testing
import VSQLSchema
import VSQLStorage

/// What a dictionary that short texts share is made of, and when there is one.
@Suite struct SharedDictionaryTests {
  static let columns = [
    ColumnDefinition(name: "owner", type: .string), ColumnDefinition(name: "n", type: .bigint),
    ColumnDefinition(name: "note", type: .string), ColumnDefinition(name: "noise", type: .string),
  ]
  static let table = TableDefinition(
    id: TableID(3), name: "t", columns: columns, entity: EntityColumn(ordinal: 0, type: "owner"))
  static let noEntity = TableDefinition(id: TableID(3), name: "t", columns: columns)

  static let phrases = [
    "transitional package for ", "documentation of the library ", "development files, ",
    "written in the language ", "graphical interface to ", "common data of the game ",
    "bindings for programs in ", "plugin that handles ü and ",
  ]

  /// Short texts of phrases and of what is in no other; each owner says now and then what only it says, often.
  static func rows(_ count: Int, owners: Int, _ random: inout SeededGenerator) -> [[Value]] {
    (0..<count).map { row in
      let owner = Int.random(in: 0..<owners, using: &random)
      let words = (0..<Int.random(in: 2...3, using: &random)).map { _ in
        phrases.randomElement(using: &random).map { $0 + word(&random) } ?? ""
      }
      let own = Bool.random(using: &random) ? "; what owner \(owner) always says of itself" : ""
      let isNull = Int.random(in: 0..<9, using: &random) == 0
      return [
        row % 31 == 0 ? .null : .text("owner \(owner)"), .integer(Int64(row)),
        isNull ? .null : .text(words.joined(separator: "; ") + own),
        .text((0..<4).map { _ in word(&random) }.joined()),
      ]
    }
  }

  static func word(_ random: inout SeededGenerator) -> String {
    String(
      (0..<Int.random(in: 2...6, using: &random)).map { _ in
        Character(UnicodeScalar(UInt8.random(in: 97...122, using: &random)))
      })
  }

  static func write(_ rows: [[Value]], _ table: TableDefinition, _ fixture: SegmentFixture) throws
    -> SegmentReader
  {
    let manifest = try SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant).write(
      try SegmentFixture.batches(rows, of: table), id: SegmentID(5))
    return SegmentReader(fixture.site, manifest: manifest, table: table)
  }

  /// Whatever the rows are, they come back, and each piece stands in the texts of at least twenty owners, the separator in none.
  @Test(arguments: 0..<4) func rowsComeBackAndPiecesAreShared(_: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let fixture = try SegmentFixture()
    let rows = Self.rows(
      Int.random(in: 400...1_500, using: &random), owners: Int.random(in: 40...300, using: &random), &random)
    let hasEntity = Bool.random(using: &random)
    let reader = try Self.write(rows, hasEntity ? Self.table : Self.noEntity, fixture)
    let columns = try reader.columns([0, 1, 2, 3])
    for row in rows.indices {
      for column in 0..<4 { #expect(columns[column].value(at: row) == rows[row][column], "seed \(seed)") }
    }
    let some = (0..<20).map { _ in Int.random(in: rows.indices, using: &random) }
    let found = try SegmentReader(fixture.site, manifest: reader.manifest, table: reader.table).rows(
      some, columns: [2, 0])
    for (index, row) in some.enumerated() {
      #expect(
        found[0].value(at: index) == rows[row][2] && found[1].value(at: index) == rows[row][0], "seed \(seed)"
      )
    }
    try reader.check()
    #expect(try reader.storage().columns[2].encoding == "plain, shared dictionary", "seed \(seed)")

    let dictionary = try #require(try StoredDictionary.all { try reader.units($0) }.first)
    #expect(dictionary.pieces.count > 2, "seed \(seed)")
    for piece in dictionary.pieces {
      var owners: Set<Value> = []
      for (place, row) in rows.enumerated() where owners.count < max(20, piece.entities) {
        guard case .text(let text) = row[piece.column], Array(text.utf8).hasPart(piece.bytes) else {
          continue
        }
        if !hasEntity {
          owners.insert(.integer(Int64(place)))
        } else if row[0] != .null {
          owners.insert(row[0])
        }
      }
      #expect(owners.count >= max(20, piece.entities), "seed \(seed): \(owners.count) share \(piece)")
      #expect(!piece.bytes.contains(0xff))
    }
  }

  /// By what it saves: not where texts are short, few, coded by a value table, or have nothing in common.
  @Test func aDictionaryIsChosenByMeasure() throws {
    var random = SeededGenerator(seed: 7)
    func encoding(_ rows: [[Value]], _ table: TableDefinition = Self.noEntity) throws -> (String, Int) {
      let fixture = try SegmentFixture()
      let reader = try Self.write(rows, table, fixture)
      let columns = try reader.columns([2])
      for row in rows.indices { #expect(columns[0].value(at: row) == rows[row][2]) }
      try reader.check()
      return (try reader.storage().columns[2].encoding, reader.manifest.dictionaryBytes)
    }
    func texts(_ count: Int, _ text: (Int) -> String) -> [[Value]] {
      (0..<count).map { [.text("owner \($0 % 50)"), .integer(Int64($0)), .text(text($0)), .null] }
    }
    let shared = Self.rows(2_000, owners: 200, &random)
    #expect(try encoding(shared).0 == "plain, shared dictionary")
    #expect(try encoding(texts(2_000) { _ in (0..<14).map { _ in Self.word(&random) }.joined() }).1 == 0)
    #expect(try encoding(texts(2_000) { "short \($0)" }).1 == 0)
    #expect(try encoding(Array(shared.prefix(30))).1 == 0)
    #expect(try encoding(texts(2_000) { Self.phrases[$0 % 8] + Self.phrases[$0 % 3] }).1 == 0)
    // Nineteen owners share all they say, and none says it fewer than a hundred times.
    let few = Self.rows(2_000, owners: 19, &random)
    #expect(try encoding(few, Self.table).1 == 0)
    #expect(try encoding(few).1 > 0)
    // The file is smaller by more than the dictionary takes.
    let plain = shared.map { [$0[0], $0[1], $0[2], $0[3]] }
    let fixture = try SegmentFixture()
    let manifest = try Self.write(plain, Self.noEntity, fixture).manifest
    let raw = shared.reduce(0) { sum, row in
      if case .text(let text) = row[2] { sum + text.utf8.count + 1 } else { sum }
    }
    #expect(manifest.cellBytes - 16 * shared.count + manifest.dictionaryBytes < raw * 3 / 4)
  }

  /// The same rows make the same dictionary: nothing of it depends on a seed of the process.
  @Test func equalRowsMakeEqualDictionaries() throws {
    var random = SeededGenerator(seed: 11)
    let rows = Self.rows(1_000, owners: 100, &random)
    let made = try (0..<2).map { _ in
      let reader = try Self.write(rows, Self.table, try SegmentFixture())
      return try #require(try StoredDictionary.all { try reader.units($0) }.first?.bytes)
    }
    #expect(made[0] == made[1])
  }

  /// Records of all lengths: with nothing to compress, with more than a block holds, long enough to be compressed by themselves.
  @Test func recordsOfAnyLengthComeBack() throws {
    var random = SeededGenerator(seed: 3)
    var rows = Self.rows(3_000, owners: 300, &random)
    for (row, length) in [0, 1, 127, 128, 255, 256, 300, 16_383, 16_384, 65_791, 65_792, 131_072, 131_073]
      .enumerated()
    {
      let letters = (0..<length).map { (index: Int) -> UInt8 in UInt8(97 + index * index / 7 % 26) }
      rows[row * 7][2] = .text(String(decoding: letters, as: UTF8.self))
      rows[row * 7][3] = row % 2 == 0 ? .null : .text("")
    }
    let fixture = try SegmentFixture()
    let reader = try Self.write(rows, Self.table, fixture)
    #expect(reader.manifest.dictionaryBytes > 0)
    let columns = try reader.columns([2, 3])
    for row in rows.indices {
      #expect(columns[0].value(at: row) == rows[row][2] && columns[1].value(at: row) == rows[row][3])
    }
    try reader.check()
  }

  /// One bit of every byte of the dictionary's seal: found, and named.
  @Test func everyFlippedByteOfADictionaryIsFound() throws {
    var random = SeededGenerator(seed: 5)
    let fixture = try SegmentFixture()
    let reader = try Self.write(Self.rows(120, owners: 60, &random), Self.table, fixture)
    let manifest = reader.manifest
    #expect(manifest.dictionaryBytes > 100)
    let file = try fixture.device.open(manifest.directoryPath, .write)
    for index in manifest.directoryBytes - manifest.dictionaryBytes..<manifest.directoryBytes {
      let byte = try file.read(at: index, count: 1)[0]
      try file.write([byte ^ 1 << UInt8(index % 8)], at: index)
      for read in [{ _ = try $0.columns([2]) }, { try $0.check() }] as [(SegmentReader) throws -> Void] {
        #expect(
          throws: StorageError.unauthentic(
            path: manifest.directoryPath, offset: manifest.directoryBytes - manifest.dictionaryBytes,
            what: "shared dictionary")
        ) {
          try read(SegmentReader(fixture.site, manifest: manifest, table: Self.table))
        }
      }
      try file.write([byte], at: index)
    }
    try SegmentReader(fixture.site, manifest: manifest, table: Self.table).check()
  }
}

/// A dictionary as `docs/format/segments.md` draws it.
struct StoredDictionary {
  struct Piece {
    var column: Int
    var bytes: [UInt8]
    var entities: Int
  }

  var bytes: [UInt8]
  var pieces: [Piece] = []

  /// Those among the units that `units` hands over.
  static func all(
    _ units: ((_ path: String, _ what: String, _ content: [UInt8]) -> Void) throws -> Void
  ) throws -> [StoredDictionary] {
    var contents: [[UInt8]] = []
    try units { _, what, content in if what == "shared dictionary" { contents.append(content) } }
    return try contents.map { try StoredDictionary($0) }
  }

  init(_ content: [UInt8]) throws {
    var reader = ByteReader(content, path: "")
    bytes = Array(try reader.counted())
    _ = try reader.varint()
    var lengths: [(column: Int, length: Int, entities: Int)] = []
    for _ in 0..<(try reader.varint()) {
      lengths.append((Int(try reader.varint()), Int(try reader.varint()), Int(try reader.varint())))
    }
    try reader.finish()
    var start = bytes.count - lengths.reduce(0) { $0 + $1.length + 1 }
    for (column, length, entities) in lengths {
      pieces.append(Piece(column: column, bytes: Array(bytes[start..<start + length]), entities: entities))
      #expect(bytes[start + length] == 0xff)
      start += length + 1
    }
  }
}

extension [UInt8] {
  /// Whether `part` stands somewhere in it.
  func hasPart(_ part: [UInt8]) -> Bool {
    guard let first = part.first, part.count <= count else { return false }
    var start = 0
    while start <= count - part.count {
      if self[start] == first, self[start..<start + part.count] == part[...] { return true }
      start += 1
    }
    return false
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
