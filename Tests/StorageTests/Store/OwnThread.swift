import Foundation
import Synchronization

/// Work that may block for as long as a test likes: threads of the pool are too few for that.
final class OwnThread: Sendable {
  private let condition = NSCondition()
  private let result = Mutex<Result<Void, any Error>?>(nil)

  init(_ body: @escaping @Sendable () throws -> Void) {
    Thread { [self] in
      let outcome = Result { try body() }
      condition.withLock {
        result.withLock { $0 = outcome }
        condition.broadcast()
      }
    }
    .start()
  }

  /// Returns when the work is done.
  ///
  /// - Throws: what it threw.
  func wait() throws {
    let outcome = condition.withLock {
      while true {
        if let outcome = result.withLock({ $0 }) { return outcome }
        condition.wait()
      }
    }
    try outcome.get()
  }
}
