#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import Synchronization
internal import VSQL

/// Ctrl-C: it stops the running statement; a second one while that statement still runs ends the process; at a prompt it
/// wakes the line editor.
final class Interrupts: Sendable {
  private let canceller: Session.Canceller
  private let isRunning = Atomic<Bool>(false)
  /// A byte can be read here for each Ctrl-C at a prompt.
  let wakeDescriptor: Int32
  private let wakeWriter: Int32

  /// From here on SIGINT goes to a thread of its own, which waits for it: nothing runs inside a signal handler.
  init(canceller: Session.Canceller) {
    self.canceller = canceller
    var ends: [Int32] = [-1, -1]
    _ = unsafe pipe(&ends)
    (wakeDescriptor, wakeWriter) = (ends[0], ends[1])
    var interrupts = sigset_t()
    unsafe sigemptyset(&interrupts)
    unsafe sigaddset(&interrupts, SIGINT)
    unsafe pthread_sigmask(SIG_BLOCK, &interrupts, nil)
    #if canImport(Glibc)
    var thread = pthread_t()
    #else
    var thread: pthread_t?
    #endif
    _ = unsafe pthread_create(&thread, nil, waitForInterrupts, Unmanaged.passRetained(self).toOpaque())
  }

  /// Runs `body` as the statement that Ctrl-C stops.
  func whileRunning<Answer>(_ body: () throws(VSQLError) -> Answer) throws(VSQLError) -> Answer {
    isRunning.store(true, ordering: .relaxed)
    defer { isRunning.store(false, ordering: .relaxed) }
    return try body()
  }

  fileprivate func arrived() {
    if !isRunning.load(ordering: .relaxed) {
      _ = unsafe write(wakeWriter, [UInt8(3)], 1)
    } else if canceller.isCancelling {
      exit(ExitStatus.cancelled.rawValue)
    } else {
      canceller.cancel()
    }
  }
}

private func waitForInterrupts(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let interrupts = unsafe Unmanaged<Interrupts>.fromOpaque(argument).takeRetainedValue()
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe sigaddset(&signals, SIGINT)
  while true {
    var number: Int32 = 0
    if unsafe sigwait(&signals, &number) == 0 { interrupts.arrived() }
  }
}
