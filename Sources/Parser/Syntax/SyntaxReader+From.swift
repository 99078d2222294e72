import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  mutating func readRelations() throws(Diagnostic) -> [Relation] {
    var relations: [Relation] = []
    repeat { relations.append(try readJoins()) } while take(if: .comma)
    return relations
  }

  /// A relation and the joins after it, which lean to the left.
  private mutating func readJoins() throws(Diagnostic) -> Relation {
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

  private mutating func takeJoinKind() throws(Diagnostic) -> Join.Kind? {
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

  private mutating func readJoinCondition(_ kind: Join.Kind) throws(Diagnostic) -> Join.Condition {
    if kind == .cross { return .none }
    if take(if: .on) { return .on(try readNested()) }
    if take(if: .using) { return .using(try readNameList("column")) }
    if atNearest() { return .nearest(try readNearest()) }
    throw unexpected(
      "ON, USING or NEAREST", near: [.on, .using, .nearest, .exact, .approx],
      hint: "every pair of rows is written CROSS JOIN")
  }

  private mutating func readRelation() throws(Diagnostic) -> Relation {
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

  private mutating func readParenthesizedRelation() throws(Diagnostic) -> Relation {
    take()
    guard at(.select) else {
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
    return .derived(query, alias: alias)
  }

  private func refuseColumnAliases(_ alias: Name?) throws(Diagnostic) {
    guard let alias, at(.leftParen) else { return }
    throw .featureNotSupported("a list of column aliases", at: alias.span.union(token.span))
  }
}
