import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// A SELECT within parentheses that are read already. Behind one pointer, because a query is some 300 bytes and
  /// those who ask for it are on the way of the recursion.
  @inline(never)
  mutating func readNestedQuery() throws(SyntaxFault) -> Indirect<Query> {
    try descend()
    var query = Query(select: [], span: token.span)
    try readQuery(into: &query)
    ascend()
    return .value(query)
  }

  mutating func readQuery() throws(SyntaxFault) -> Query {
    var query = Query(select: [], span: token.span)
    try readQuery(into: &query)
    return query
  }

  /// `SELECT … [FROM …] [WHERE …] [NEAREST …] [GROUP BY …] [HAVING …] [ORDER BY …] [LIMIT …] [OFFSET …]`.
  @inline(never)
  private mutating func readQuery(into query: inout Query) throws(SyntaxFault) {
    let start = token.start
    try expect(.select)
    query.isDistinct = try readDistinct()
    try readSelectList(into: &query)
    if take(if: .from) { try readRelations(into: &query) }
    if take(if: .where) { try readPredicate(into: &query) }
    if atNearest() { try readNearest(into: &query) }
    try readGrouping(into: &query)
    if take(if: .order) { try readOrder(into: &query) }
    try readLimits(into: &query)
    query.span = span(from: start)
  }

  @inline(never)
  private mutating func readPredicate(into query: inout Query) throws(SyntaxFault) {
    query.predicate = try readNested()
  }

  @inline(never)
  private mutating func readNearest(into query: inout Query) throws(SyntaxFault) {
    query.nearest = try readNearest()
  }

  @inline(never)
  private mutating func readDistinct() throws(SyntaxFault) -> Bool {
    if take(if: .all) { return false }
    guard at(.distinct) else { return false }
    if at(.on, ahead: 1) { throw .featureNotSupported("DISTINCT ON", at: token.span.union(peek(1).span)) }
    take()
    return true
  }

  @inline(never)
  private mutating func readSelectList(into query: inout Query) throws(SyntaxFault) {
    repeat { query.select.append(try readSelectItem()) } while take(if: .comma)
  }

  @inline(never)
  private mutating func readSelectItem() throws(SyntaxFault) -> SelectItem {
    if at(.star) { return .star(qualifier: nil, span: take().span) }
    if atName(), at(.dot, ahead: 1), at(.star, ahead: 2) {
      let qualifier = takeName()
      take()
      take()
      return .star(qualifier: qualifier, span: span(from: qualifier.span.start))
    }
    let expression = try readNested()
    if take(if: .as) { return .expression(expression, alias: try readLabel("an alias after AS")) }
    return .expression(expression, alias: takeBareLabel())
  }

  @inline(never)
  private mutating func readGrouping(into query: inout Query) throws(SyntaxFault) {
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

  private mutating func readGroupItems() throws(SyntaxFault) -> [Expression] {
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

  @inline(never)
  private mutating func readOrder(into query: inout Query) throws(SyntaxFault) {
    try expect(.by)
    repeat { query.orderBy.append(try readOrderItem()) } while take(if: .comma)
  }

  private mutating func readOrderItem() throws(SyntaxFault) -> OrderItem {
    var item = OrderItem(expression: try readNested())
    if take(if: .desc) { item.isDescending = true } else { _ = take(if: .asc) }
    if take(if: .nulls) {
      guard at(.first) || at(.last) else { throw unexpected("FIRST or LAST", near: [.first, .last]) }
      item.nullsFirst = take().kind == .keyword(.first)
    }
    return item
  }

  /// LIMIT, OFFSET and FETCH in any order, each once.
  @inline(never)
  private mutating func readLimits(into query: inout Query) throws(SyntaxFault) {
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

  private mutating func readLimit() throws(SyntaxFault) -> Expression? {
    take()
    if take(if: .all) { return nil }
    let limit = try readNested()
    if at(.comma) {
      throw unexpected("one number of rows", hint: "LIMIT 10, 5 is written LIMIT 5 OFFSET 10")
    }
    return limit
  }

  /// `FETCH {FIRST | NEXT} [n] {ROW | ROWS} ONLY`.
  private mutating func readFetch() throws(SyntaxFault) -> Expression {
    let start = token.start
    take()
    guard take(if: .first) || take(if: .next) else {
      throw unexpected("FIRST or NEXT", near: [.first, .next])
    }
    let count: Expression
    if (at(.row) || at(.rows)) && at(.only, ahead: 1) {
      count = Expression(.literal(.integer("1")), span: span(from: start))
    } else {
      count = try readNested(.operator)
    }
    guard take(if: .row) || take(if: .rows) else { throw unexpected("ROW or ROWS", near: [.row, .rows]) }
    try refuse(.with, "WITH TIES")
    try expect(.only)
    return count
  }

  @inline(never)
  func givenTwice(_ what: String) -> SyntaxFault {
    SyntaxFault(.syntaxError, "\(what) is given twice", at: token.span)
  }
}
