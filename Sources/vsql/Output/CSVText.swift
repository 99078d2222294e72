internal import VSQL

/// RFC 4180 with `\n` at a line's end: a header, then a line a row. NULL is an empty field, an empty text is `""`.
enum CSVText {
  static func text(of result: StatementResult) -> String {
    var text = result.columns.map { field($0.name) }.joined(separator: ",") + "\n"
    for row in result.rows {
      text += row.values.map(cell).joined(separator: ",") + "\n"
    }
    return text
  }

  private static func cell(_ value: Value) -> String {
    switch value {
    case .null: ""
    case .text(""): "\"\""
    default: field(value.description)
    }
  }

  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: needsQuotes) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}
