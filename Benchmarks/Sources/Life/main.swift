internal import Foundation

do {
  try liveADay(Array(CommandLine.arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}

/// `Life MINUTES SEED PLOT [FOLDER]`: a day of 24 hours in so many minutes. Ends with status 1 at the first difference.
nonisolated func liveADay(_ arguments: [String]) throws {
  guard arguments.count >= 3, let minutes = Double(arguments[0]), let seed = UInt64(arguments[1]) else {
    throw Difference(text: "usage: Life MINUTES SEED PLOT.svg [FOLDER]")
  }
  let folder =
    "\(arguments.count > 3 ? arguments[3] : FileManager.default.temporaryDirectory.path)/vsql-life-\(getpid())"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  print("seed \(seed)")
  var life = try Life(folder: folder, seed: seed)
  let clock = ContinuousClock()
  let start = clock.now
  let day = minutes * 60
  /// What is due next, in hours.
  var (sampleAt, eraseAt, rotateAt, restartAt, checkAt) = (0.0, 0.5, 1.0, 1.5, 2.0)
  var samples: [Sample] = []
  var times = Times()
  while true {
    let hour = seconds(clock.now - start) / day * 24
    if hour >= 24 { break }
    try times.take("transactions") { try life.live() }
    if hour >= eraseAt {
      try times.take("erasures") { try life.erase() }
      eraseAt += 0.1
    }
    if hour >= rotateAt {
      try times.take("rotations") { try life.rotate() }
      rotateAt += 1
    }
    if hour >= restartAt {
      try times.take("restarts") { try life.restart() }
      restartAt += 0.75
    }
    if hour >= checkAt {
      try times.take("comparisons") { try life.check() }
      checkAt += 1
    }
    if hour >= sampleAt {
      samples.append(Sample(hour: hour, rows: life.model.count, database: life.path))
      sampleAt += 0.05
    }
  }
  try life.restart()
  try life.check()
  try life.close()
  let caption = "24 hours of life in \(arguments[0]) minutes, seed \(seed)"
  try Plot.svg(samples, caption: caption).write(toFile: arguments[2], atomically: true, encoding: .utf8)
  for (what, number) in life.counts.sorted(by: { $0.key < $1.key }) { print("\(what): \(number)") }
  times.report()
  let figures: [(String, (Sample) -> Int)] = [
    ("rows", { $0.rows }), ("files", { $0.files }), ("bytes", { $0.bytes }), ("memory", { $0.residentBytes }),
    ("audit bytes", { $0.auditBytes }),
  ]
  for (name, value) in figures {
    print("last third over middle third, \(name): \((samples.growth(value) * 1_000).rounded() / 1_000)")
  }
}

/// Where the day went, in seconds.
struct Times {
  private var spent: [String: Double] = [:]

  mutating func take(_ what: String, _ body: () throws -> Void) rethrows {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    spent[what, default: 0] += seconds(clock.now - start)
  }

  func report() {
    for (what, time) in spent.sorted(by: { $0.key < $1.key }) {
      print("seconds of \(what): \((time * 10).rounded() / 10)")
    }
  }
}

nonisolated func seconds(_ duration: Duration) -> Double {
  let (whole, rest) = duration.components
  return Double(whole) + Double(rest) * 1e-18
}
