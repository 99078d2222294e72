import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// A SELECT within parentheses that are read already.
  mutating func readNestedQuery() throws(Diagnostic) -> Query {
    try descend()
    let query = try readQuery()
    ascend()
    return query
  }

  /// `SELECT … [FROM …] [WHERE …] [NEAREST …] [GROUP BY …] [HAVING …] [ORDER BY …] [LIMIT …] [OFFSET …]`.
  mutating func readQuery() throws(Diagnostic) -> Query {
    let start = token.start
    try expect(.select)
    var query = Query(select: [], span: token.span)
    query.isDistinct = try readDistinct()
    query.select = try readSelectList()
    if take(if: .from) { query.from = try readRelations() }
    if take(if: .where) { query.predicate = try readNested() }
    if atNearest() { query.nearest = try readNearest() }
    try readGrouping(into: &query)
    if take(if: .order) {
      try expect(.by)
      query.orderBy = try readOrderItems()
    }
    try readLimits(into: &query)
    query.span = span(from: start)
    return query
  }

  private mutating func readDistinct() throws(Diagnostic) -> Bool {
    if take(if: .all) { return false }
    guard at(.distinct) else { return false }
    if at(.on, ahead: 1) { throw .featureNotSupported("DISTINCT ON", at: token.span.union(peek(1).span)) }
    take()
    return true
  }

  private mutating func readSelectList() throws(Diagnostic) -> [SelectItem] {
    var items: [SelectItem] = []
    repeat { items.append(try readSelectItem()) } while take(if: .comma)
    return items
  }

  private mutating func readSelectItem() throws(Diagnostic) -> SelectItem {
    if at(.star) { return .star(qualifier: nil, span: take().span) }
    if atName(), at(.dot, ahead: 1), at(.star, ahead: 2) {
      let qualifier = takeName()
      take()
      take()
      return .star(qualifier: qualifier, span: span(from: qualifier.span.start))
    }
    let expression = try readNested()
    if take(if: .as) { return .expression(expression, alias: try readLabel("an alias after AS")) }
    guard atName(), !atNearest() else { return .expression(expression, alias: nil) }
    bareAlias = token
    return .expression(expression, alias: takeName())
  }

  private mutating func readGrouping(into query: inout Query) throws(Diagnostic) {
    if at(.group) {
      if let nearest = query.nearest {
        throw .featureNotSupported(
          "GROUP BY beside NEAREST", at: token.span.union(nearest.span),
          hint: "put the NEAREST query into FROM, in parentheses, and group its rows")
      }
      take()
      try expect(.by)
      query.groupBy = try readGroupItems()
    }
    if take(if: .having) { query.having = try readNested() }
    if atNearest() {
      throw unexpected(
        "ORDER BY, LIMIT or the end of the query",
        hint: query.nearest == nil
          ? "NEAREST follows WHERE and is not combined with GROUP BY; group the rows of a NEAREST query in FROM"
          : "a query has one NEAREST clause")
    }
  }

  private mutating func readGroupItems() throws(Diagnostic) -> [Expression] {
    var items: [Expression] = []
    repeat {
      for (word, feature) in [("rollup", "ROLLUP"), ("cube", "CUBE")]
      where at(word: word) && at(.leftParen, ahead: 1) {
        throw .featureNotSupported(feature, at: token.span)
      }
      if at(word: "grouping"), at(word: "sets", ahead: 1) {
        throw .featureNotSupported("GROUPING SETS", at: token.span.union(peek(1).span))
      }
      items.append(try readNested())
    } while take(if: .comma)
    return items
  }

  private mutating func readOrderItems() throws(Diagnostic) -> [OrderItem] {
    var items: [OrderItem] = []
    repeat {
      var item = OrderItem(expression: try readNested())
      if take(if: .desc) { item.isDescending = true } else { _ = take(if: .asc) }
      if take(if: .nulls) {
        guard at(.first) || at(.last) else { throw unexpected("FIRST or LAST", near: [.first, .last]) }
        item.nullsFirst = take().kind == .keyword(.first)
      }
      items.append(item)
    } while take(if: .comma)
    return items
  }

  /// LIMIT, OFFSET and FETCH in any order, each once.
  private mutating func readLimits(into query: inout Query) throws(Diagnostic) {
    var hasLimit = false
    while true {
      switch token.kind {
      case .keyword(.limit), .keyword(.fetch):
        if hasLimit { throw givenTwice("the number of rows") }
        hasLimit = true
        query.limit = at(.limit) ? try readLimit() : try readFetch()
      case .keyword(.offset):
        if query.offset != nil { throw givenTwice("OFFSET") }
        take()
        query.offset = try readNested()
        _ = take(if: .row) || take(if: .rows)
      default:
        return
      }
    }
  }

  private mutating func readLimit() throws(Diagnostic) -> Expression? {
    take()
    if take(if: .all) { return nil }
    let limit = try readNested()
    if at(.comma) {
      throw unexpected("one number of rows", hint: "LIMIT 10, 5 is written LIMIT 5 OFFSET 10")
    }
    return limit
  }

  /// `FETCH {FIRST | NEXT} [n] {ROW | ROWS} ONLY`.
  private mutating func readFetch() throws(Diagnostic) -> Expression {
    let start = token.start
    take()
    guard take(if: .first) || take(if: .next) else {
      throw unexpected("FIRST or NEXT", near: [.first, .next])
    }
    let count: Expression
    if at(.row) || at(.rows) {
      count = Expression(.literal(.integer("1")), span: span(from: start))
    } else {
      count = try readNested(.operator)
    }
    guard take(if: .row) || take(if: .rows) else { throw unexpected("ROW or ROWS", near: [.row, .rows]) }
    try refuse(.with, "WITH TIES")
    try expect(.only)
    return count
  }

  func givenTwice(_ what: String) -> Diagnostic {
    Diagnostic(.syntaxError, "\(what) is given twice", at: token.span)
  }
}
