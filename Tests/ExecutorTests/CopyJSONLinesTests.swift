import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

@Suite struct CopyJSONLinesTests {
  private func read(
    _ text: String, into target: CopyTarget, limit: Int = 2_048, pieceBytes: Int = 1 << 20
  ) throws -> [[Value]] {
    let file = try TemporaryFile(text)
    var reader = try JSONLinesReader(path: file.path, target: target, pieceBytes: pieceBytes)
    return try rows(of: &reader, limit: limit)
  }

  private func refusal(_ text: String, into target: CopyTarget) -> Diagnostic? {
    fault { _ = try read(text, into: target) }
  }

  private let people = target(("id", .bigint), ("name", .string), ("height", .double), ("alive", .boolean))

  @Test func readsScalarsByName() throws {
    let found = try read(
      """
      {"id": 1, "name": "Ana", "height": 1.75, "alive": true}
      { "alive" : false , "height":-2e-3,"name":"Bo","id":-9223372036854775808 }

      {"id": null, "height": 3}\r
      {}
      """, into: people)
    #expect(
      found == [
        [.integer(1), .text("Ana"), .double(1.75), .boolean(true)],
        [.integer(.min), .text("Bo"), .double(-0.002), .boolean(false)],
        [.null, .null, .double(3), .null],
        [.null, .null, .null, .null],
      ])
  }

  @Test func givesDefaultsForMissingKeysButNotForNull() throws {
    let found = try read(
      "{\"a\": 1}\n{\"a\": 2, \"b\": null}\n",
      into: target(("a", .bigint), ("b", .string), defaults: ["b": .text("none")]))
    #expect(found == [[.integer(1), .text("none")], [.integer(2), .null]])
  }

  @Test func decodesEscapesAndSurrogates() throws {
    let found = try read(
      #"{"name": "q\" b\\ s\/ \b\f\n\r\t \u00e9 \ud83d\ude00 é"}"# + "\n", into: target(("name", .string)))
    #expect(found == [[.text("q\" b\\ s/ \u{8}\u{c}\n\r\t é 😀 é")]])
  }

  @Test(arguments: [1, 7, 64, 1 << 20])
  func doesNotDependOnPieces(pieceBytes: Int) throws {
    var text = ""
    var expected: [[Value]] = []
    for row in 0..<300 {
      let name = String(repeating: "x", count: row * 7 % 97)
      text += "{\"id\": \(row), \"name\": \"\(name)\", \"height\": \(Double(row) / 8), \"alive\": true}\n"
      expected.append([.integer(Int64(row)), .text(name), .double(Double(row) / 8), .boolean(true)])
    }
    #expect(try read(text, into: people, limit: 41, pieceBytes: pieceBytes) == expected)
  }

  @Test func readsVectors() throws {
    let table = target(
      ("a", .vector(VectorShape(dimension: 3, element: .float32))),
      ("b", .vector(VectorShape(dimension: 2, element: .float16))),
      ("c", .vector(VectorShape(dimension: 9, element: .bit))))
    let found = try read(
      "{\"a\": [0.1, -2, 3e-3], \"b\": \"[1.5, 65504]\", \"c\": [1,0,0,0,0,0,0,1,1]}\n", into: table)
    #expect(
      found == [
        [
          floats(0.1, -2, 3e-3), floats(1.5, 65504, element: .float16),
          .vector(VectorValue(shape: VectorShape(dimension: 9, element: .bit), bytes: [0x81, 0x80])),
        ]
      ])
  }

  /// The double nearest to this decimal lies half way between two floats, the decimal itself above it.
  @Test func roundsElementsOnce() throws {
    let text = "1.00000005960464477540"
    let found = try read(
      "{\"a\": [\(text)]}\n", into: target(("a", .vector(VectorShape(dimension: 1, element: .float32)))))
    #expect(Float(text) == Float(1).nextUp)
    #expect(found == [[floats(Float(1).nextUp)]])
  }

  @Test func numbersAreExact() throws {
    let table = target(
      ("i", .bigint), ("d", .double), ("p", .decimal(DecimalShape(precision: 10, scale: 2))), ("n", .numeric))
    let found = try read(
      """
      {"i": 9007199254740993, "d": 0.1, "p": 12345678.9, "n": 1.500}
      {"i": 1.0, "d": 123456789012345678901234567890, "p": -0.01, "n": 12}
      {"i": 1e3, "d": 2.2250738585072011e-308, "p": 7, "n": 0.0000000000000000001}
      """, into: table)
    func decimal(_ unscaled: Int128, _ scale: UInt8) -> Value {
      .decimal(Decimal(unscaled: unscaled, scale: scale))
    }
    #expect(
      found == [
        [.integer(9_007_199_254_740_993), .double(0.1), decimal(1_234_567_890, 2), decimal(15, 1)],
        [.integer(1), .double(123456789012345678901234567890), decimal(-1, 2), decimal(12, 0)],
        [.integer(1000), .double(2.2250738585072011e-308), decimal(700, 2), decimal(1, 19)],
      ])
  }

  @Test(arguments: [
    ("{\"id\": 1", "line 1", "22P04"), ("{\"id\" 1}", "line 1", "22P04"), ("[1]", "line 1", "22P04"),
    ("{\"id\": 1}\n{\"id\": 2}}", "line 2", "22P04"),
    ("{\"id\": 1}\n\n{\"id\": x}", "line 3, column \"id\"", "22P04"),
    ("{\"id\": \"x\"}", "column \"id\"", "22P02"), ("{\"id\": 1.5}", "whole number", "22P02"),
    ("{\"id\": 9223372036854775808}", "out of range", "22003"), ("{\"id\": 01}", "line 1", "22P04"),
    ("{\"id\": true}", "boolean", "22P02"), ("{\"id\": [1]}", "array", "22P02"),
    ("{\"id\": {}}", "object", "22P02"),
    ("{\"id\": 1, \"id\": 2}", "twice", "22P04"), ("{\"name\": \"a", "not closed", "22P04"),
    ("{\"name\": \"\\x\"}", "escape", "22P04"), ("{\"name\": \"\\ud800\"}", "surrogate", "22P04"),
    ("{\"name\": \"\\u0000\"}", "NUL", "22021"), ("{\"height\": 1e999}", "out of range", "22003"),
    ("{\"id\": 1,}", "key", "22P04"), ("{\"name\": \"a\u{1}\"}", "control", "22P04"),
    ("{\"alive\": tru}", "value", "22P04"),
  ])
  func refusesWithLineAndCode(text: String, said: String, code: String) {
    let refused = refusal(text + "\n", into: people)
    #expect(refused?.state.code == code, "\(refused?.message ?? "read without error")")
    #expect(refused?.message.contains(said) == true, "\(refused?.message ?? "")")
  }

  @Test func refusesUnknownKeysWithTheNearestName() {
    let refused = refusal("{\"id\": 1, \"heigth\": 2}\n", into: people)
    #expect(refused?.state == .badCopyFileFormat)
    #expect(refused?.message.contains("\"heigth\"") == true)
    #expect(refused?.hint == "Did you mean \"height\"?")
  }

  @Test func refusesMalformedUTF8() throws {
    let file = try TemporaryFile(Array("{\"name\": \"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8))
    let refused = fault {
      var reader = try JSONLinesReader(path: file.path, target: people)
      _ = try rows(of: &reader)
    }
    #expect(refused?.state == .characterNotInRepertoire)
  }

  @Test(arguments: [
    ("[1, 2]", "expected 3 dimensions, found 2"), ("[1, 2, 3, 4]", "found 4"), ("[1, 2, \"x\"]", "number"),
    ("[1, 2, 1e39]", "range"), ("[1, 2, 3", "\"]\""), ("[]", "found 0"), ("7", "number"),
  ])
  func refusesVectors(text: String, said: String) {
    let refused = refusal(
      "{\"v\": \(text)}\n", into: target(("v", .vector(VectorShape(dimension: 3, element: .float32)))))
    #expect(refused?.message.contains(said) == true, "\(refused?.message ?? "read without error")")
    #expect(refused?.message.contains("line 1, column \"v\"") == true)
  }

  @Test func namesAMissingFile() {
    let refused = fault { _ = try JSONLinesReader(path: "/nonexistent/rows.jsonl", target: people) }
    #expect(refused?.state == .undefinedFile)
    #expect(fault { _ = try JSONLinesReader(path: "/tmp", target: people) }?.state == .wrongObjectType)
  }
}
