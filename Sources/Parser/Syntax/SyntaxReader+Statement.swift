import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// The words that begin a statement, for "did you mean".
  static let statementKeywords: [Keyword] = [
    .select, .insert, .update, .delete, .create, .drop, .copy, .begin, .commit, .rollback, .savepoint,
    .release, .explain,
    .describe,
    .show, .set, .reset, .erase, .rotate, .verify, .check, .backup, .vacuum, .analyze, .start, .end, .abort,
  ]

  /// One statement, without the semicolon after it.
  mutating func readStatement() throws(SyntaxFault) -> ParsedStatement {
    let start = token.start
    let statement = try readStatementKind()
    return ParsedStatement(statement: statement, span: span(from: start))
  }

  private mutating func readStatementKind() throws(SyntaxFault) -> Statement {
    guard case .keyword(let keyword) = token.kind else { return try readUnknownStatement() }
    switch keyword {
    case .select: return .query(try readQuery())
    case .insert: return .insert(try readInsert())
    case .update: return .update(try readUpdate())
    case .delete: return .delete(try readDelete())
    case .copy: return .copy(try readCopy())
    case .create: return try readCreate()
    case .drop: return try readDrop()
    case .begin, .start: return .begin(try readBegin())
    case .commit, .end: return try readCommit()
    case .rollback, .abort: return try readRollback()
    case .savepoint, .release: return .savepoint(try readSavepoint())
    case .set: return try readSet()
    case .reset: return try readReset()
    case .show: return .show(try readShow())
    case .describe: return try readDescribe()
    case .explain: return .explain(try readExplain())
    case .erase: return .eraseEntity(try readErase())
    case .rotate: return .rotateKey(try readRotate())
    case .verify: return try readVerify()
    case .check: return try readCheck()
    case .backup: return .backup(try readBackup())
    case .vacuum: return .maintain(try readMaintain(.vacuum))
    case .analyze: return .maintain(try readMaintain(.analyze))
    default: return try readUnknownStatement()
    }
  }

  /// `(SELECT …)`, or the error.
  private mutating func readUnknownStatement() throws(SyntaxFault) -> Statement {
    if at(.leftParen) { return .query(try readParenthesizedQuery()) }
    if let later = laterName(in: LaterFeatures.statements) {
      throw .featureNotSupported(later, at: token.span)
    }
    throw unexpected("a statement", near: Self.statementKeywords)
  }

  private mutating func readParenthesizedQuery() throws(SyntaxFault) -> Query {
    take()
    try descend()
    guard at(.leftParen) || at(.select) else { throw unexpected("SELECT", near: [.select]) }
    let query = at(.select) ? try readQuery() : try readParenthesizedQuery()
    ascend()
    try expect(.rightParen, ") after the query")
    return query
  }

  /// A statement ends at a semicolon or at the end of the text.
  mutating func expectStatementEnd() throws(SyntaxFault) {
    if isAtEnd || take(if: .semicolon) { return }
    throw unexpected("the end of the statement", near: Self.clauseKeywords)
  }

  private mutating func readCreate() throws(SyntaxFault) -> Statement {
    let start = token.span
    take()
    if at(.table) { return .createTable(try readCreateTable()) }
    if at(.index) || at(.unique) { return .createIndex(try readCreateIndex()) }
    if take(if: .tenant) {
      let ifNotExists = try readIfNotExists()
      return .createTenant(CreateTenant(name: try readName("a tenant's name"), ifNotExists: ifNotExists))
    }
    throw unknownObject("CREATE", from: start)
  }

  private mutating func readDrop() throws(SyntaxFault) -> Statement {
    let start = token.span
    take()
    if at(.tenant) { throw .featureNotSupported("DROP TENANT", at: start.union(token.span)) }
    if take(if: .index) { return .dropIndex(try readDropIndex()) }
    guard take(if: .table) else { throw unknownObject("DROP", from: start) }
    var ifExists = false
    if take(if: .if, then: .exists) { ifExists = true }
    let name = try readObjectName("a table")
    if at(.comma) { throw .featureNotSupported("DROP TABLE of several tables", at: token.span) }
    return .dropTable(DropTable(name: name, ifExists: ifExists))
  }

  @inline(never)
  private func unknownObject(_ verb: String, from start: SourceSpan) -> SyntaxFault {
    if let later = laterName(in: LaterFeatures.objects) {
      return .featureNotSupported("\(verb) \(later)", at: start.union(token.span))
    }
    let expected = verb == "CREATE" ? "TABLE, INDEX or TENANT" : "TABLE or INDEX"
    return unexpected(
      "\(expected) after \(verb)", near: verb == "CREATE" ? [.table, .index, .tenant] : [.table, .index])
  }

  /// `IF NOT EXISTS`, if it stands here.
  mutating func readIfNotExists() throws(SyntaxFault) -> Bool {
    guard at(.if), at(.not, ahead: 1) else { return false }
    take()
    try expect(.not, .exists)
    return true
  }

  /// `VACUUM [t]`, `ANALYZE [t]`.
  private mutating func readMaintain(_ verb: Maintain.Verb) throws(SyntaxFault) -> Maintain {
    take()
    if at(.leftParen) { throw .featureNotSupported("\(verb.rawValue) (…)", at: token.span) }
    guard !isAtEnd, !at(.semicolon) else { return Maintain(verb, table: nil) }
    if verb == .vacuum, at(.full) { throw .featureNotSupported("VACUUM FULL", at: token.span) }
    return Maintain(verb, table: try readObjectName("a table or the end of the statement"))
  }

  private mutating func readDescribe() throws(SyntaxFault) -> Statement {
    take()
    return .describe(try readObjectName("a table"))
  }
}
