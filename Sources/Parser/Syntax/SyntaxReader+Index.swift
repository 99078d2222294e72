import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON t (a, b)`, at UNIQUE or INDEX.
  mutating func readCreateIndex() throws(SyntaxFault) -> CreateIndex {
    let isUnique = take(if: .unique)
    try expect(.index)
    let ifNotExists = try readIfNotExists()
    let name = try readName("an index's name")
    try expect(.on)
    let table = try readObjectName("a table")
    return CreateIndex(
      name: name, isUnique: isUnique, ifNotExists: ifNotExists, table: table,
      columns: try readNameList("column"))
  }

  /// `DROP INDEX [IF EXISTS] name`, behind INDEX.
  mutating func readDropIndex() throws(SyntaxFault) -> DropIndex {
    let ifExists = take(if: .if, then: .exists)
    let name = try readName("an index")
    if at(.comma) { throw .featureNotSupported("DROP INDEX of several indexes", at: token.span) }
    return DropIndex(name: name, ifExists: ifExists)
  }
}
