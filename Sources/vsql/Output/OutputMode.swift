internal import VSQL

/// How answers are written.
enum OutputMode: String, CaseIterable, Equatable {
  /// A drawn table; long vectors and texts are shortened. For people.
  case box
  /// RFC 4180, with a header. For programs.
  case csv
  /// One JSON object a row. For programs; nothing is shortened.
  case jsonl
  /// A table of GitHub's Markdown. For people.
  case markdown

  /// Whether a statement's tag (`INSERT 0 3`) is shown: in a machine's mode the output is data alone.
  var showsTags: Bool {
    switch self {
    case .box, .markdown: true
    case .csv, .jsonl: false
    }
  }
}

extension StatementResult {
  /// The whole answer as text, ending with a newline where there is anything.
  func rendered(as mode: OutputMode, width: Int? = nil) -> String {
    if columns.isEmpty { return mode.showsTags ? tag + "\n" : "" }
    return switch mode {
    case .box: BoxTable(result: self, width: width).text
    case .csv: CSVText.text(of: self)
    case .jsonl: JSONLines.text(of: self)
    case .markdown: MarkdownTable(result: self).text
    }
  }
}
