import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  @inline(never)
  mutating func readRelations(into query: inout Query) throws(SyntaxFault) {
    repeat { query.from.append(try readJoins()) } while take(if: .comma)
  }

  /// A relation and the joins after it, which lean to the left.
  @inline(never)
  private mutating func readJoins() throws(SyntaxFault) -> Relation {
    let before = reach
    reach = depth
    var left = try readRelation()
    while let kind = try takeJoinKind() {
      let levels = reach
      reach = depth
      try descend()
      let right = try readRelation()
      ascend()
      let condition = try readJoinCondition(kind)
      left = .join(Join(kind: kind, left: left, right: right, condition: condition))
      try deepen(from: levels)
    }
    reach = max(before, reach)
    return left
  }

  private mutating func takeJoinKind() throws(SyntaxFault) -> Join.Kind? {
    switch token.kind {
    case .keyword(.join):
      take()
      return .inner
    case .keyword(.inner):
      take()
      try expect(.join)
      return .inner
    case .keyword(.left):
      take()
      _ = take(if: .outer)
      try expect(.join)
      return .left
    case .keyword(.cross):
      take()
      try expect(.join)
      return .cross
    default:
      return nil
    }
  }

  @inline(never)
  private mutating func readJoinCondition(_ kind: Join.Kind) throws(SyntaxFault) -> Join.Condition {
    if kind == .cross { return .none }
    if take(if: .on) { return .on(try readNested()) }
    if take(if: .using) { return .using(try readNameList("column")) }
    if atNearest() { return .nearest(try readNearest()) }
    throw unexpected(
      "ON, USING or NEAREST", near: [.on, .using, .nearest, .exact, .approx],
      hint: "every pair of rows is written CROSS JOIN")
  }

  @inline(never)
  private mutating func readRelation() throws(SyntaxFault) -> Relation {
    if at(.leftParen) { return try readParenthesizedRelation() }
    if at(.select) {
      throw unexpected("a table", hint: "a subquery stands in parentheses: (SELECT …) AS name")
    }
    let name = try readObjectName("a table")
    if at(.leftParen) { throw .featureNotSupported("a function in FROM", at: name.span) }
    let alias = try readTableAlias()
    try refuseColumnAliases(alias)
    return .table(name, alias: alias)
  }

  @inline(never)
  private mutating func readParenthesizedRelation() throws(SyntaxFault) -> Relation {
    take()
    guard at(.select) else {
      if at(.values), at(.leftParen, ahead: 1) {
        throw .featureNotSupported("VALUES in FROM", at: token.span)
      }
      try descend()
      let inner = try readJoins()
      ascend()
      try expect(.rightParen, ") after the join")
      return inner
    }
    let query = try readNestedQuery()
    try expect(.rightParen, ") after the subquery")
    guard let alias = try readTableAlias() else {
      throw unexpected("an alias for the subquery", hint: "write (SELECT …) AS name")
    }
    try refuseColumnAliases(alias)
    return Self.derived(query, alias)
  }

  @inline(never)
  private static func derived(_ query: Indirect<Query>, _ alias: Name) -> Relation {
    .derived(query.value, alias: alias)
  }

  @inline(never)
  private func refuseColumnAliases(_ alias: Name?) throws(SyntaxFault) {
    guard let alias, at(.leftParen) else { return }
    throw .featureNotSupported("a list of column aliases", at: alias.span.union(token.span))
  }
}
