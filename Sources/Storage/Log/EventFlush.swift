internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Runs a flush on a thread of its own, 40 ms after it was asked for: reads' events become durable in groups, and no read waits
/// for a sync. Not a `Task`: a thread of the pool must not block on the disk.
final class EventFlush: Sendable {
  private static let delayMicroseconds: UInt32 = 40_000

  private struct State {
    var isScheduled = false
    var hasFailed = false
  }

  private let state = Mutex(State())

  /// The last flush threw.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Runs `flush` soon, unless one is to run anyway.
  func schedule(_ flush: @escaping @Sendable () throws -> Void) {
    let isFirst = state.withLock { state in
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if !isFirst { return }
    let work = Work { [self] in
      usleep(Self.delayMicroseconds)
      state.withLock { $0.isScheduled = false }
      let failed = (try? flush()) == nil
      state.withLock { $0.hasFailed = failed }
    }
    if !Self.start(work) { work.run() }
  }

  private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// False: the system gives no thread.
  private static func start(_ work: Work) -> Bool {
    // The thread takes the one reference that is retained for it here, and gives it back when it has run.
    let context = unsafe Unmanaged.passRetained(work).toOpaque()
    #if canImport(Glibc)
    var thread = pthread_t()
    let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      if let context = unsafe context { unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }
    #else
    var thread: pthread_t?
    let body: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { context in
      unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
      return nil
    }
    #endif
    guard unsafe pthread_create(&thread, nil, body, context) == 0 else {
      unsafe Unmanaged<Work>.fromOpaque(context).release()
      return false
    }
    #if canImport(Glibc)
    pthread_detach(thread)
    #else
    if let thread { pthread_detach(thread) }
    #endif
    return true
  }
}
