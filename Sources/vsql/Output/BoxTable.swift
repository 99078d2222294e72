internal import VSQL

/// A drawn table: numbers to the right, all else to the left, the row count beneath.
struct BoxTable {
  private let names: [String]
  private let isNumber: [Bool]
  private let cells: [[String]]
  private let widths: [Int]
  private let rowCount: Int

  /// - Parameter width: the terminal's columns; cells of texts are cut until the table fits. Nil: nothing is cut.
  init(result: StatementResult, width: Int?) {
    names = result.columns.map { DisplayText.escaped($0.name) }
    isNumber = result.columns.map { $0.kind == .number }
    cells = result.rows.map { $0.values.map(DisplayText.text) }
    rowCount = result.rowCount
    var widths = names.map(DisplayWidth.of)
    for row in cells {
      for (ordinal, cell) in row.enumerated() {
        widths[ordinal] = max(widths[ordinal], DisplayWidth.of(cell))
      }
    }
    self.widths = Self.fitted(widths, into: width)
  }

  var text: String {
    var lines = [rule("┌", "┬", "┐"), line(names, isHeader: true), rule("├", "┼", "┤")]
    lines += cells.map { line($0, isHeader: false) }
    lines += [rule("└", "┴", "┘"), rowCount == 1 ? "(1 row)" : "(\(rowCount) rows)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func rule(_ left: String, _ middle: String, _ right: String) -> String {
    left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
  }

  private func line(_ texts: [String], isHeader: Bool) -> String {
    let padded = texts.enumerated().map { ordinal, text in
      let text = DisplayWidth.truncated(text, to: widths[ordinal])
      let padding = String(repeating: " ", count: widths[ordinal] - DisplayWidth.of(text))
      return isNumber[ordinal] ? padding + text : text + padding
    }
    return "│ " + padded.joined(separator: " │ ") + " │"
  }

  /// The widest columns give way first, none under 12 cells.
  private static func fitted(_ widths: [Int], into width: Int?) -> [Int] {
    guard let width else { return widths }
    var widths = widths
    var excess = widths.reduce(1) { $0 + $1 + 3 } - width
    while excess > 0, let widest = widths.max(), widest > 12, let ordinal = widths.firstIndex(of: widest) {
      let next = widths.filter { $0 < widest }.max() ?? 12
      let cut = min(excess, max(1, widest - max(12, next)))
      widths[ordinal] -= cut
      excess -= cut
    }
    return widths
  }
}
