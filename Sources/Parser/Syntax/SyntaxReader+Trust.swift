import VSQLDiagnostics
import VSQLLexer

/// The verbs of trust: ERASE, ROTATE, VERIFY, CHECK, BACKUP.
extension SyntaxReader {
  /// `ERASE ENTITY 'id' [TYPE t] [IN TENANT t] [REASON 'text'] [DRY RUN]`, the options in any order.
  mutating func readErase() throws(SyntaxFault) -> EraseEntity {
    take()
    try expect(.entity)
    let entity = try readStringOrParameter("the entity's id, a string or a parameter")
    var erase = EraseEntity(entity: entity, type: nil, tenant: nil, reason: nil, isDryRun: false)
    while try readEraseOption(into: &erase) {}
    return erase
  }

  private mutating func readEraseOption(into erase: inout EraseEntity) throws(SyntaxFault) -> Bool {
    switch token.kind {
    case .keyword(.type):
      if erase.type != nil { throw givenTwice("TYPE") }
      take()
      erase.type = try readName("an entity type")
    case .keyword(.in):
      if erase.tenant != nil { throw givenTwice("IN TENANT") }
      take()
      try expect(.tenant)
      erase.tenant = try readName("a tenant's name")
    case .keyword(.reason):
      if erase.reason != nil { throw givenTwice("REASON") }
      take()
      erase.reason = try readStringOrParameter("the reason, a string or a parameter")
    case .keyword(.dry):
      if erase.isDryRun { throw givenTwice("DRY RUN") }
      take()
      try expect(.run)
      erase.isDryRun = true
    default:
      if isAtEnd || at(.semicolon) { return false }
      throw unexpected(
        "TYPE, IN TENANT, REASON, DRY RUN or the end of the statement", near: [.type, .tenant, .reason, .dry])
    }
    return true
  }

  private mutating func readStringOrParameter(_ what: String) throws(SyntaxFault) -> Expression {
    switch token.kind {
    case .string, .escapeString, .dollarString, .positionalParameter, .namedParameter: try readPrimary()
    case .identifier, .quotedIdentifier: throw unexpected(what, hint: "write it in single quotes: 'p-17'")
    default: throw unexpected(what)
    }
  }

  /// `ROTATE KEY [TENANT t | ALL TENANTS | ROOT]`.
  mutating func readRotate() throws(SyntaxFault) -> RotateKey {
    take()
    try expect(.key)
    var target = RotateKey.Target.sessionTenant
    if take(if: .tenant) {
      target = .tenant(try readName("a tenant's name"))
    } else if take(if: .all) {
      try expect(.tenants)
      target = .allTenants
    } else if take(if: .root) {
      target = .root
    }
    for word in ["rewrap", "reencrypt"] where at(word: word) {
      throw .featureNotSupported("ROTATE KEY … \(word.uppercased())", at: token.span)
    }
    if !isAtEnd, !at(.semicolon), target == .sessionTenant {
      throw unexpected("TENANT, ALL TENANTS, ROOT or the end of the statement", near: [.tenant, .all, .root])
    }
    return RotateKey(target: target)
  }

  /// `VERIFY AUDIT`.
  mutating func readVerify() throws(SyntaxFault) -> Statement {
    let start = token.start
    take()
    if at(word: "erasure") {
      throw .featureNotSupported("VERIFY ERASURE", at: span(from: start).union(token.span))
    }
    try expect(.audit)
    if at(.from) { throw .featureNotSupported("VERIFY AUDIT FROM CHECKPOINT", at: token.span) }
    return .verifyAudit
  }

  /// `CHECK DATABASE`.
  mutating func readCheck() throws(SyntaxFault) -> Statement {
    let start = token.start
    take()
    if at(word: "recall") {
      throw .featureNotSupported("CHECK RECALL", at: span(from: start).union(token.span))
    }
    try expect(.database)
    return .checkDatabase
  }

  /// `BACKUP TO 'dir'`.
  mutating func readBackup() throws(SyntaxFault) -> Backup {
    take()
    try expect(.to)
    return Backup(directory: try readStringOrParameter("the directory, a string or a parameter"))
  }
}
