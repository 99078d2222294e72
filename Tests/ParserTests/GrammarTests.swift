import Testing
import VSQLDiagnostics
import VSQLLexer
import VSQLParser

/// The parser held to `Grammar/vsql.ebnf`, and the grammar to the parser.
@Suite struct GrammarTests {
  let grammar: EBNF

  init() throws { grammar = try EBNF(Corpus.text(of: "Grammar/vsql.ebnf")) }

  /// Rules about characters: what the lexer alone can tell. The others are about tokens.
  static let characterRules: Set<String> = [
    "letter", "digit", "quoted_character", "string_character", "line_break", "escape_character", "escape",
    "hexadecimal",
    "dollar_tag", "blank", "line_comment", "block_comment",
  ]

  @Test func everyRuleIsDefinedAndUsed() {
    var mentioned: Set<String> = ["script", "blank"]
    for name in grammar.names { mentioned.formUnion(grammar.mentions(name)) }
    #expect(mentioned.subtracting(grammar.names) == [])
    #expect(Set(grammar.names).subtracting(mentioned) == [])
  }

  @Test func itsWordsAreTheLexersKeywords() {
    var words: Set<String> = []
    for name in grammar.names where !Self.characterRules.contains(name) {
      words.formUnion(grammar.terminals(name).filter { $0.first?.isLetter == true && $0.count > 1 })
    }
    let keywords = Set(Keyword.allCases.map(\.rawValue))
    #expect(words.subtracting(keywords) == [])
    #expect(keywords.subtracting(words) == [])
    #expect(grammar.terminals("reserved_word") == Set(Keyword.allCases.filter(\.isReserved).map(\.rawValue)))
    #expect(grammar.terminals("suffix_word") == Set(Keyword.allCases.filter(\.mayEndValue).map(\.rawValue)))
    let names = grammar.terminals("plain_word").union(grammar.terminals("construct_word"))
      .union(grammar.terminals("suffix_word"))
      .union(grammar.terminals("clause_word")).union(["VECTORS"])
    #expect(names == Set(Keyword.allCases.filter { !$0.isReserved }.map(\.rawValue)))
  }

  @Test func everyExampleIsDerivedAndTogetherTheyReachEveryRule() throws {
    var reached: Set<String> = []
    for text in try Corpus.statements() {
      var recognizer = EBNFRecognizer(grammar, TokenStream(lexing: text))
      let taken = recognizer.rulesTaken(for: "script")
      #expect(!taken.isEmpty, "the parser takes what the grammar does not derive: \(text)")
      reached.formUnion(taken)
    }
    #expect(Set(grammar.names).subtracting(reached).subtracting(Self.characterRules) == [])
  }

  /// Sentences that the grammar makes are parsed and read back from their printed form.
  @Test(arguments: [4, 16, 20, 24, 30, 36, 42])
  func sentencesAreParsed(budget: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = EBNFGenerator(grammar, seed: seed, overrides: Self.overrides)
    for _ in 0..<Self.rounds {
      let text = generator.sentence("statement", budget: budget, separator: " ")
      do {
        try expectRoundTrip(text, "seed \(seed), budget \(budget)")
      } catch let error as Diagnostic {
        // Said twice, and too deep, are the parser's to tell, as the grammar's head says.
        let isExcused =
          error.message.contains("twice") || error.message.contains("NULL and NOT NULL")
          || error.message.contains("two primary keys") || error.message.contains("no column")
          || error.state == .statementTooComplex
        #expect(isExcused, "seed \(seed), budget \(budget): \(error.rendered(source: text))\n\(text)")
      }
    }
  }

  static let rounds = 250

  /// Names that cannot be taken for a clause by accident, and the words of NEAREST, which must not be.
  static let overrides = [
    "identifier": ["a", "B", "t1", "größe", "_x", "items"],
    "plain_word": [
      "NEAREST", "exact", "Approx", "DISTANCE", "SIMILARITY", "ENTITY", "TENANT", "ERASE", "KEY", "TYPE",
    ],
    "bare_label": ["a", "B", "items", "DISTANCE", "Entity", "\"q\""],
    "reserved_word": ["SELECT", "from", "ON", "ALL"],
    "positional_parameter": ["$1", "$2", "$65535"],
  ]

  @Test func everyRuleIsReachedBySentences() {
    var generator = EBNFGenerator(grammar, seed: 1, overrides: [:])
    for _ in 0..<8_000 { _ = generator.sentence("script", budget: 42, separator: " ") }
    for _ in 0..<100 { _ = generator.sentence("blank", budget: 9, separator: "") }
    #expect(Set(grammar.names).subtracting(generator.taken) == [])
  }

  /// What the rules about characters make is one token of that kind, or no token where it is blank.
  @Test func tokensAreLexed() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = EBNFGenerator(grammar, seed: seed, overrides: [:])
    for rule in EBNFRecognizer.lexicalRules.sorted() {
      for _ in 0..<200 {
        let text = generator.sentence(rule, budget: 12, separator: "")
        let stream = TokenStream(lexing: text)
        if stream.failure?.state == .nameTooLong { continue }
        // A few letters make a keyword by chance.
        if rule == "identifier", case .keyword? = stream.tokens.first?.kind { continue }
        let kinds = stream.tokens.map { EBNFRecognizer.lexicalRule(of: $0.kind) }
        #expect(kinds == [rule, nil], "seed \(seed): \(text) \(stream.failure?.message ?? "")")
      }
    }
    for _ in 0..<200 {
      let blank = generator.sentence("blank", budget: 9, separator: "")
      #expect(TokenStream(lexing: "a\(blank)b").tokens.count == 3, "seed \(seed): \(blank)")
    }
  }

  /// Each token of each example dropped or doubled: the parser takes what the grammar derives, and refuses what
  /// it does not.
  @Test func mutantsAreTakenWhereTheyAreDerived() throws {
    var taken = 0
    var refused = 0
    for text in try Corpus.statements() {
      for mutant in try Self.mutants(of: text) {
        let stream = TokenStream(lexing: mutant)
        var recognizer = EBNFRecognizer(grammar, stream)
        let isDerived = stream.failure == nil && recognizer.derives("script")
        do throws(Diagnostic) {
          _ = try Parser.parse(mutant)
          taken += 1
          #expect(isDerived, "taken, but not derived: \(mutant)")
        } catch {
          guard error.state == .syntaxError, error.message.hasPrefix("syntax error") else { continue }
          // A column named "by" as k: to the parser the k is left out.
          if mutant.contains("NEAREST BY BY") { continue }
          refused += 1
          #expect(!isDerived, "derived, but refused (\(error.message)): \(mutant)")
        }
      }
    }
    #expect(taken > 500 && refused > 2_000, "\(taken) taken, \(refused) refused")
  }

  static func mutants(of text: String) throws -> [String] {
    let stream = TokenStream(lexing: text)
    let words = try stream.checked().dropLast().map { stream.text(of: $0) }
    var mutants: [String] = []
    for index in words.indices {
      var dropped = words
      dropped.remove(at: index)
      var doubled = words
      doubled.insert(words[index], at: index)
      mutants += [dropped.joined(separator: " "), doubled.joined(separator: " ")]
    }
    return mutants
  }
}
