internal import BareCrypto
internal import Foundation
internal import VSQL

/// A table whose columns are opened.
struct OpeningTable {
  let name: String
  let summary: String
  let rows: Int
  /// After CREATE TABLE t.
  let definition: String
  let parameters: Int
  /// Looks at every column of every row.
  let query: String
  /// Whether bare units are pages of text, packed.
  let isPaged: Bool
  let row: @Sendable (Int) -> [Value]

  static let all = [vectors, facts, pages]

  private static let vectors = OpeningTable(
    name: "vectors", summary: "VECTOR(384, FLOAT16) sealed by record", rows: 60_000,
    definition: "(v VECTOR(384, FLOAT16))", parameters: 1,
    query: "SELECT count(*) FROM t WHERE l2_distance(v, v) > 1", isPaged: false
  ) { id in
    var state = UInt64(id) &* 0x9E37_79B9_7F4A_7C15 | 1
    return [.vector((0..<384).map { _ in Float(Int(xorshift(&state) >> 52)) / 4_096 })]
  }

  private static let facts = OpeningTable(
    name: "facts", summary: "8 scalar columns sealed by record", rows: 200_000,
    definition: "(\(columns))", parameters: 8, query: query, isPaged: false, row: fact)

  private static let pages = OpeningTable(
    name: "pages", summary: "8 columns sealed by page", rows: 400_000,
    definition: "(\(columns)) WITH (seal = 'page')", parameters: 8, query: query, isPaged: true, row: noted)

  private static let columns =
    "a INTEGER, b INTEGER, c BIGINT, d DOUBLE, e DATE, f BOOLEAN, g TEXT, h TEXT"
  private static let query =
    "SELECT count(a), count(b), count(c), count(d), count(e), count(f), count(g), count(h) FROM t"

  private static func noted(_ id: Int) -> [Value] {
    var state = UInt64(id + 1) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: UInt64) -> Int64 { Int64(xorshift(&state) % bound) }
    return [
      .integer(Int64(id)), .integer(next(1_000)), .integer(next(1 << 40)),
      .double(Double(next(100_000)) / 100),
      .date(days: Int32(next(3_000))), .boolean(next(2) == 0),
      .text(["air", "rail", "ship", "truck"][Int(next(4))]),
      .text(note(&state)),
    ]
  }

  /// Texts that have words in common.
  private static func note(_ state: inout UInt64) -> String {
    let words = [
      "carefully", "final", "deposits", "sleep", "quickly", "above", "the", "regular", "requests", "blithely",
      "ironic", "packages",
    ]
    return (0..<5).map { _ in words[Int(xorshift(&state) % 12)] }.joined(separator: " ")
  }

  /// Of records: texts with nothing in common, as the bare units have no dictionary.
  private static func fact(_ id: Int) -> [Value] {
    var (row, state) = (noted(id), UInt64(id) &* 0xD6E8_FEB8_6659_FD93 | 1)
    row[7] = .text((0..<2).map { _ in String(xorshift(&state), radix: 36) }.joined())
    return row
  }

  /// - Returns: bytes of cells as stored, without their tags.
  func fill(_ path: String, key: String) throws -> Int {
    let database = try Database.open(path, key: .file(key))
    let session = try database.ownerSession()
    _ = try session.execute("CREATE TABLE t \(definition)")
    let holders = (1...parameters).map { "$\($0)" }.joined(separator: ", ")
    let insert = try session.prepare("INSERT INTO t VALUES (\(holders))")
    for first in stride(from: 0, to: rows, by: 10_000) {
      _ = try session.execute("BEGIN")
      for id in first..<min(rows, first + 10_000) { _ = try insert.execute(row(id)) }
      _ = try session.execute("COMMIT")
    }
    _ = try session.execute("VACUUM t")
    var stored = 0
    for line in try session.execute("SHOW STORAGE t").rows {
      if line.values[1] == .text("column"), case .integer(let bytes) = line.values[4] { stored += Int(bytes) }
    }
    try database.close()
    return stored
  }

  /// The first query less the same again: what opening alone takes.
  func opening(_ path: String, key: String) throws -> Sample {
    let database = try Database.open(path, key: .file(key))
    let session = try database.ownerSession()
    _ = try session.execute("SELECT 1 WHERE (SELECT count(*) FROM t) = 0").rows
    func run() throws { for row in try session.execute(query).rows { _ = row.values[0] } }
    let first = try Sample(of: run)
    let again = try Sample(of: run)
    try database.close()
    return first - again
  }
}

/// As many units of as many bytes, without a database.
final class BareUnits {
  private let units: OpaquePointer

  init(_ table: OpeningTable, _ stored: Int) {
    guard table.isPaged else {
      units = bare_make(table.rows, (stored + table.rows - 1) / table.rows, nil, nil)
      return
    }
    // The texts are packed by page; the other columns' bytes join them as they are: those of a page are random.
    var (texts, ends): ([UInt8], [Int]) = ([], [])
    var state: UInt64 = 1
    for first in stride(from: 0, to: table.rows, by: 1_024) {
      for id in first..<min(table.rows, first + 1_024) {
        if case .text(let note) = table.row(id)[7] { texts += note.utf8 }
        for _ in 0..<16 { texts.append(UInt8(truncatingIfNeeded: xorshift(&state) >> 32)) }
      }
      ends.append(texts.count)
    }
    units = bare_make(ends.count, 0, texts, ends)
  }

  deinit { bare_free(units) }

  func open() throws -> Sample {
    var isWhole = false
    let sample = Sample { isWhole = bare_open(units) == 1 }
    guard isWhole else { throw OpeningFailure("a bare unit is not authentic") }
    return sample
  }
}

func xorshift(_ state: inout UInt64) -> UInt64 {
  state ^= state << 13
  state ^= state >> 7
  state ^= state << 17
  return state
}
