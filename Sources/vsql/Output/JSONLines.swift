internal import VSQL

/// One JSON object a row (RFC 8259): vectors as arrays, numbers with all their digits, a repeated column name with `_2`, `_3`.
enum JSONLines {
  static func text(of result: StatementResult) -> String {
    let keys = distinctNames(result.columns.map(\.name)).map(string)
    var text = ""
    for row in result.rows {
      let members = zip(keys, row.values).map { "\($0): \(json($1))" }
      text += "{\(members.joined(separator: ", "))}\n"
    }
    return text
  }

  /// The names, a repeated one with the first free of `_2`, `_3`, ….
  static func distinctNames(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var number = 2
      while taken.contains("\(name)_\(number)") { number += 1 }
      taken.insert("\(name)_\(number)")
      return "\(name)_\(number)"
    }
  }

  static func json(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer, .decimal: value.description
    // JSON has no NaN and no infinity: they are strings, as PostgreSQL's to_json has them.
    case .double(let number): number.isFinite ? value.description : string(value.description)
    case .vector: value.description
    case .text(let text): string(text)
    case .blob, .date, .timestamp, .timestamptz, .uuid, .bits: string(value.description)
    }
  }

  static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
