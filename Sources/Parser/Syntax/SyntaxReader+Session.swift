import VSQLDiagnostics
import VSQLLexer

/// Transactions, settings and SHOW.
extension SyntaxReader {
  /// `BEGIN [WORK | TRANSACTION] [READ ONLY | READ WRITE]`, `START TRANSACTION …`.
  mutating func readBegin() throws(SyntaxFault) -> Begin {
    if take().kind == .keyword(.start) { try expect(.transaction) } else { skipWork() }
    if at(word: "isolation") { throw .featureNotSupported("ISOLATION LEVEL", at: token.span) }
    guard take(if: .read) else { return Begin(isReadOnly: false) }
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

  mutating func readRollback() throws(SyntaxFault) -> Statement {
    take()
    skipWork()
    try refuse(.and, "AND CHAIN")
    try refuse(.to, "ROLLBACK TO SAVEPOINT")
    return .rollback
  }

  /// `SET [SESSION] name {= | TO} value`, `SET SESSION TENANT name`.
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
      return .setting(try readName("TABLES, TENANTS, KEYS, STORAGE, ALL or a setting's name"))
    }
  }
}
