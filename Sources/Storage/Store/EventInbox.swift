internal import Synchronization

/// Events of reads and refusals on their way to the writer, who takes them along with its next frame. Apart from the writer, so that
/// no read waits for a commit or a checkpoint.
final class EventInbox: Sendable {
  private struct State {
    var events: [AuditEvent] = []
    var refusal: StorageError?
  }

  private let state = Mutex(State())

  /// - Throws: why nothing can be recorded any more.
  func put(_ events: [AuditEvent]) throws(StorageError) {
    try state.withLock { state throws(StorageError) in
      if let refusal = state.refusal { throw refusal }
      state.events += events
    }
  }

  func takeAll() -> [AuditEvent] {
    state.withLock { state in
      if state.events.isEmpty { return [] }
      defer { state.events = [] }
      return state.events
    }
  }

  /// From now on nothing is taken.
  func close(_ refusal: StorageError) { state.withLock { $0.refusal = $0.refusal ?? refusal } }
}
