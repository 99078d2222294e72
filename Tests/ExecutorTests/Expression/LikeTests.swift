import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

struct LikeTests {
  static func like(
    _ text: Scalar, _ pattern: String, escape: String? = nil, ignoringCase: Bool = false
  ) -> Scalar {
    Scalar(
      .like(
        text, pattern: Make.text(pattern), escape: escape.map { Make.text($0) },
        caseInsensitive: ignoringCase,
        negated: false), type: .boolean)
  }

  /// PostgreSQL 15's answers.
  @Test(
    arguments: [
      ("a_c", "a\\_c", nil, false, true), ("abc", "a\\_c", nil, false, false),
      ("a%", "ax%", "x", false, true),
      ("ab", "a%b%", nil, false, true), ("", "", nil, false, true), ("", "%", nil, false, true),
      ("é", "_", nil, false, true),
      ("É", "é", nil, true, true), ("abc", "ABC", nil, false, false), ("x\\y", "x\\y", "", false, true),
      ("aXb", "Ax_", nil, true, true), ("abc", "%%", nil, false, true), ("abc", "_%_", nil, false, true),
      ("a", "_%_", nil, false, false), ("", "_", nil, false, false), ("aab", "%ab", nil, false, true),
      ("Straße", "%ASSE", nil, true, false), ("straße", "STRAßE", nil, true, true),
      ("abcabd", "%ab_", nil, false, true),
    ] as [(String, String, String?, Bool, Bool)])
  func examples(_ text: String, _ pattern: String, _ escape: String?, _ ignoringCase: Bool, _ expected: Bool)
    throws
  {
    let scalar = Self.like(Make.text(text), pattern, escape: escape, ignoringCase: ignoringCase)
    #expect(try Run.folded(scalar) == String(expected))
  }

  @Test func faultyPatternsRaiseWhereARowReachesThem() throws {
    let batch = Batch(columns: [try Make.column([.text("abc")], .string)], count: 1)
    for (scalar, state) in [
      (Self.like(Make.column(0, .string), "a%\\"), SQLState.invalidEscapeSequence),
      (Self.like(Make.column(0, .string), "abc", escape: "xy"), .invalidEscapeCharacter),
    ] {
      let compiled = try CompiledScalar(scalar, in: EvaluationEnvironment())
      let found = #expect(throws: Diagnostic.self) { try compiled.evaluate(batch) }
      #expect(found?.state == state)
      var empty = batch
      empty.selection = []
      _ = try compiled.evaluate(empty)
    }
  }

  /// The definition, character by character.
  static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    switch first {
    case "%": return (text.startIndex...text.endIndex).contains { matches(text[$0...], pattern.dropFirst()) }
    case "_": return !text.isEmpty && matches(text.dropFirst(), pattern.dropFirst())
    default: return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
    }
  }

  @Test func randomPatternsAgreeWithTheDefinition() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(seed)
    let letters: [Unicode.Scalar] = ["a", "b", "é", "😀"]
    for _ in 0..<400 {
      let pattern = (0..<Int.random(in: 0...7, using: &random)).map { _ in
        (letters + ["%", "%", "_"]).randomElement(using: &random) ?? "a"
      }
      let texts = (0..<40).map { _ in
        (0..<Int.random(in: 0...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
      }
      let column = try Make.column(texts.map { .text(Self.string($0)) }, .string)
      let batch = Batch(columns: [column], count: texts.count)
      let compiled = try CompiledScalar(
        Self.like(Make.column(0, .string), Self.string(pattern)), in: EvaluationEnvironment())
      let result = try compiled.evaluate(batch)
      for (row, text) in texts.enumerated() {
        #expect(
          result.value(at: row) == .boolean(Self.matches(text[...], pattern[...])),
          "\(Self.string(text)) LIKE \(Self.string(pattern)), seed \(seed)")
      }
    }
  }

  static func string(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Texts made so that a naive search would look at the product of the lengths.
  @Test func nearMatchesAreFoundAllTheSame() throws {
    let text = String(repeating: "a", count: 5_000) + "b" + String(repeating: "a", count: 300)
    let needle = String(repeating: "a", count: 400) + "b" + String(repeating: "a", count: 299)
    let column = try Make.column([.text(text), .text(String(repeating: "a", count: 9_000))], .string)
    let batch = Batch(columns: [column], count: 2)
    let result = try CompiledScalar(
      Self.like(Make.column(0, .string), "%\(needle)%"), in: EvaluationEnvironment()
    )
    .evaluate(batch)
    #expect((0..<2).map { result.value(at: $0) } == [.boolean(true), .boolean(false)])
  }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
