import Testing
import VSQLDiagnostics
import VSQLLexer

@Suite struct LexerErrorTests {
  @Test(arguments: [
    ("SELECT 'abc", "42601", 7, 8), ("SELECT \"abc", "42601", 7, 8), ("1 /* a /* b */", "42601", 2, 4),
    ("$x$ abc", "42601", 0, 3), ("E'\\'", "42601", 1, 2),
    ("SELECT 1abc", "42601", 7, 11), ("1.2.3", "42601", 0, 5), ("1e", "42601", 0, 2), ("0x1F", "42601", 0, 4),
    ("1_000", "42601", 0, 5),
    ("$0", "42601", 0, 2), ("$1a", "42601", 0, 3), ("$99999", "42601", 0, 6), ("$", "42601", 0, 1),
    ("$a", "42601", 0, 1), (": x", "42601", 0, 1),
    ("\"\"", "42601", 0, 2), ("x'0g'", "22P02", 3, 4), ("x'0'", "22P02", 0, 4), ("b'1'", "0A000", 0, 2),
    ("E'\\u12'", "22025", 2, 6), ("E'\\uD800'", "22025", 2, 8), ("E'\\xff'", "22021", 1, 7),
    ("E'\\0'", "22025", 1, 5),
    ("a == b", "42601", 2, 4), ("a && b", "42601", 2, 4), ("a | b", "42601", 2, 3), ("a -> b", "42601", 2, 4),
    ("‘a’", "42601", 0, 3), ("a“b”", "42601", 1, 4), ("a\u{A0}b", "42601", 1, 3), ("`a`", "42601", 0, 1),
    ("a ? b", "42601", 2, 3), ("a \u{1} b", "42601", 2, 3), ("a \0", "22021", 2, 3), ("'\0'", "22021", 1, 2),
  ])
  func stateAndPlace(text: String, state: String, start: Int, end: Int) throws {
    let stream = TokenStream(lexing: text)
    let failure = try #require(stream.failure)
    #expect(failure.state.code == state)
    #expect(failure.span == SourceSpan(start: start, end: end))
    #expect(stream.tokens.last?.kind == .invalid)
  }

  @Test func longNamesAreErrors() throws {
    let name = String(repeating: "é", count: 31) + "a"
    #expect(TokenStream(lexing: name).failure == nil)
    for text in [name + "b", "\"\(name)b\"", ":\(name)b"] {
      #expect(TokenStream(lexing: text).failure?.state == .nameTooLong)
    }
  }

  @Test func literalsOfMessagesAreNotShown() throws {
    for text in ["E'secret\\u12'", "x'5ecretg'", "'secret", "$$secret"] {
      let failure = try #require(TokenStream(lexing: text).failure)
      #expect(!failure.message.contains("ecret") && failure.hint?.contains("ecret") != true)
    }
  }

  @Test(
    arguments: [
      ([0x27, 0xFF, 0x27], 1), ([0x61, 0xC3], 1), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
      ([0xF4, 0x90, 0x80, 0x80], 0), ([0x61, 0xE2, 0x82, 0x41], 1),
    ] as [([UInt8], Int)])
  func invalidUTF8(bytes: [UInt8], offset: Int) throws {
    let failure = try #require(TokenStream(lexingBytes: bytes).failure)
    #expect(failure.state == .characterNotInRepertoire)
    #expect(failure.span?.start == offset)
  }

  @Test func validUTF8IsValid() {
    #expect(TokenStream(lexingBytes: Array("'aé€😀\u{FFFF}'".utf8)).failure == nil)
  }

  @Test func tooLongATextIsRefused() {
    let text = String(repeating: " ", count: TokenStream.longestText + 1)
    #expect(TokenStream(lexing: text).failure?.state == .programLimitExceeded)
  }
}
