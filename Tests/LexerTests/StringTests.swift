import Testing
import VSQLDiagnostics
import VSQLLexer

@Suite struct StringTests {
  @Test(arguments: [
    ("''", ""), ("'it''s'", "it's"), ("''''", "'"), ("'a\\n'", "a\\n"), ("'a' \n 'b'", "ab"),
    ("'a''' \r\n\t'''b'", "a''b"),
    ("$$a'b$$", "a'b"), ("$x$a$$b$y$c$x$", "a$$b$y$c"), ("$$$$", ""), ("$t$a$tt$t$", "a$tt"),
  ])
  func plain(text: String, value: String) throws {
    #expect(try stringValue(text) == value)
  }

  @Test(arguments: [
    ("E'\\n\\t\\r\\b\\f'", "\n\t\r\u{8}\u{C}"), ("e'\\\\\\'\\q'", "\\'q"), ("E'it''s'", "it's"),
    ("E'\\101\\x42\\x4'", "AB\u{4}"), ("E'\\u00e9\\U0001F600'", "é😀"), ("E'\\uD83D\\uDE00'", "😀"),
    ("E'\\xc3\\xa9'", "é"), ("E'a'\n'\\x62'", "ab"), ("E'\\xz'", "xz"),
  ])
  func escapes(text: String, value: String) throws {
    #expect(try stringValue(text) == value)
  }

  @Test func twoStringsOnOneLineAreTwo() throws {
    #expect(try kinds("'a' 'b'") == [.string, .string])
  }

  @Test func bytes() throws {
    let stream = TokenStream(lexing: "x'00fF' X''")
    let tokens = try stream.checked()
    #expect(tokens.dropLast().map(\.kind) == [.bytes, .bytes])
    #expect(stream.byteString(of: tokens[0]) == [0x00, 0xFF])
    #expect(stream.byteString(of: tokens[1]) == [])
  }

  @Test func numericBracketsBecomeDoubles() throws {
    let stream = TokenStream(lexing: "[1, -2.5, +3e-4, .5, 1., 1.e5, 0.1234567890123456789, 1e308, 5e-324]")
    let (values, end) = try #require(stream.numericBracket(at: 0))
    #expect(values == [1, -2.5, 3e-4, 0.5, 1, 1e5, 0.1234567890123456789, 1e308, 5e-324])
    #expect(end == stream.tokens.count - 1)
    for text in ["[]", "[1", "[1,", "[1,]", "[a]", "[- -1]", "[1 2]", "[1e999]", "[-]", "["] {
      #expect(TokenStream(lexing: text).numericBracket(at: 0) == nil, "\(text)")
    }
  }

  /// Every way from digits to a Double, against the standard library's.
  @Test func doublesOfAnyDigitsAreCorrectlyRounded() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    var texts: [String] = []
    for _ in 0..<3_000 {
      let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random) & ~(1 << 63))
      if value.isFinite { texts.append("\(value)") }
      texts.append("\(Double.random(in: 0...1, using: &random))")
      texts.append("\(Float.random(in: 0...1, using: &random))")
      let digits = String(UInt64.random(in: 0..<10_000_000_000_000_000_000, using: &random))
      texts.append(
        digits.prefix(Int.random(in: 1...19, using: &random)) + "e-\(Int.random(in: 0...30, using: &random))")
      // Half-way between two Doubles, and beside it.
      let odd = UInt64.random(in: (1 << 53)..<(1 << 54), using: &random) | 1
      let power = Int.random(in: 1...9, using: &random)
      let tie = Array("\(odd * 5)".utf8)
      texts.append("\(odd)")
      texts.append(String(decoding: tie, as: UTF8.self) + "e-\(power)")
    }
    texts += [
      "0", "0.0", "0e-9", "0e-27", "0.0000000000000000000000000000", "1e-27", "18446744073709551615e0",
      "9999999999999999999e-27", "9007199254740993.0",
    ]
    for text in texts {
      let (values, _) = try #require(TokenStream(lexing: "[\(text)]").numericBracket(at: 0))
      #expect(values.first?.bitPattern == Double(text)?.bitPattern, "seed \(seed): \(text)")
    }
  }
}
