import Testing
import VSQLStorage

/// Files in the places of others of their kind, and of what they themselves once were.
@Suite struct SwapTests {
  /// Files of one kind are read by the same code.
  private static func kind(_ path: String) -> Substring {
    let name = path.split(separator: "/").last ?? ""
    return name.lastIndex(of: ".").map { name[$0...] } ?? name
  }

  private struct Case {
    var what: String
    /// The place that something foreign is put to.
    var path: String
    var bytes: [UInt8]
    /// A file that goes.
    var removed: String?
    /// Whether it is an earlier content of the same file.
    var isFormer = false
  }

  private static func run(_ cases: [Case], of database: RichDatabase, _ enumeration: Enumeration) -> Tally {
    var tally = Tally()
    for step in enumeration.chosen(of: cases) {
      var files = database.files
      if let removed = step.removed { files[removed] = nil }
      files[step.path] = step.bytes
      let observation = Observation(files, of: database)
      tally.take(observation, step.what, path: step.path)
      if observation.lost > 0 {
        tally.lost.append("\(step.what): \(observation.lost) commits (\(observation.told))")
      }
    }
    return tally
  }

  /// Every file with every other of its kind: of the same database, of one with the same key, of one with another key.
  @Test func aFileOfAnotherPlaceIsToldAndGivesNoOtherRows() throws {
    let database = try RichDatabase(isClosed: true)
    let others = [
      ("the same database", database.files), ("one with its key", try RichDatabase(isClosed: true).files),
      ("one with another key", try RichDatabase(key: .bytes(Array(2...33)), isClosed: true).files),
    ]
    var cases: [Case] = []
    for (path, bytes) in database.files.sorted(by: { $0.key < $1.key }) where path != "LOCK" {
      for (whose, files) in others {
        for (other, foreign) in files.sorted(by: { $0.key < $1.key })
        where Self.kind(other) == Self.kind(path) && foreign != bytes {
          cases.append(Case(what: "\(path) from \(other) of \(whose)", path: path, bytes: foreign))
        }
      }
    }
    #expect(Set(cases.map { Self.kind($0.path) }).count >= 9)
    let enumeration = Enumeration(step: 12)
    let tally = Self.run(cases, of: database, enumeration)
    print(tally.text("files of another place (from \(enumeration.seed))"))
    #expect(tally.wrong.isEmpty && tally.lost.isEmpty && tally.unnoticed.isEmpty)
  }

  /// Every content that a file once had, put back alone: in its place, under the name that the file has now, without the file that
  /// replaced it.
  @Test(arguments: [true, false]) func aFormerFileIsToldOrChangesNothing(isClosed: Bool) throws {
    let database = try RichDatabase(isClosed: isClosed)
    var cases: [Case] = []
    for (path, contents) in database.former.sorted(by: { $0.key < $1.key }) where path != "LOCK" {
      for (age, bytes) in contents.enumerated() {
        cases.append(Case(what: "\(path) as of step \(age)", path: path, bytes: bytes, isFormer: true))
        if database.files[path] != nil { continue }
        for present in database.files.keys.sorted() where Self.kind(present) == Self.kind(path) {
          cases.append(Case(what: "\(path) as \(present)", path: present, bytes: bytes))
          cases.append(
            Case(what: "\(path) instead of \(present)", path: path, bytes: bytes, removed: present))
        }
      }
    }
    let enumeration = Enumeration(step: 12)
    let tally = Self.run(cases, of: database, enumeration)
    print(
      tally.text(
        "former files put back\(isClosed ? "" : ", of a process that died") (from \(enumeration.seed))"))
    #expect(tally.wrong.isEmpty)
    // A log that nobody closed, as it was at an earlier moment, is what a crash of that moment leaves.
    #expect(tally.lost.filter { isClosed || !$0.hasPrefix("wal/") }.isEmpty)
    if isTorture { for what in tally.unnoticed { print("  without any effect: \(what)") } }
  }
}
