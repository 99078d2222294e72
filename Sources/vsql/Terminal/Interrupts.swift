#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import Synchronization
internal import VSQL

/// Ctrl-C and SIGTERM. Ctrl-C stops the running statement, and the process when that statement still runs at the second one; at
/// a prompt it wakes the line editor; anywhere else it ends the process. SIGTERM ends a conversation as `\\q` does, with the terminal
/// put back, and a script as it ends every program.
final class Interrupts: Sendable {
  private let canceller = Mutex<Session.Canceller?>(nil)
  private let isRunning = Atomic<Bool>(false)
  private let isConversing = Atomic<Bool>(false)
  /// A byte can be read here for each signal in a conversation: 3 for Ctrl-C, 15 for SIGTERM.
  let wakeDescriptor: Int32
  private let wakeWriter: Int32

  /// From here on both signals go to a thread of its own, which waits for them: nothing runs inside a signal handler.
  ///
  /// Made before the database opens: threads inherit the mask, and a signal that any thread lets through ends the process.
  init() {
    var ends: [Int32] = [-1, -1]
    _ = unsafe pipe(&ends)
    (wakeDescriptor, wakeWriter) = (ends[0], ends[1])
    var signals = Self.signals
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    #if canImport(Glibc)
    var thread = pthread_t()
    #else
    var thread: pthread_t?
    #endif
    _ = unsafe pthread_create(&thread, nil, waitForSignals, Unmanaged.passRetained(self).toOpaque())
  }

  /// Whose statements Ctrl-C stops; before, it ends the process.
  func attach(_ canceller: Session.Canceller) { self.canceller.withLock { $0 = canceller } }

  /// Runs `body` as the conversation that the wake descriptor belongs to.
  func whileConversing<Answer>(_ body: () -> Answer) -> Answer {
    isConversing.store(true, ordering: .relaxed)
    defer { isConversing.store(false, ordering: .relaxed) }
    return body()
  }

  /// Runs `body` as the statement that Ctrl-C stops.
  func whileRunning<Answer>(_ body: () throws(VSQLError) -> Answer) throws(VSQLError) -> Answer {
    canceller.withLock { $0?.reset() }
    isRunning.store(true, ordering: .relaxed)
    defer { isRunning.store(false, ordering: .relaxed) }
    return try body()
  }

  fileprivate static var signals: sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    return signals
  }

  fileprivate func arrived(_ number: Int32) {
    let isTermination = number == SIGTERM
    if isRunning.load(ordering: .relaxed), let canceller = canceller.withLock({ $0 }),
      !canceller.isCancelling,
      !isTermination || isConversing.load(ordering: .relaxed)
    {
      canceller.cancel()
      if isTermination { wake(number) }
    } else if isConversing.load(ordering: .relaxed), isTermination || !isRunning.load(ordering: .relaxed) {
      wake(isTermination ? number : 3)
    } else if isTermination {
      endProcess(by: number)
    } else {
      exit(ExitStatus.cancelled.rawValue)
    }
  }

  private func wake(_ number: Int32) { _ = unsafe write(wakeWriter, [UInt8(truncatingIfNeeded: number)], 1) }
}

/// Ends the process as the signal ends every program that does not handle it.
func endProcess(by number: Int32) -> Never {
  signal(number, SIG_DFL)
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe sigaddset(&signals, number)
  unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  raise(number)
  exit(128 + number)
}

private func waitForSignals(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let interrupts = unsafe Unmanaged<Interrupts>.fromOpaque(argument).takeRetainedValue()
  var signals = Interrupts.signals
  while true {
    var number: Int32 = 0
    if unsafe sigwait(&signals, &number) == 0 { interrupts.arrived(number) }
  }
}
