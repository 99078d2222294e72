internal import VSQL

/// A table of GitHub's Markdown; vectors are shortened, `|` is escaped.
struct MarkdownTable {
  let result: StatementResult

  var text: String {
    let rule = result.columns.map { $0.kind == .number ? "--:" : "---" }
    var text = line(result.columns.map { cell($0.name) }) + line(rule)
    for row in result.rows { text += line(row.values.map { cell(DisplayText.text(of: $0)) }) }
    return text
  }

  private func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }

  private func cell(_ text: String) -> String {
    DisplayText.escaped(text).replacing("\\", with: "\\\\").replacing("|", with: "\\|")
  }
}
