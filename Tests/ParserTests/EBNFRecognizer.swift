import VSQLLexer

/// Whether tokens can be derived from a grammar, and which of its rules one derivation takes.
///
/// For each part and place it works out, once, all places where the part can end there: every derivation is
/// considered, however ambiguous the grammar. Left recursion is not allowed.
struct EBNFRecognizer {
  private let grammar: EBNF
  /// What each token is, as the symbol of a terminal or of a lexical rule; -1 for none of the grammar's.
  private let tokens: [Int]
  /// By part and place.
  private var ends: [[Int]?]
  private let lexicalSymbols: Set<Int>

  /// - Parameter stream: lexed without failure.
  init(_ grammar: EBNF, _ stream: TokenStream) {
    self.grammar = grammar
    tokens = stream.tokens.filter { $0.kind != .endOfText }.map {
      grammar.symbols[Self.spelling(of: $0, in: stream)] ?? -1
    }
    ends = Array(repeating: nil, count: grammar.partCount * (tokens.count + 1))
    lexicalSymbols = Set(Self.lexicalRules.compactMap { grammar.symbols[$0] })
  }

  private static func spelling(of token: Token, in stream: TokenStream) -> String {
    if let rule = lexicalRule(of: token.kind) { return rule }
    if case .keyword(let keyword) = token.kind { return keyword.rawValue }
    return stream.text(of: token)
  }

  /// The rule of the grammar's last part that a token of this kind follows; nil for words and operators.
  static func lexicalRule(of kind: Token.Kind) -> String? {
    switch kind {
    case .identifier: "identifier"
    case .quotedIdentifier: "quoted_identifier"
    case .integer: "integer"
    case .decimal: "decimal"
    case .scientific: "scientific"
    case .string: "string"
    case .escapeString: "escape_string"
    case .dollarString: "dollar_string"
    case .bytes: "bytes"
    case .positionalParameter: "positional_parameter"
    case .namedParameter: "named_parameter"
    default: nil
    }
  }

  static let lexicalRules: Set<String> = [
    "identifier", "quoted_identifier", "integer", "decimal", "scientific", "string", "escape_string",
    "dollar_string",
    "bytes", "positional_parameter", "named_parameter",
  ]

  /// Whether all tokens together are one `name`.
  mutating func derives(_ name: String) -> Bool {
    guard let rule = grammar.rules[name] else { return false }
    return ends(of: rule, from: 0).contains(tokens.count)
  }

  /// Where the part can end, in ascending order.
  private mutating func ends(of part: EBNF.Part, from place: Int) -> [Int] {
    let key = part.id * (tokens.count + 1) + place
    if let known = ends[key] { return known }
    let found = computeEnds(of: part, from: place)
    ends[key] = found
    return found
  }

  private mutating func computeEnds(of part: EBNF.Part, from place: Int) -> [Int] {
    switch part.kind {
    case .terminal:
      return reads(part.symbol, at: place) ? [place + 1] : []
    case .name:
      if lexicalSymbols.contains(part.symbol) { return reads(part.symbol, at: place) ? [place + 1] : [] }
      guard let rule = part.target else { return [] }
      return ends(of: rule, from: place)
    case .special:
      return []
    case .sequence(let parts):
      var places = [place]
      for part in parts where !places.isEmpty { places = allEnds(of: part, from: places) }
      return places
    case .choice(let parts):
      var all: Set<Int> = []
      for part in parts { all.formUnion(ends(of: part, from: place)) }
      return all.sorted()
    case .optional(let inner):
      return Array(Set(ends(of: inner, from: place)).union([place])).sorted()
    case .repetition(let inner):
      var all: Set<Int> = [place]
      var fresh = [place]
      while !fresh.isEmpty {
        fresh = allEnds(of: inner, from: fresh).filter { !all.contains($0) }
        all.formUnion(fresh)
      }
      return all.sorted()
    }
  }

  private mutating func allEnds(of part: EBNF.Part, from places: [Int]) -> [Int] {
    if places.count == 1 { return ends(of: part, from: places[0]) }
    var all: Set<Int> = []
    for place in places { all.formUnion(ends(of: part, from: place)) }
    return all.sorted()
  }

  private func reads(_ symbol: Int, at place: Int) -> Bool {
    place < tokens.count && tokens[place] == symbol
  }

  /// The rules that a derivation of `name` takes; empty if there is none.
  mutating func rulesTaken(for name: String) -> Set<String> {
    guard derives(name), let rule = grammar.rules[name] else { return [] }
    var taken: Set<String> = [name]
    mark(rule, 0, tokens.count, &taken)
    return taken
  }

  /// Marks the rules of one derivation of the tokens between two places, which is known to exist.
  private mutating func mark(_ part: EBNF.Part, _ start: Int, _ end: Int, _ taken: inout Set<String>) {
    switch part.kind {
    case .terminal, .special: return
    case .name(let name):
      taken.insert(name)
      if !Self.lexicalRules.contains(name), let rule = grammar.rules[name] { mark(rule, start, end, &taken) }
    case .sequence(let parts):
      markSequence(parts[...], start, end, &taken)
    case .choice(let parts):
      if let part = parts.first(where: { ends(of: $0, from: start).contains(end) }) {
        mark(part, start, end, &taken)
      }
    case .optional(let inner):
      if start != end, ends(of: inner, from: start).contains(end) { mark(inner, start, end, &taken) }
    case .repetition(let inner):
      guard start != end else { return }
      // The first turn is one after which the rest can still be read.
      for middle in ends(of: inner, from: start) where middle > start {
        if ends(of: part, from: middle).contains(end) {
          mark(inner, start, middle, &taken)
          return mark(part, middle, end, &taken)
        }
      }
    }
  }

  private mutating func markSequence(
    _ parts: ArraySlice<EBNF.Part>, _ start: Int, _ end: Int, _ taken: inout Set<String>
  ) {
    guard let first = parts.first else { return }
    for middle in ends(of: first, from: start) where reaches(parts.dropFirst(), middle, end) {
      mark(first, start, middle, &taken)
      return markSequence(parts.dropFirst(), middle, end, &taken)
    }
  }

  private mutating func reaches(_ parts: ArraySlice<EBNF.Part>, _ start: Int, _ end: Int) -> Bool {
    guard let first = parts.first else { return start == end }
    for middle in ends(of: first, from: start) where middle <= end {
      if reaches(parts.dropFirst(), middle, end) { return true }
    }
    return false
  }
}
