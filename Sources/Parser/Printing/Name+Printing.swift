import VSQLLexer

/// Names as SQL text.
enum NameText {
  /// Quoted where the bare word would fold, be a keyword that is reserved, or be no word at all.
  static func name(_ text: String) -> String {
    isPlain(text) && Keyword.reserved(text) == nil ? text : quoted(text)
  }

  /// Where reserved words need no quotes: options and parameters.
  static func label(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  /// Words that mean a construct of their own before a parenthesis, so that a function of such a name is quoted.
  private static let constructs: Set<String> = [
    "exists", "extract", "position", "substring", "trim", "rollup", "cube",
  ]

  static func function(_ text: String) -> String {
    constructs.contains(text) ? quoted(text) : name(text)
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { out.append("\"") }
      out.unicodeScalars.append(scalar)
    }
    return out + "\""
  }

  /// Lower-case ASCII letters, digits and `_`, not beginning with a digit.
  static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return text.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }
}

extension Name {
  /// The name as SQL text, quoted where it must be.
  package var sql: String { NameText.name(text) }
}

extension ObjectName {
  package var sql: String { parts.map(\.sql).joined(separator: ".") }
}

extension TypeName {
  /// In upper case where it is a plain word: `VECTOR(384, FLOAT16)`, `TIMESTAMP(3) WITH TIME ZONE`.
  package var sql: String {
    let list = arguments.isEmpty ? "" : "(" + arguments.map(Self.argument).joined(separator: ", ") + ")"
    if TypeWords.all.contains(name) {
      if name == TypeWords.doublePrecision, !list.isEmpty { return NameText.quoted(name) + list }
      for zone in [TypeWords.withZone, TypeWords.withoutZone] where name.hasSuffix(zone) {
        return name.dropLast(zone.count).uppercased() + list + zone.uppercased()
      }
      return name.uppercased() + list
    }
    let word = NameText.name(name)
    return (word == name ? name.uppercased() : word) + list
  }

  /// Digits, or a word without quotes: letters beyond ASCII stay as they are, for only ASCII folds.
  private static func argument(_ text: String) -> String { NameText.isPlain(text) ? text.uppercased() : text }
}
