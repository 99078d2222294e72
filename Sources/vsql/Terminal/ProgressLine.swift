internal import Synchronization
internal import VSQL

/// A line on standard error that shows how far a long statement is: from half a second on, and gone afterwards.
final class ProgressLine: Sendable {
  private let start = ContinuousClock.now
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  func report(_ progress: Session.Progress) {
    let now = ContinuousClock.now
    guard start.duration(to: now) > .milliseconds(500) else { return }
    let isDue = lastShown.withLock { last in
      if let shown = last, shown.duration(to: now) < .milliseconds(100) { return false }
      last = now
      return true
    }
    if !isDue { return }
    let percent = progress.fraction.map { " \(Int(min(1, max(0, $0)) * 100)) %" } ?? ""
    Standard.error.write("\r\u{1b}[K\(progress.rows) rows\(percent)")
  }

  func clear() {
    if lastShown.withLock({ $0 != nil }) { Standard.error.write("\r\u{1b}[K") }
  }
}
