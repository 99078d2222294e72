internal import Foundation
internal import VSQL

/// Statements that both engines take as they are; `$1`, `$2`, … in order of appearance.
enum Workload {
  static let columns = (1...8).map { "c\($0)" }
  static let create = "CREATE TABLE t (id INTEGER PRIMARY KEY, \(columns.map { "\($0) INTEGER" }.joined(separator: ", ")))"
  static let insert = "INSERT INTO t VALUES (\((1...9).map { "$\($0)" }.joined(separator: ", ")))"
  static let point = "SELECT id, \(columns.joined(separator: ", ")) FROM t WHERE id = $1"

  static func row(_ id: Int) -> [Int] { [id] + (1...8).map { id &* 2_654_435_761 % 1_000_003 &+ $0 } }

  /// One row a transaction, durable when it answers.
  static func singles(_ engine: any Engine, _ ids: Range<Int>) throws {
    for id in ids { _ = try engine.run(insert, row(id)) }
  }

  /// All in one transaction, a statement a row.
  static func transaction(_ engine: any Engine, _ ids: Range<Int>) throws {
    _ = try engine.run("BEGIN", [])
    for id in ids { _ = try engine.run(insert, row(id)) }
    _ = try engine.run("COMMIT", [])
  }

  /// Reads rows by primary key, in an order that jumps about.
  static func points(_ engine: any Engine, count: Int, among rows: Int) throws {
    var id = 1
    for _ in 0..<count {
      id = (id &* 48_271 &+ 11) % rows
      guard try engine.run(point, [id]) == 1 else { throw Failure("row \(id) is not there") }
    }
  }

  /// Each engine on a thread of its own, `each` rows one by one.
  static func together(_ engines: [any Engine], from first: Int, each: Int) throws {
    let crew = Crew(engines)
    let threads = engines.indices.map { index in
      Thread { crew.work(index) { try singles($0, first + index * each..<first + (index + 1) * each) } }
    }
    for thread in threads { thread.start() }
    try crew.wait()
  }
}

/// Engines that are each used by one thread, and what became of them.
final class Crew: @unchecked Sendable {
  // Each engine is touched by its own thread alone; the rest under the condition's lock.
  private let engines: [any Engine]
  private let condition = NSCondition()
  private var finished = 0
  private var failure: (any Error)?

  init(_ engines: [any Engine]) { self.engines = engines }

  func work(_ index: Int, _ body: (any Engine) throws -> Void) {
    do { try body(engines[index]) } catch { condition.withLock { failure = error } }
    condition.withLock {
      finished += 1
      condition.signal()
    }
  }

  func wait() throws {
    condition.lock()
    defer { condition.unlock() }
    while finished < engines.count { condition.wait() }
    if let failure { throw failure }
  }
}
