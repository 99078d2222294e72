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

  @Test func doublesOfAnyDigitsAreCorrectlyRounded() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
      guard value.isFinite else { continue }
      let short = Double(Float.random(in: -1...1, using: &random))
      let stream = TokenStream(lexing: "[\(value), \(short), \(Float(short))]")
      let (values, _) = try #require(stream.numericBracket(at: 0))
      #expect(values == [value, short, try #require(Double("\(Float(short))"))], "\(value) \(short)")
    }
  }
}
