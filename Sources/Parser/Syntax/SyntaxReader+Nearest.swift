import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// Whether a NEAREST clause begins here, where no alias can stand.
  func atNearest() -> Bool {
    at(.nearest) || ((at(.exact) || at(.approx)) && at(.nearest, ahead: 1))
  }

  /// Whether a NEAREST clause begins here, where an alias could stand too. The clause's words may be names, so it
  /// takes more than the word: EXACT or APPROX before it, or after it BY or what can begin an operand. What
  /// follows an alias is never an operand.
  func atNearestRatherThanAlias() -> Bool {
    guard at(.nearest) else { return atNearest() }
    switch peek(1).kind {
    case .integer, .decimal, .scientific, .string, .escapeString, .dollarString, .bytes, .positionalParameter,
      .namedParameter, .leftParen, .leftBracket, .minus, .plus, .identifier, .quotedIdentifier:
      return true
    case .keyword(let keyword): return continuesNearest(keyword)
    default: return false
    }
  }

  private func continuesNearest(_ keyword: Keyword) -> Bool {
    switch keyword {
    case .nearest: false
    // `UPDATE t nearest SET a = 1`.
    case .set: !(atName(ahead: 2) && at(.equal, ahead: 3))
    case .exact, .approx: !at(.nearest, ahead: 2)
    case .left, .right: at(.leftParen, ahead: 2)
    case .case, .cast, .null, .true, .false, .currentDate, .currentTimestamp, .currentUser: true
    default: !keyword.isReserved
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
