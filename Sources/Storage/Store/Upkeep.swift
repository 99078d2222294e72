internal import Synchronization

/// Who may rewrite segments without the writer's lock: one at a time, and whoever must be alone with them comes first.
///
/// Taken before the writer's lock, never while it is held.
final class Upkeep: Sendable {
  private static let delayMicroseconds: UInt32 = 1_000_000

  let timer = DelayedWork(delayMicroseconds: delayMicroseconds)
  private let turn = Mutex(())
  /// Who wait for their turn and must not wait for a merge to end.
  private let waiting = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)

  /// A merge that runs is worthless, or nobody wants it any more: it ends at its next segment.
  var isCancelled: Bool { waiting.load(ordering: .acquiring) > 0 || isStopped }
  var isStopped: Bool { stopped.load(ordering: .acquiring) }

  /// Runs `body` while nobody else rewrites segments.
  ///
  /// - Throws: 55P03, 57014 while waiting; what `body` throws.
  func taking<Answer>(_ patience: Patience? = nil, _ body: () throws -> Answer) throws -> Answer {
    guard let patience else { return try turn.withLock { _ in try body() } }
    return try patience.wait { try turn.withLockIfAvailable { _ in try body() } }
  }

  /// Runs `body` alone, after a merge that runs has been cancelled.
  ///
  /// - Throws: as `taking`.
  func pausing<Answer>(_ patience: Patience?, _ body: () throws -> Answer) throws -> Answer {
    waiting.add(1, ordering: .acquiringAndReleasing)
    var isWaiting = true
    func stopWaiting() {
      if isWaiting { waiting.subtract(1, ordering: .acquiringAndReleasing) }
      isWaiting = false
    }
    defer { stopWaiting() }
    return try taking(patience) {
      stopWaiting()
      return try body()
    }
  }

  /// No merge runs when this returns, and none begins any more.
  func stop() {
    stopped.store(true, ordering: .releasing)
    turn.withLock { _ in }
  }
}
