import VSQLDiagnostics
import VSQLLexer

/// What the language has and this release has not yet: told at the word that begins it, instead of a bare
/// syntax error.
enum LaterFeatures {
  /// Statements by their first word.
  static let statements: [String: String] = [
    "alter": "ALTER", "approve": "APPROVE PROPOSAL",
    "call": "CALL", "checkpoint": "CHECKPOINT AUDIT",
    "close": "CLOSE", "comment": "COMMENT ON", "deallocate": "DEALLOCATE", "declare": "DECLARE CURSOR",
    "do": "DO", "execute": "EXECUTE", "fetch": "FETCH", "grant": "GRANT", "lock": "LOCK", "merge": "MERGE",
    "prepare": "PREPARE", "propose": "PROPOSE", "restore": "RESTORE",
    "revoke": "REVOKE", "table": "TABLE", "truncate": "TRUNCATE", "tune": "TUNE",
    "values": "VALUES as a statement", "with": "WITH",
  ]

  /// What CREATE and DROP may make, by the words after them.
  static let objects: [String: String] = [
    "database": "DATABASE", "extension": "EXTENSION", "function": "FUNCTION", "global": "TEMPORARY TABLE",
    "keyholder": "KEYHOLDER", "local": "TEMPORARY TABLE",
    "materialized": "MATERIALIZED VIEW",
    "or": "OR REPLACE", "privacy": "PRIVACY POLICY", "role": "ROLE", "schema": "SCHEMA",
    "sequence": "SEQUENCE",
    "substrate": "SUBSTRATE", "temp": "TEMPORARY TABLE", "temporary": "TEMPORARY TABLE", "trigger": "TRIGGER",
    "type": "TYPE", "unlogged": "UNLOGGED TABLE", "user": "USER",
    "vector": "VECTOR INDEX", "view": "VIEW",
  ]

  /// What SHOW may list.
  static let lists: [String: String] = [
    "consent": "CONSENT", "constraints": "CONSTRAINTS", "evidence": "EVIDENCE", "grants": "GRANTS",
    "health": "HEALTH", "nodes": "NODES", "privacy": "PRIVACY BUDGET",
    "proposals": "PROPOSALS", "quorum": "QUORUM", "roles": "ROLES", "tuning": "TUNING", "users": "USERS",
  ]

  /// Clauses by the word that begins them, where no such word can stand in this release.
  static let clauses: [String: String] = [
    "any": "ANY (…)", "array": "ARRAY […]", "check": "CHECK", "collate": "COLLATE",
    "constraint": "a named constraint of a column",
    "except": "EXCEPT", "for": "FOR UPDATE", "foreign": "FOREIGN KEY", "full": "FULL JOIN",
    "generated": "GENERATED", "intersect": "INTERSECT", "into": "SELECT INTO", "lateral": "LATERAL",
    "natural": "NATURAL JOIN", "only": "ONLY", "over": "OVER (…)", "references": "REFERENCES",
    "returning": "RETURNING", "right": "RIGHT JOIN", "similar": "SIMILAR TO", "some": "SOME (…)",
    "tablesample": "TABLESAMPLE", "union": "UNION", "window": "WINDOW",
    "within": "WITHIN GROUP",
  ]
}

extension SyntaxReader {
  /// The error for the next word, if it begins a clause of a later release.
  @inline(never)
  func laterFeature() -> SyntaxFault? {
    guard let clause = laterName(in: LaterFeatures.clauses) else { return nil }
    return .featureNotSupported(clause, at: token.span)
  }

  /// The next word's entry in `table`.
  func laterName(in table: [String: String]) -> String? {
    switch token.kind {
    case .identifier, .keyword: table[stream.name(of: token)]
    default: nil
    }
  }

  /// Throws where the next tokens are these two, which begin something of a later release.
  func refuse(_ keyword: Keyword, _ feature: String) throws(SyntaxFault) {
    if at(keyword) { throw .featureNotSupported(feature, at: token.span) }
  }
}
