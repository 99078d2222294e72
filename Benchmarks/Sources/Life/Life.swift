internal import Foundation
internal import VSQL

/// A database's life: random statements against it and against a model in memory, until the time is up.
///
/// The number of rows is held about even, so that whatever else grows is the database's own doing.
struct Life {
  /// Rows that inserts and deletes keep to.
  static let rowGoal = 20_000
  static let dimension = 64

  let path: String
  let key: KeySource
  var random: SplitMix
  var database: Database
  var session: Session
  var model: [Int64: Model] = [:]
  /// The keys of `model`, to draw from; the place of each.
  private var ids: [Int64] = []
  private var places: [Int64: Int] = [:]
  private var nextID: Int64 = 1
  private var people = 0
  private(set) var counts: [String: Int] = [:]

  /// What a row must hold.
  struct Model: Equatable {
    var person: String
    var amount: Int64
    var note: String
    var vector: [Float]
  }

  init(folder: String, seed: UInt64) throws {
    path = "\(folder)/life.vsql"
    key = .file("\(folder)/life.key")
    random = SplitMix(state: seed)
    database = try Database.open(path, key: key)
    session = try database.ownerSession()
    try session.execute(
      "CREATE TABLE life (id BIGINT PRIMARY KEY, person TEXT NOT NULL ENTITY person, amount BIGINT, note TEXT, v VECTOR(\(Self.dimension)))"
    )
  }

  /// One transaction of one to four changes.
  mutating func live() throws {
    try session.execute("BEGIN")
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45:
        if model.count < Self.rowGoal { try insert() } else { try delete() }
      case 45..<80: try update()
      default: if model.count > Self.rowGoal / 2 { try delete() } else { try insert() }
      }
    }
    try session.execute("COMMIT")
    count("transactions")
  }

  private mutating func insert() throws {
    var (places, values): ([String], [Value]) = ([], [])
    for _ in 0..<Int.random(in: 1...40, using: &random) {
      let (id, row) = (nextID, fresh())
      nextID += 1
      let first = values.count
      places.append("(" + (1...5).map { "$\(first + $0)" }.joined(separator: ", ") + ")")
      values += [.integer(id), .text(row.person), .integer(row.amount), .text(row.note), .vector(row.vector)]
      add(id, row)
    }
    try session.execute("INSERT INTO life VALUES " + places.joined(separator: ", "), values)
    count("rows inserted", places.count)
  }

  private mutating func fresh() -> Model {
    if people == 0 || Int.random(in: 0..<12, using: &random) == 0 { people += 1 }
    let person = Int.random(in: max(0, people - 2_000)...people, using: &random)
    let words = Int.random(in: 3...30, using: &random)
    return Model(
      person: "person \(person)", amount: Int64.random(in: -1_000_000...1_000_000, using: &random),
      note: (0..<words).map { _ in Self.words[Int.random(in: 0..<Self.words.count, using: &random)] }.joined(
        separator: " "),
      vector: (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) })
  }

  private static let words = [
    "seen", "again", "after", "three", "days", "without", "fever", "pulse", "calm", "paid", "late", "called",
    "moved", "north", "quiet",
  ]

  private mutating func update() throws {
    guard !ids.isEmpty else { return }
    let id = ids[Int.random(in: 0..<ids.count, using: &random)]
    let step = Int64.random(in: 1...9, using: &random)
    if Bool.random(using: &random) {
      let done = try session.execute(
        "UPDATE life SET amount = amount + $1 WHERE id = $2", [.integer(step), .integer(id)])
      try expect(done.rowCount == 1, "an update by key found \(done.rowCount) rows")
      model[id]?.amount += step
      count("rows updated")
    } else {
      let last = id + 20
      let found = (id...last).filter { model[$0] != nil }
      let done = try session.execute(
        "UPDATE life SET note = 'range', amount = amount - 1 WHERE id BETWEEN $1 AND $2",
        [.integer(id), .integer(last)])
      try expect(
        done.rowCount == found.count, "an update of a range found \(done.rowCount) rows for \(found.count)")
      for id in found {
        model[id]?.note = "range"
        model[id]?.amount -= 1
      }
      count("rows updated", found.count)
    }
  }

  private mutating func delete() throws {
    guard !ids.isEmpty else { return }
    let id = ids[Int.random(in: 0..<ids.count, using: &random)]
    let last = id + Int64.random(in: 0...60, using: &random)
    let found = (id...last).filter { model[$0] != nil }
    let done = try session.execute(
      "DELETE FROM life WHERE id BETWEEN $1 AND $2", [.integer(id), .integer(last)])
    try expect(done.rowCount == found.count, "a delete found \(done.rowCount) rows for \(found.count)")
    for id in found { remove(id) }
    count("rows deleted", found.count)
  }

  mutating func erase() throws {
    guard let row = ids.randomElement(using: &random).flatMap({ model[$0] }) else { return }
    try session.execute("ERASE ENTITY '\(row.person)'")
    for (id, other) in model where other.person == row.person { remove(id) }
    count("entities erased")
  }

  mutating func rotate() throws {
    try session.execute("ROTATE KEY")
    count("rotations")
  }

  mutating func restart() throws {
    try database.close()
    database = try Database.open(path, key: key)
    session = try database.ownerSession()
    count("restarts")
  }

  /// Every row against the model, and the audit chain.
  mutating func check() throws {
    var seen = 0
    for row in try session.query("SELECT id, person, amount, note, v FROM life ORDER BY id") {
      guard case .integer(let id) = row.values[0], let expected = model[id] else {
        throw Difference(text: "row \(row.values[0]) should not be there")
      }
      let found: [Value] = [
        .text(expected.person), .integer(expected.amount), .text(expected.note), .vector(expected.vector),
      ]
      try expect(Array(row.values[1...]) == found, "row \(id) differs")
      seen += 1
    }
    try expect(seen == model.count, "\(seen) rows, \(model.count) expected")
    let audit = try session.execute("VERIFY AUDIT")
    try expect(audit.verification == true, "the audit chain does not verify")
    count("rows compared", seen)
    count("comparisons of all rows")
  }

  mutating func close() throws { try database.close() }

  private mutating func count(_ what: String, _ number: Int = 1) { counts[what, default: 0] += number }

  private mutating func add(_ id: Int64, _ row: Model) {
    model[id] = row
    places[id] = ids.count
    ids.append(id)
  }

  private mutating func remove(_ id: Int64) {
    model[id] = nil
    guard let place = places.removeValue(forKey: id), let last = ids.popLast() else { return }
    if last != id {
      ids[place] = last
      places[last] = place
    }
  }

  private func expect(_ isTrue: Bool, _ text: @autoclosure () -> String) throws {
    if !isTrue { throw Difference(text: text()) }
  }
}

/// The database and the model differ.
struct Difference: Error, CustomStringConvertible {
  let text: String
  var description: String { "difference: \(text)" }
}

/// Sebastiano Vigna's SplitMix64: a seed repeats a life.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
