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
    let work = Work { [self] in
      usleep(delayMicroseconds)
      state.withLock { $0.isScheduled = false }
      let failed = (try? body()) == nil
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
