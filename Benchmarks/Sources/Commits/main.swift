internal import Foundation
internal import VSQL

do {
  try measure(in: CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path)
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}

/// Runs each workload on both engines by turns, on the same disk, and prints a JSON object a figure.
nonisolated func measure(in folder: String) throws {
  let scratch = "\(folder)/vsql-commits-\(getpid())"
  try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  let database = try Database.open("\(scratch)/t.vsql", key: .file("\(scratch)/t.key"))
  let (mine, theirs) = (try VSQLSide(database), try SQLiteSide("\(scratch)/t.sqlite"))
  for engine in [mine, theirs] as [any Engine] { _ = try engine.run(Workload.create, []) }
  var next = 0

  let rounds = 5
  var pairs = Pairs()
  for _ in 0..<rounds {
    let ids = next..<next + 100
    next = ids.upperBound
    try pairs.add(rows: ids.count) {
      try Workload.singles(mine, ids)
    } _: {
      try Workload.singles(theirs, ids)
    }
  }
  pairs.report("durable INSERT of one row, one session", bound: 0.8)

  let crew = (
    try (0..<8).map { _ in try VSQLSide(database) },
    try (0..<8).map { _ in try SQLiteSide("\(scratch)/t.sqlite") }
  )
  pairs = Pairs()
  for _ in 0..<rounds {
    let first = next
    next += 8 * 40
    try pairs.add(rows: 8 * 40) {
      try Workload.together(crew.0, from: first, each: 40)
    } _: {
      try Workload.together(crew.1, from: first, each: 40)
    }
  }
  pairs.report("durable INSERT of one row, 8 sessions", bound: 3)

  pairs = Pairs()
  for _ in 0..<rounds * 4 {
    let ids = next..<next + 1_000
    next = ids.upperBound
    try pairs.add(rows: ids.count) {
      try Workload.transaction(mine, ids)
    } _: {
      try Workload.transaction(theirs, ids)
    }
  }
  pairs.report("rows in transactions of 1,000", bound: 0.5)

  while next < 100_000 {
    let ids = next..<next + 5_000
    next = ids.upperBound
    try Workload.transaction(mine, ids)
    try Workload.transaction(theirs, ids)
  }
  pairs = Pairs()
  for round in 0...rounds {
    let count = 2_000
    var one = Pairs()
    try one.add(rows: count) {
      try Workload.points(mine, count: count, among: next)
    } _: {
      try Workload.points(theirs, count: count, among: next)
    }
    // The first opens columns and fills SQLite's cache.
    if round > 0 { pairs.add(one) }
  }
  pairs.report("SELECT by primary key, prepared", bound: 0.3)
  try database.close()
}

/// Times of the same work on both sides, by turns.
struct Pairs {
  private var mine: [Double] = []
  private var theirs: [Double] = []
  /// Processor seconds of all threads, in all.
  private var (myWork, theirWork) = (0.0, 0.0)

  mutating func add(rows: Int, _ ours: () throws -> Void, _ other: () throws -> Void) throws {
    mine.append(Double(rows) / (try seconds(ours, &myWork)))
    theirs.append(Double(rows) / (try seconds(other, &theirWork)))
  }

  mutating func add(_ pairs: Pairs) {
    mine += pairs.mine
    theirs += pairs.theirs
    myWork += pairs.myWork
    theirWork += pairs.theirWork
  }

  private func seconds(_ body: () throws -> Void, _ work: inout Double) throws -> Double {
    let (start, before) = (ContinuousClock.now, clock())
    try body()
    work += Double(clock() - before) / Double(CLOCKS_PER_SEC)
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// Medians, rows a second; and how much work both did, which others on the machine do not change.
  func report(_ figure: String, bound: Double) {
    let (a, b) = (mine.sorted()[mine.count / 2], theirs.sorted()[theirs.count / 2])
    print(
      "{\"figure\": \"\(figure)\", \"vsql\": \(Int(a)), \"sqlite\": \(Int(b)), \"ratio\": \(String(format: "%.2f", a / b)), \"processor_ratio\": \(String(format: "%.2f", theirWork / myWork)), \"bound\": \(bound)}"
    )
    fflush(nil)
  }
}
