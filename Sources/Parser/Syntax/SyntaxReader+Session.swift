import VSQLDiagnostics
import VSQLLexer

/// Transactions, settings and SHOW.
extension SyntaxReader {
  /// `BEGIN [WORK | TRANSACTION] [READ ONLY | READ WRITE]`, `START TRANSACTION …`.
  mutating func readBegin() throws(SyntaxFault) -> Begin {
    if take().kind == .keyword(.start) { try expect(.transaction) } else { skipWork() }
    return try readMode() ?? Begin(isReadOnly: false)
  }

  /// `READ ONLY`, `READ WRITE`, if one stands here.
  private mutating func readMode() throws(SyntaxFault) -> Begin? {
    if at(word: "isolation") { throw .featureNotSupported("ISOLATION LEVEL", at: token.span) }
    guard take(if: .read) else { return nil }
    if take(if: .only) { return Begin(isReadOnly: true) }
    guard take(if: .write) else { throw unexpected("ONLY or WRITE after READ", near: [.only, .write]) }
    return Begin(isReadOnly: false)
  }

  private mutating func skipWork() { _ = take(if: .work) || take(if: .transaction) }

  mutating func readCommit() throws(SyntaxFault) -> Statement {
    take()
    skipWork()
    try refuse(.and, "AND CHAIN")
    return .commit
  }

  /// `ROLLBACK [WORK | TRANSACTION] [TO [SAVEPOINT] a]`, `ABORT`.
  mutating func readRollback() throws(SyntaxFault) -> Statement {
    let isAbort = take().kind == .keyword(.abort)
    skipWork()
    try refuse(.and, "AND CHAIN")
    guard !isAbort, take(if: .to) else { return .rollback }
    return .savepoint(Savepoint(.rollback, name: try readSavepointName()))
  }

  /// `SAVEPOINT a`, `RELEASE [SAVEPOINT] a`.
  mutating func readSavepoint() throws(SyntaxFault) -> Savepoint {
    if take().kind == .keyword(.release) { return Savepoint(.release, name: try readSavepointName()) }
    return Savepoint(.make, name: try readName("a savepoint's name"))
  }

  /// `[SAVEPOINT] a`; a savepoint may be called so itself.
  private mutating func readSavepointName() throws(SyntaxFault) -> Name {
    if at(.savepoint), atName(ahead: 1) { take() }
    return try readName("a savepoint's name")
  }

  /// `SET [SESSION] name {= | TO} value`, `SET SESSION TENANT name`, `SET TRANSACTION READ {ONLY | WRITE}`.
  mutating func readSet() throws(SyntaxFault) -> Statement {
    take()
    if at(word: "local"), atName(ahead: 1) { throw .featureNotSupported("SET LOCAL", at: token.span) }
    if at(word: "quorum"), !at(.equal, ahead: 1), !at(.to, ahead: 1) {
      throw .featureNotSupported("SET QUORUM", at: token.span)
    }
    if at(.session), !at(.equal, ahead: 1), !at(.to, ahead: 1) {
      take()
      if at(.tenant), !at(.equal, ahead: 1), !at(.to, ahead: 1) {
        take()
        return .setTenant(try readName("a tenant's name"))
      }
    }
    if at(.transaction), !at(.equal, ahead: 1), !at(.to, ahead: 1) {
      take()
      guard let mode = try readMode() else { throw unexpected("READ ONLY or READ WRITE", near: [.read]) }
      return .setTransaction(mode)
    }
    let name = try readName("a setting's name")
    guard take(if: .equal) || take(if: .to) else {
      throw unexpected("= or TO after the setting", near: [.to])
    }
    if take(if: .default) { return .reset(name) }
    return .set(SetVariable(name: name, value: try readOptionValue()))
  }

  mutating func readReset() throws(SyntaxFault) -> Statement {
    take()
    if at(.all) { return .reset(takeName()) }
    return .reset(try readName("a setting's name or ALL"))
  }

  mutating func readShow() throws(SyntaxFault) -> Show {
    take()
    switch token.kind {
    case .keyword(.tables):
      take()
      return .tables
    case .keyword(.tenants):
      take()
      return .tenants
    case .keyword(.keys):
      take()
      return .keys
    case .keyword(.indexes):
      take()
      return .indexes
    case .keyword(.storage):
      take()
      return .storage(atName() ? try readObjectName("a table") : nil)
    case .keyword(.all):
      return .setting(takeName())
    case .quotedIdentifier:
      return .setting(takeName())
    default:
      if let later = laterName(in: LaterFeatures.lists) {
        throw .featureNotSupported("SHOW \(later)", at: token.span)
      }
      return .setting(try readName("TABLES, TENANTS, KEYS, INDEXES, STORAGE, ALL or a setting's name"))
    }
  }
}
