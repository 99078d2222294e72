internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

#if os(Linux)
// Glibc declares it for _GNU_SOURCE only, which Swift's import of Glibc does not set.
@_silgen_name("sched_getaffinity")
private func sched_getaffinity(_ process: pid_t, _ size: Int, _ mask: UnsafeMutableRawPointer?) -> Int32
#endif

/// A thread of the process's own. Not a `Task`: a thread of the pool must neither block on the disk nor be waited for.
struct OwnThread {
  #if canImport(Glibc)
  private let thread: pthread_t
  #else
  private let thread: pthread_t?
  #endif

  private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `run`. Nil: the system gives no thread, and nothing runs. Whoever makes one either joins or detaches it.
  init?(_ run: @escaping @Sendable () -> Void) {
    // The thread takes the one reference that is retained for it here, and gives it back when it has run.
    let context = unsafe Unmanaged.passRetained(Work(run)).toOpaque()
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
      return nil
    }
    self.thread = thread
  }

  /// It ends by itself.
  func detach() {
    #if canImport(Glibc)
    pthread_detach(thread)
    #else
    if let thread { pthread_detach(thread) }
    #endif
  }

  /// Waits until it has run.
  func join() {
    #if canImport(Glibc)
    pthread_join(thread, nil)
    #else
    if let thread { pthread_join(thread, nil) }
    #endif
  }
}

/// Work cut into parts that run at the same time.
enum Parallel {
  /// The cores that this process may run on, now.
  static var coreCount: Int {
    #if os(Linux)
    var mask = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    // Writes at most as many bytes as it is given; with more cores than bits it fails, and all that are up count.
    let isKnown = unsafe withUnsafeMutableBytes(of: &mask) {
      unsafe sched_getaffinity(0, $0.count, $0.baseAddress) == 0
    }
    if isKnown {
      return max(1, unsafe withUnsafeBytes(of: &mask) { unsafe $0.reduce(0) { $0 + $1.nonzeroBitCount } })
    }
    #endif
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// The results of `body` for 0 ..< `count`, in that order, each on a thread of its own but the first.
  ///
  /// - Throws: the error of the first part that has one, as if they had run one after the other.
  static func map<Part: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws(StorageError) -> Part
  ) throws(StorageError) -> [Part] {
    let results = Results<Part>(count: count)
    @Sendable func run(_ index: Int) {
      do throws(StorageError) {
        results.set(.success(try body(index)), at: index)
      } catch {
        results.set(.failure(error), at: index)
      }
    }
    var threads: [OwnThread] = []
    for index in 1..<max(1, count) {
      if let thread = OwnThread({ run(index) }) { threads.append(thread) } else { run(index) }
    }
    if count > 0 { run(0) }
    for thread in threads { thread.join() }
    var parts: [Part] = []
    for result in results.take() {
      guard let result else { throw .limit(what: "a thread ended without a result") }
      parts.append(try result.get())
    }
    return parts
  }

  private final class Results<Part: Sendable>: Sendable {
    private let list: Mutex<[Result<Part, StorageError>?]>

    init(count: Int) { list = Mutex(Array(repeating: nil, count: count)) }

    func set(_ result: Result<Part, StorageError>, at index: Int) { list.withLock { $0[index] = result } }

    func take() -> [Result<Part, StorageError>?] {
      list.withLock { list in
        defer { list = [] }
        return list
      }
    }
  }
}
