import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// Whether a NEAREST clause begins here. Its words may be names, so it takes more than the word: EXACT or
  /// APPROX before it, or BY or a number after it.
  func atNearest() -> Bool {
    if at(.exact) || at(.approx) { return at(.nearest, ahead: 1) }
    guard at(.nearest) else { return false }
    switch peek(1).kind {
    case .keyword(.by), .keyword(.cast), .keyword(.case), .integer, .decimal, .scientific,
      .positionalParameter,
      .namedParameter, .leftParen, .minus, .plus:
      return true
    case .identifier: return at(.leftParen, ahead: 2)
    default: return false
    }
  }

  /// `[EXACT | APPROX] NEAREST [k] BY {DISTANCE | SIMILARITY} expression [WITH (…)]`.
  @inline(never)
  mutating func readNearest() throws(SyntaxFault) -> NearestClause {
    let start = token.start
    var mode: NearestClause.Mode?
    if take(if: .exact) { mode = .exact } else if take(if: .approx) { mode = .approx }
    try expect(.nearest)
    let count = at(.by) ? nil : try readNested(.operator)
    try expect(.by)
    let ranking: NearestClause.Ranking
    if take(if: .distance) {
      ranking = .distance
    } else if take(if: .similarity) {
      ranking = .similarity
    } else {
      throw unexpected("DISTANCE or SIMILARITY", near: [.distance, .similarity])
    }
    let expression = try readNested()
    let options = try readNearestOptions()
    return NearestClause(
      mode: mode, count: count, ranking: ranking, expression: expression, options: options,
      span: span(from: start))
  }

  private mutating func readNearestOptions() throws(SyntaxFault) -> [Option] {
    guard at(.with) else { return [] }
    if at(word: "privacy", ahead: 1) {
      throw .featureNotSupported("WITH PRIVACY", at: token.span.union(peek(1).span))
    }
    take()
    return try readOptions()
  }
}
