#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
import VSQLDiagnostics

/// How long a statement waits for what others hold, and what stops it while it runs or waits.
///
/// Rows are never locked, so a statement waits in two places: for the writer, which one commit, checkpoint, erasure or rotation has
/// at a time, and for the turn of those who rewrite segments. Readers wait in neither.
package struct Patience: Sendable {
  /// Nil: no limit.
  package var lockTimeoutMilliseconds: Int64?
  /// Of the whole statement; nil: none.
  package var deadline: ContinuousClock.Instant?
  /// Asked once a batch, and while waiting.
  package var isCancelled: @Sendable () -> Bool

  package init(
    lockTimeoutMilliseconds: Int64? = nil, deadline: ContinuousClock.Instant? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
    self.deadline = deadline
    self.isCancelled = isCancelled
  }

  /// - Throws: 57014 when the statement was cancelled or its time is up.
  package func check() throws(Diagnostic) {
    if isCancelled() {
      throw Diagnostic(.queryCanceled, "the statement was cancelled on request")
    }
    if let deadline, ContinuousClock.now > deadline {
      throw Diagnostic(
        .queryCanceled, "the statement was cancelled because its time is up",
        hint: "SET statement_timeout gives it more.")
    }
  }

  /// Tries until `attempt` gives something. What is waited for is held for microseconds, mostly: at first only the turn on the
  /// processor is given up, then pauses grow to a millisecond, which is how late a wait may notice that it is over.
  ///
  /// - Throws: 55P03 past the lock timeout, 57014; what `attempt` throws.
  func wait<Answer>(_ attempt: () throws -> Answer?) throws -> Answer {
    if let answer = try attempt() { return answer }
    let start = ContinuousClock.now
    var round: UInt32 = 0
    while true {
      try check()
      if let limit = lockTimeoutMilliseconds, ContinuousClock.now - start > .milliseconds(limit) {
        throw Diagnostic(
          .lockNotAvailable, "the statement waited \(limit) ms for another one that writes, and no longer",
          hint: "SET lock_timeout lets it wait longer.")
      }
      if round < Self.yields { sched_yield() } else { usleep(min(1_000, 50 << min(5, round - Self.yields))) }
      round += 1
      if let answer = try attempt() { return answer }
    }
  }

  private static let yields: UInt32 = 16
}

extension Store {
  /// Runs `body` as the one who writes, when its turn comes.
  ///
  /// - Throws: 55P03, 57014 while waiting; what `body` throws.
  func writing<Answer>(
    _ patience: Patience?, _ body: (inout sending Writer) throws -> sending Answer
  ) throws -> Answer {
    guard let patience else { return try writer.withLock(body) }
    return try patience.wait { try writer.withLockIfAvailable(body) }
  }
}
