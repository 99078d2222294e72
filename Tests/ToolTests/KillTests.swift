import Foundation
import Testing

/// kill -9 at random moments of a loading script: what was acknowledged is there, whole, and the chain holds.
@Suite struct KillTests {
  @Test func nothingAcknowledgedIsLost() throws {
    let rounds = ProcessInfo.processInfo.environment["VSQL_TORTURE"] == nil ? 6 : 50
    let seed = UInt64.random(in: .min ... .max)
    var generator = SplitMix64(state: seed)
    let scratch = try Scratch()
    #expect(
      try Tool.run(
        scratch.database() + ["-c", "CREATE TABLE t (id INTEGER PRIMARY KEY, pair INTEGER, body TEXT)"]
      ).status == 0)
    var next = 1
    for round in 1...rounds {
      let acknowledged = try load(
        into: scratch, from: next, killAfter: .random(in: 1...120, using: &generator))
      let answer = try Tool.run(scratch.database() + ["-c", "SELECT id FROM t ORDER BY id; VERIFY AUDIT"])
      #expect(answer.status == 0, "seed \(seed), round \(round): \(answer.error)")
      let ids = answer.output.split(separator: "\n").compactMap { Int($0) }
      #expect(
        ids == Array(1...max(1, ids.count)).prefix(ids.count).map { $0 }, "seed \(seed), round \(round)")
      #expect(
        ids.count >= acknowledged,
        "seed \(seed), round \(round): \(acknowledged) acknowledged, \(ids.count) found")
      #expect(ids.count % 2 == 0, "seed \(seed), round \(round): half a transaction")
      next = ids.count + 1
    }
  }

  /// Inserts pairs of rows until it is killed after so many answers were read.
  ///
  /// - Returns: the highest id whose insert was answered.
  private func load(into scratch: Scratch, from first: Int, killAfter answers: Int) throws -> Int {
    let process = Process()
    process.executableURL = URL(filePath: Tool.path)
    process.arguments = scratch.database() + ["--mode", "box"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let script = (0..<2_000).map { step in
      let id = first + step * 2
      return "INSERT INTO t VALUES (\(id), \(id + 1), 'row \(id)'), (\(id + 1), \(id), 'row \(id + 1)');\n"
    }.joined()
    let writer = Thread {
      signal(SIGPIPE, SIG_IGN)
      try? input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    }
    writer.start()
    var seen = 0
    while seen < answers {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      seen += data.count { $0 == UInt8(ascii: "\n") }
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    seen += output.fileHandleForReading.readDataToEndOfFile().count { $0 == UInt8(ascii: "\n") }
    return first - 1 + seen * 2
  }
}

/// A generator whose runs can be repeated from their seed (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
