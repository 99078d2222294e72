import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// `EXPLAIN [ANALYZE] statement`, `EXPLAIN (options) statement`.
  mutating func readExplain() throws(SyntaxFault) -> Explain {
    take()
    var stage: Explain.Stage?
    var isAnalyzed = take(if: .analyze)
    var format = Explain.Format.text
    if at(.leftParen), !at(.select, ahead: 1), !at(.leftParen, ahead: 1) {
      take()
      repeat { try readExplainOption(&stage, &isAnalyzed, &format) } while take(if: .comma)
      try expect(.rightParen, ", or ) after the option")
    }
    if at(.explain) { throw unexpected("a statement", hint: "EXPLAIN does not explain itself") }
    let first = index
    let statement = try readStatement()
    let tokens = stage == .tokens ? Parser.tokenLines(of: stream.tokens[first..<index], in: stream) : []
    return Explain(
      stage: stage, isAnalyzed: isAnalyzed, format: format, statement: .value(statement), tokens: tokens)
  }

  private mutating func readExplainOption(
    _ stage: inout Explain.Stage?, _ isAnalyzed: inout Bool, _ format: inout Explain.Format
  ) throws(SyntaxFault) {
    if at(.analyze) {
      if isAnalyzed { throw givenTwice("ANALYZE") }
      take()
      isAnalyzed = true
    } else if let named = Explain.Stage.allCases.first(where: { at(word: $0.rawValue.lowercased()) }) {
      if stage != nil { throw givenTwice("the stage to explain") }
      take()
      stage = named
    } else if take(if: .format) {
      if at(word: "html") { throw .featureNotSupported("FORMAT html", at: token.span) }
      guard at(.text) || at(.json) else { throw unexpected("TEXT or JSON", near: [.text, .json]) }
      format = take().kind == .keyword(.json) ? .json : .text
    } else {
      throw unexpected(
        "ANALYZE, TOKENS, AST, PLAN, RULES, COST or FORMAT",
        near: [.analyze, .tokens, .ast, .plan, .rules, .cost, .format])
    }
  }
}
