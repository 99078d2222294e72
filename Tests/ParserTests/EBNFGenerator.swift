/// Random sentences of a grammar.
struct EBNFGenerator {
  private let grammar: EBNF
  private var random: SeededGenerator
  /// The fewest rules on the way to a sentence of each rule.
  private let leastDepth: [String: Int]
  /// The tag of the dollar string under way.
  private var tag = ""
  /// Rules whose sentences are made otherwise.
  private let overrides: [String: [String]]
  /// The rules taken so far.
  private(set) var taken: Set<String> = []

  /// - Parameter overrides: for some rules the sentences to choose from.
  init(_ grammar: EBNF, seed: UInt64, overrides: [String: [String]]) {
    self.grammar = grammar
    random = SeededGenerator(seed: seed)
    self.overrides = overrides
    leastDepth = Self.leastDepths(grammar)
  }

  private static func leastDepths(_ grammar: EBNF) -> [String: Int] {
    var depths: [String: Int] = [:]
    var changed = true
    while changed {
      changed = false
      for name in grammar.names {
        guard let rule = grammar.rules[name], let depth = depth(rule, depths) else { continue }
        if depth + 1 < depths[name] ?? .max {
          depths[name] = depth + 1
          changed = true
        }
      }
    }
    return depths
  }

  private static func depth(_ part: EBNF.Part, _ known: [String: Int]) -> Int? {
    switch part.kind {
    case .terminal, .special, .optional, .repetition: return 0
    case .name(let name): return known[name]
    case .choice(let parts): return parts.compactMap { depth($0, known) }.min()
    case .sequence(let parts):
      let depths = parts.map { depth($0, known) }
      return depths.contains { $0 == nil } ? nil : depths.compactMap { $0 }.max()
    }
  }

  /// A sentence of `name`, its parts joined by `separator`, at most about `budget` rules deep.
  mutating func sentence(_ name: String, budget: Int, separator: String) -> String {
    var words: [String] = []
    write(.init(.name(name)), budget, &words)
    return words.joined(separator: separator)
  }

  private mutating func write(_ part: EBNF.Part, _ budget: Int, _ words: inout [String]) {
    switch part.kind {
    case .terminal(let text): words.append(text)
    case .special(let text): words.append(special(text))
    case .name(let name): write(named: name, budget, &words)
    case .sequence(let parts): for part in parts { write(part, budget, &words) }
    case .choice(let parts):
      let fitting = parts.filter { (Self.depth($0, leastDepth) ?? .max) <= budget }
      let least = parts.min { (Self.depth($0, leastDepth) ?? .max) < (Self.depth($1, leastDepth) ?? .max) }
      if let part = fitting.randomElement(using: &random) ?? least { write(part, budget, &words) }
    case .optional(let inner):
      if mayGoOn(inner, budget), Int.random(in: 0..<3, using: &random) == 0 { write(inner, budget, &words) }
    case .repetition(let inner):
      guard mayGoOn(inner, budget) else { return }
      while Int.random(in: 0..<8, using: &random) == 0 { write(inner, budget, &words) }
    }
  }

  private func mayGoOn(_ part: EBNF.Part, _ budget: Int) -> Bool {
    (Self.depth(part, leastDepth) ?? .max) < budget
  }

  private mutating func write(named name: String, _ budget: Int, _ words: inout [String]) {
    taken.insert(name)
    if let sentences = overrides[name] {
      words.append(sentences.randomElement(using: &random) ?? "")
    } else if EBNFRecognizer.lexicalRules.contains(name) || name == "blank" || name == "dollar_tag" {
      // The characters of a token stand side by side.
      var characters: [String] = []
      if let rule = grammar.rules[name] { write(rule, budget, &characters) }
      if name == "dollar_tag" { tag = characters.joined() }
      words.append(characters.joined())
    } else if let rule = grammar.rules[name] {
      write(rule, budget - 1, &words)
    }
  }

  /// What a special sequence says in words.
  private mutating func special(_ text: String) -> String {
    let samples: [String]
    if text.hasPrefix("a letter") {
      samples = ["a", "Q", "_", "é", "ß", "名"]
    } else if text.hasPrefix("any character but the double quote") {
      samples = ["a", " ", "'", "é", "😀", "$", "\\", ";"]
    } else if text.hasPrefix("any character but the quote") {
      samples = ["a", " ", "\"", "é", "😀", "$", ";", "\n", "--"]
    } else if text.hasPrefix("white space that holds") {
      samples = ["\n", " \n", "\r\n\t"]
    } else if text.hasPrefix("white space") {
      samples = [" ", "\n", "\t \r\n"]
    } else if text.hasPrefix("a byte") {
      samples = ["7", "60", "101", "x4", "x4A"]
    } else if text.hasPrefix("a character") {
      samples = ["u00e9", "U0001F600", "u0041"]
    } else if text.hasPrefix("text without the tag") {
      samples = ["", "it's", "a\nb", "é;"]
    } else if text.hasPrefix("the same tag") {
      samples = [tag]
    } else if text.hasPrefix("a number from 1") {
      samples = ["1", "2", "65535"]
    } else if text.hasPrefix("text to the end") {
      samples = [" x'; \"\n", "\n"]
    } else if text.hasPrefix("text without comment") {
      samples = [" a ", "'", ";"]
    } else {
      samples = ["?\(text)?"]
    }
    return samples.randomElement(using: &random) ?? ""
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
