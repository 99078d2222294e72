import Testing
import VSQLDiagnostics
import VSQLLexer

/// The kinds of the tokens of a text, without the last.
func kinds(_ text: String) throws -> [Token.Kind] {
  try TokenStream(lexing: text).checked().dropLast().map(\.kind)
}

/// The value of a text that is one string token.
func stringValue(_ text: String) throws -> String {
  let stream = TokenStream(lexing: text)
  let tokens = try stream.checked()
  try #require(tokens.count == 2)
  return stream.string(of: tokens[0])
}

@Suite struct TokenTests {
  @Test func wordsFoldAndKeywordsAreKnownInAnyCase() throws {
    let stream = TokenStream(lexing: "SeLeCt Größe \"Größe\" \"a\"\"b\" a$1 _x nearest")
    #expect(
      try kinds("SeLeCt Größe \"Größe\" \"a\"\"b\" a$1 _x nearest") == [
        .keyword(.select), .identifier, .quotedIdentifier, .quotedIdentifier, .identifier, .identifier,
        .keyword(.nearest),
      ])
    let names = stream.tokens.dropLast().map { stream.name(of: $0) }
    #expect(names == ["select", "größe", "Größe", "a\"b", "a$1", "_x", "nearest"])
  }

  @Test(arguments: ["NEAREST", "EXACT", "APPROX", "DISTANCE", "SIMILARITY", "ENTITY", "TENANT", "ERASE"])
  func companionsOfNearestMayBeNames(word: String) throws {
    let keyword = try #require(Keyword(rawValue: word))
    #expect(!keyword.isReserved)
  }

  @Test func numbers() throws {
    #expect(
      try kinds("1 1.5 .5 1. 1e9 1.5E-3 2.e+5") == [
        .integer, .decimal, .decimal, .decimal, .scientific, .scientific, .scientific,
      ])
    #expect(try kinds("a.1") == [.identifier, .decimal])
    #expect(try kinds("-1") == [.minus, .integer])
  }

  @Test func operatorsAreTheLongestThatFit() throws {
    #expect(
      try kinds("<-> <=> <#> <+> <~> <%> || <> != <= >= < > = + - * / % ::") == [
        .l2Distance, .cosineDistance, .negativeInnerProduct, .l1Distance, .hammingDistance, .jaccardDistance,
        .concat, .notEqual, .notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater, .equal, .plus, .minus,
        .star, .slash, .percent, .doubleColon,
      ])
    #expect(try kinds("a<-1") == [.identifier, .less, .minus, .integer])
    #expect(try kinds("a<->b") == [.identifier, .l2Distance, .identifier])
    #expect(try kinds("a<#>-1") == [.identifier, .negativeInnerProduct, .minus, .integer])
  }

  @Test func parameters() throws {
    let stream = TokenStream(lexing: "$1 $65535 :name :\"Na me\" x::int")
    #expect(
      try stream.checked().dropLast().map(\.kind) == [
        .positionalParameter, .positionalParameter, .namedParameter, .namedParameter, .identifier,
        .doubleColon,
        .identifier,
      ])
    #expect(stream.parameterNumber(of: stream.tokens[1]) == 65_535)
    #expect(stream.name(of: stream.tokens[2]) == "name")
    #expect(stream.name(of: stream.tokens[3]) == "Na me")
  }

  @Test func commentsAreBlanks() throws {
    #expect(try kinds("1 -- x\n/* a /* b */ ' */ 2 --") == [.integer, .integer])
    #expect(try kinds("1/**/+/* */2") == [.integer, .plus, .integer])
  }

  @Test func aByteOrderMarkIsSkipped() throws {
    #expect(try kinds("\u{FEFF}SELECT") == [.keyword(.select)])
  }

  @Test func spansAreByteOffsets() throws {
    let tokens = try TokenStream(lexing: "é 'ü' x").checked()
    #expect(
      tokens.map(\.span) == [
        SourceSpan(start: 0, end: 2), SourceSpan(start: 3, end: 7), SourceSpan(start: 8, end: 9),
        SourceSpan(start: 9, end: 9),
      ])
  }

  @Test func everyKeywordIsFoundBySpelling() throws {
    for keyword in Keyword.allCases {
      #expect(try kinds(keyword.rawValue) == [.keyword(keyword)])
      #expect(try kinds(keyword.rawValue.lowercased()) == [.keyword(keyword)])
      #expect(try kinds(keyword.rawValue + "x") == [.identifier])
    }
  }
}
