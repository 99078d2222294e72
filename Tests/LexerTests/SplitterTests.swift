import Testing
import VSQLDiagnostics
import VSQLLexer

/// All statements of a script that arrives in chunks of the given sizes, over and over.
func split(_ script: String, chunks: [Int]) throws -> [StatementSplitter.Piece] {
  var splitter = StatementSplitter()
  var pieces: [StatementSplitter.Piece] = []
  let bytes = Array(script.utf8)
  var start = 0
  var turn = 0
  while start < bytes.count {
    let end = min(start + chunks[turn % chunks.count], bytes.count)
    splitter.feed(bytes[start..<end])
    while let piece = try splitter.next() { pieces.append(piece) }
    start = end
    turn += 1
  }
  if let rest = try splitter.finish() { pieces.append(rest) }
  return pieces
}

@Suite struct SplitterTests {
  @Test(arguments: [
    ("SELECT 1; SELECT 2", ["SELECT 1;", "SELECT 2"]),
    ("  ; ;; -- x;\n ;/* ; */", []),
    ("SELECT ';'';' ; x", ["SELECT ';'';' ;", "x"]),
    ("SELECT \";\"\";\";x", ["SELECT \";\"\";\";", "x"]),
    ("SELECT E'\\';'; x", ["SELECT E'\\';';", "x"]),
    ("SELECT '\\'; x", ["SELECT '\\';", "x"]),
    ("SELECT E'a'\n'\\';'; x", ["SELECT E'a'\n'\\';';", "x"]),
    ("SELECT E'a' '\\'; x", ["SELECT E'a' '\\';", "x"]),
    ("SELECT :e'\\'; x", ["SELECT :e'\\';", "x"]),
    ("SELECT a::e'\\';'; x", ["SELECT a::e'\\';';", "x"]),
    ("SELECT some'\\'; x", ["SELECT some'\\';", "x"]),
    ("SELECT $$;$x;$$; x", ["SELECT $$;$x;$$;", "x"]),
    ("SELECT $a$;$$;$a$; x", ["SELECT $a$;$$;$a$;", "x"]),
    ("SELECT $1; x$$; y", ["SELECT $1;", "x$$;", "y"]),
    ("SELECT $a$ $$a$; x", ["SELECT $a$ $$a$;", "x"]),
    ("a /* ; /* ; */ ; */ ; x", ["a /* ; /* ; */ ; */ ;", "x"]),
    ("a /*/ ; */ ; x", ["a /*/ ; */ ;", "x"]),
    ("-- one;\nSELECT 1; -- two\n", ["-- one;\nSELECT 1;"]),
    ("a - - ; b --;\n; c", ["a - - ;", "b --;\n;", "c"]),
    ("\u{FEFF}", []), ("\u{FEFF} ;", []), ("\u{FEFF}x;", ["\u{FEFF}x;"]),
    ("SELECT 'open; x", ["SELECT 'open; x"]),
    ("/* open ;", ["/* open ;"]),
  ])
  func statements(script: String, texts: [String]) throws {
    for chunks in [[1], [2], [3, 1], [1_000]] {
      #expect(try split(script, chunks: chunks).map(\.text) == texts, "chunks \(chunks)")
    }
  }

  @Test func piecesKnowTheirPlace() throws {
    let pieces = try split("\n SELECT 'é\n';\n\n  x;y", chunks: [1])
    #expect(pieces.map(\.offset) == [2, 19, 21])
    #expect(pieces.map(\.line) == [2, 5, 5])
  }

  @Test func whatIsPending() {
    let cases: [(String, StatementSplitter.Pending)] = [
      ("", .blank), (" -- x", .blank), ("/* a */", .blank), ("SELECT", .statement), ("SELECT 1;", .blank),
      ("'a", .string), ("'a'", .statement), ("E'\\'", .string), ("\"a", .quotedName), ("$x$a", .dollarString),
      ("/* a", .comment), ("$", .statement), ("a -- b", .statement),
    ]
    for (text, pending) in cases {
      var splitter = StatementSplitter()
      splitter.feed(text)
      #expect(splitter.pending == pending, "\(text)")
    }
  }

  @Test func aStatementThatIsNoTextFailsAloneAndTheNextComes() throws {
    var splitter = StatementSplitter()
    splitter.feed(Array("SELECT 1; x".utf8)[...])
    splitter.feed([0xFF, UInt8(ascii: ";")])
    splitter.feed("y;")
    #expect(try splitter.next()?.text == "SELECT 1;")
    let error = #expect(throws: Diagnostic.self) { try splitter.next() }
    #expect(error?.state == .characterNotInRepertoire)
    #expect(error?.span?.start == 11)
    #expect(try splitter.next()?.text == "y;")
    #expect(try splitter.next() == nil)
  }

  @Test func aStatementBeyondTheCapIsDroppedAsItArrives() throws {
    var splitter = StatementSplitter(longestStatement: 10)
    splitter.feed("a; ")
    for _ in 0..<3 { splitter.feed("x 'y;'") }
    splitter.feed("; b;")
    #expect(try splitter.next()?.text == "a;")
    let error = #expect(throws: Diagnostic.self) { try splitter.next() }
    #expect(error?.state == .programLimitExceeded)
    #expect(error?.span?.start == 3)
    #expect(try splitter.next()?.text == "b;")
  }

  /// Scripts put together at random: where the lexer can read a script, the splitter cuts at the lexer's semicolons,
  /// and how the script is cut into chunks changes nothing.
  @Test func agreesWithTheLexer() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let parts = [
      ";", ";", "'", "''", "\"", "\\", "\n", " ", "e", "E'", "e'\\'", "x'00'", "$", "$$", "$a$", "$1", "a",
      "é",
      "-", "--", "/", "*", "/*", "*/", ":", "::", "1", ".", "<-", ">", "(", "'a'", "\"b\"", "\t",
    ]
    var readable = 0
    for _ in 0..<4_000 {
      let script = (0..<Int.random(in: 1...14, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      let whole = try split(script, chunks: [1_000])
      let chunks = [Int.random(in: 1...3, using: &random), Int.random(in: 1...5, using: &random)]
      #expect(try split(script, chunks: chunks) == whole, "seed \(seed): \(script)")
      guard let tokens = try? TokenStream(lexing: script).checked() else { continue }
      readable += 1
      var ends: [Int] = []
      var isBlank = true
      for token in tokens {
        if token.kind == .semicolon, !isBlank { ends.append(token.end) }
        if token.kind == .endOfText, !isBlank { ends.append(script.utf8.count) }
        isBlank = token.kind == .semicolon
      }
      #expect(whole.map { $0.offset + $0.text.utf8.count } == ends, "seed \(seed): \(script)")
    }
    #expect(readable > 400, "the parts make too few readable scripts: \(readable)")
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
