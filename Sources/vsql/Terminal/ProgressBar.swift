/// One line on standard error that grows, where that is a terminal; else nothing.
final class ProgressBar {
  private static let cells = 30
  private let what: String
  private let isShown = Standard.error.isTerminal
  private var last = -1

  init(_ what: String) { self.what = what }

  /// - Parameter total: 0: unknown.
  func show(_ done: Int, _ total: Int) {
    guard isShown, total > 0 else { return }
    let percent = min(100, Int(Double(done) / Double(total) * 100))
    if percent == last { return }
    last = percent
    let full = percent * Self.cells / 100
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: Self.cells - full)
    Standard.error.write("\r\(what) [\(bar)] \(percent) %")
  }

  /// Takes the line away.
  func clear() {
    let width = what.count + Self.cells + 10
    if last >= 0 { Standard.error.write("\r" + String(repeating: " ", count: width) + "\r") }
    last = -1
  }
}
