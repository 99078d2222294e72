import VSQLDiagnostics
import VSQLLexer

/// INSERT, UPDATE, DELETE.
extension SyntaxReader {
  mutating func readInsert() throws(SyntaxFault) -> Insert {
    let start = token.start
    take()
    try expect(.into)
    let table = try readObjectName("a table")
    try refuse(.as, "an alias in INSERT")
    var columns: [Name] = []
    if at(.leftParen) {
      if at(.select, ahead: 1) { throw insertSelect(at: peek(1).span) }
      columns = try readNameList("column")
    }
    if at(.select) || at(.leftParen) { throw insertSelect(at: token.span) }
    if at(.default), at(.values, ahead: 1) { throw .featureNotSupported("DEFAULT VALUES", at: token.span) }
    guard take(if: .values) else { throw unexpected("VALUES", near: [.values]) }
    var rows: [[Expression?]] = []
    repeat { rows.append(try readRow()) } while take(if: .comma)
    if at(.on), at(word: "conflict", ahead: 1) {
      throw .featureNotSupported("ON CONFLICT", at: token.span.union(peek(1).span))
    }
    return Insert(table: table, columns: columns, rows: rows, span: span(from: start))
  }

  @inline(never)
  private func insertSelect(at span: SourceSpan) -> SyntaxFault {
    .featureNotSupported("INSERT … SELECT", at: span)
  }

  /// `(e | DEFAULT, …)`.
  private mutating func readRow() throws(SyntaxFault) -> [Expression?] {
    try expect(.leftParen, "( and values")
    var cells: [Expression?] = []
    repeat { cells.append(try readCell()) } while take(if: .comma)
    try expect(.rightParen, ", or ) after the value")
    return cells
  }

  /// Nil: DEFAULT.
  private mutating func readCell() throws(SyntaxFault) -> Expression? {
    if take(if: .default) { return nil }
    return try readNested()
  }

  mutating func readUpdate() throws(SyntaxFault) -> Update {
    take()
    let table = try readObjectName("a table")
    let alias = try readTableAlias()
    try expect(.set)
    var assignments: [Update.Assignment] = []
    repeat { assignments.append(try readAssignment()) } while take(if: .comma)
    try refuse(.from, "UPDATE … FROM")
    let predicate = take(if: .where) ? try readNested() : nil
    return Update(table: table, alias: alias, assignments: assignments, predicate: predicate)
  }

  private mutating func readAssignment() throws(SyntaxFault) -> Update.Assignment {
    if at(.leftParen) { throw .featureNotSupported("SET (…) = (…)", at: token.span) }
    let column = try readName("a column")
    if at(.dot) {
      throw unexpected("= after the column", hint: "the column to set is named without its table")
    }
    try expect(.equal, "= after the column")
    return Update.Assignment(column: column, value: try readCell())
  }

  mutating func readDelete() throws(SyntaxFault) -> Delete {
    take()
    try expect(.from)
    let table = try readObjectName("a table")
    let alias = try readTableAlias()
    try refuse(.using, "DELETE … USING")
    let predicate = take(if: .where) ? try readNested() : nil
    return Delete(table: table, alias: alias, predicate: predicate)
  }
}
