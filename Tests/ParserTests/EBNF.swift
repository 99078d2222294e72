/// A grammar read from EBNF as ISO/IEC 14977 writes it, as much of it as `Grammar/vsql.ebnf` uses.
struct EBNF {
  /// A part of a rule. A class, so that each has an identity to remember results by.
  final class Part {
    enum Kind {
      case terminal(String)
      case name(String)
      /// `? … ?`
      case special(String)
      case sequence([Part])
      case choice([Part])
      case optional(Part)
      case repetition(Part)
    }

    let kind: Kind
    /// From 0, dense within a grammar.
    fileprivate(set) var id = -1
    /// The symbol of a terminal, or of a name, as a number.
    fileprivate(set) var symbol = -1
    /// The rule of a name.
    fileprivate(set) var target: Part?

    init(_ kind: Kind) { self.kind = kind }
  }

  /// In the file's order.
  private(set) var names: [String] = []
  private(set) var rules: [String: Part] = [:]
  private(set) var partCount = 0
  /// Terminals and names by spelling.
  private(set) var symbols: [String: Int] = [:]

  struct Malformed: Error, CustomStringConvertible { let description: String }

  init(_ text: String) throws {
    var reader = Reader(text)
    while let (name, rule) = try reader.readRule() {
      guard rules[name] == nil else { throw Malformed(description: "\(name) is defined twice") }
      names.append(name)
      rules[name] = rule
    }
    for name in names {
      guard let rule = rules[name] else { continue }
      forEachPart(of: rule) { number($0) }
    }
  }

  private mutating func number(_ part: Part) {
    part.id = partCount
    partCount += 1
    switch part.kind {
    case .terminal(let text): part.symbol = symbol(text)
    case .name(let name):
      part.symbol = symbol(name)
      part.target = rules[name]
    case .special, .sequence, .choice, .optional, .repetition: break
    }
  }

  private mutating func symbol(_ text: String) -> Int {
    let number = symbols[text] ?? symbols.count
    symbols[text] = number
    return number
  }

  /// Every part, depth first.
  func forEachPart(of part: Part, _ body: (Part) -> Void) {
    body(part)
    switch part.kind {
    case .terminal, .name, .special: break
    case .sequence(let parts), .choice(let parts): for part in parts { forEachPart(of: part, body) }
    case .optional(let inner), .repetition(let inner): forEachPart(of: inner, body)
    }
  }

  /// The names that a rule mentions.
  func mentions(_ name: String) -> Set<String> {
    var found: Set<String> = []
    guard let rule = rules[name] else { return found }
    forEachPart(of: rule) { if case .name(let name) = $0.kind { found.insert(name) } }
    return found
  }

  /// The terminals of a rule, itself alone.
  func terminals(_ name: String) -> Set<String> {
    var found: Set<String> = []
    guard let rule = rules[name] else { return found }
    forEachPart(of: rule) { if case .terminal(let text) = $0.kind { found.insert(text) } }
    return found
  }
}

extension EBNF {
  private struct Reader {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) { characters = Array(text) }

    private func peek(_ ahead: Int = 0) -> Character? {
      index + ahead < characters.count ? characters[index + ahead] : nil
    }

    private mutating func skipBlanks() throws {
      while let next = peek() {
        if next.isWhitespace {
          index += 1
        } else if next == "(", peek(1) == "*" {
          while peek() != "*" || peek(1) != ")" || peek(-1) == "(" {
            guard peek() != nil else { throw Malformed(description: "a comment has no end") }
            index += 1
          }
          index += 2
        } else {
          return
        }
      }
    }

    private mutating func take(_ character: Character) throws -> Bool {
      try skipBlanks()
      guard peek() == character else { return false }
      index += 1
      return true
    }

    private mutating func expect(_ character: Character) throws {
      guard try take(character) else {
        let near = String(characters[index..<min(index + 40, characters.count)])
        throw Malformed(description: "expected \(character) at: \(near)")
      }
    }

    mutating func readRule() throws -> (String, Part)? {
      try skipBlanks()
      guard peek() != nil else { return nil }
      let name = readName()
      try expect("=")
      let rule = try readChoice()
      try expect(";")
      return (name, rule)
    }

    private mutating func readName() -> String {
      let start = index
      while let next = peek(), next.isLetter || next == "_" || next.isNumber { index += 1 }
      return String(characters[start..<index])
    }

    private mutating func readChoice() throws -> Part {
      var parts = [try readSequence()]
      while try take("|") { parts.append(try readSequence()) }
      return parts.count == 1 ? parts[0] : Part(.choice(parts))
    }

    private mutating func readSequence() throws -> Part {
      var parts = [try readPart()]
      while try take(",") { parts.append(try readPart()) }
      return parts.count == 1 ? parts[0] : Part(.sequence(parts))
    }

    private mutating func readPart() throws -> Part {
      try skipBlanks()
      switch peek() {
      case "\"", "'":
        return Part(.terminal(try readUntilAnother()))
      case "?":
        return Part(.special(try readUntilAnother().trimmingBlanks()))
      case "[":
        index += 1
        let inner = try readChoice()
        try expect("]")
        return Part(.optional(inner))
      case "{":
        index += 1
        let inner = try readChoice()
        try expect("}")
        return Part(.repetition(inner))
      case "(":
        index += 1
        let inner = try readChoice()
        try expect(")")
        return inner
      default:
        let name = readName()
        guard !name.isEmpty else {
          throw Malformed(description: "no part of a rule at: \(String(characters[index...].prefix(40)))")
        }
        return Part(.name(name))
      }
    }

    /// What stands between the next character and the next one like it.
    private mutating func readUntilAnother() throws -> String {
      let mark = peek()
      index += 1
      let start = index
      while peek() != mark {
        guard peek() != nil else { throw Malformed(description: "a terminal has no end") }
        index += 1
      }
      index += 1
      return String(characters[start..<(index - 1)])
    }
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
