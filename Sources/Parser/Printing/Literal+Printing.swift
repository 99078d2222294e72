extension Literal {
  /// The literal as SQL text that reads back as the same literal.
  package var sql: String {
    switch self {
    case .null: "NULL"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .integer(let digits), .decimal(let digits), .scientific(let digits): digits
    case .string(let text): Self.quoted(text)
    case .bytes(let bytes): "x'" + bytes.map(Self.hexadecimal).joined() + "'"
    case .typed(let type, let text): type.sql + " " + Self.quoted(text)
    case .vector(let values): "[" + values.map(Self.number).joined(separator: ", ") + "]"
    }
  }

  /// A string in single quotes.
  static func quoted(_ text: String) -> String {
    var out = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { out.append("'") }
      out.unicodeScalars.append(scalar)
    }
    return out + "'"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// The shortest digits that read back as the same Double.
  private static func number(_ value: Double) -> String {
    let digits = value.description
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }
}

extension Parameter {
  package var sql: String {
    switch self {
    case .positional(let number): "$\(number)"
    case .named(let name): ":" + NameText.label(name)
    }
  }
}
