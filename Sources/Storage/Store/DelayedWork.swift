internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Runs work on a thread of its own, some time after it was asked for, once for all who ask meanwhile. Not a `Task`: a thread of the
/// pool must not block on the disk.
final class DelayedWork: Sendable {
  private let delayMicroseconds: UInt32

  private struct State {
    var isScheduled = false
    var hasFailed = false
  }

  private let state = Mutex(State())

  init(delayMicroseconds: UInt32) { self.delayMicroseconds = delayMicroseconds }

  /// The last run threw.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Runs `body` soon, unless one is to run anyway.
  func schedule(_ body: @escaping @Sendable () throws -> Void) {
    let isFirst = state.withLock { state in
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if !isFirst { return }
    let work: @Sendable () -> Void = { [self] in
      usleep(delayMicroseconds)
      state.withLock { $0.isScheduled = false }
      let failed = (try? body()) == nil
      state.withLock { $0.hasFailed = failed }
    }
    if let thread = OwnThread(work) { thread.detach() } else { work() }
  }
}
