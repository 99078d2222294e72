import Testing
import VSQLStorage

/// Every file of a database cut at every 64 bytes, and of its last byte.
@Suite struct TruncationTests {
  @Test(arguments: [true, false]) func aCutFileIsToldAndGivesNoOtherRows(isClosed: Bool) throws {
    let database = try RichDatabase(isClosed: isClosed)
    var cases: [(path: String, size: Int)] = []
    for (path, bytes) in database.files.sorted(by: { $0.key < $1.key }) where !bytes.isEmpty {
      cases += (Array(stride(from: 0, to: bytes.count, by: 64)) + [bytes.count - 1]).map { (path, $0) }
    }
    #expect(Observation(database.files, of: database).told.isEmpty)
    let enumeration = Enumeration(step: 41)
    var tally = Tally()
    for (path, size) in enumeration.chosen(of: cases) {
      var files = database.files
      files[path] = Array((files[path] ?? []).prefix(size))
      let observation = Observation(files, of: database)
      let what = "\(path) cut at \(size) of \(database.files[path]?.count ?? 0)"
      tally.take(observation, what, path: path)
      // What a process that died did not close may end early: then it is said where.
      if observation.lost > 0, isClosed || !path.hasPrefix("wal/") || !observation.names(path) {
        tally.wrong.append("\(what): \(observation.lost) commits are lost (\(observation.told))")
      }
      if observation.lost > 0 { tally.lost.append(what) }
    }
    print(tally.text("files cut\(isClosed ? "" : ", of a process that died") (from \(enumeration.seed))"))
    #expect(tally.wrong.isEmpty)
    #expect(tally.unnoticed.isEmpty)
    #expect(tally.named == tally.cases)
  }
}

/// All cases with VSQL_TORTURE, else each `step`-th from a printed seed on.
struct Enumeration {
  let step: Int
  let seed: Int

  init(step: Int) {
    self.step = isTorture ? 1 : step
    seed = Int.random(in: 0..<self.step)
  }

  func chosen<Case>(of cases: [Case]) -> [Case] {
    stride(from: seed, to: cases.count, by: step).map { cases[$0] }
  }
}
