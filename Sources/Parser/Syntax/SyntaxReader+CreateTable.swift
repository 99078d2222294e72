import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// `CREATE TABLE [IF NOT EXISTS] t (…) [WITH (…)]`, at TABLE.
  mutating func readCreateTable() throws(SyntaxFault) -> CreateTable {
    take()
    let ifNotExists = try readIfNotExists()
    let name = try readObjectName("a table's name")
    try refuse(.as, "CREATE TABLE AS")
    var table = CreateTable(name: name, ifNotExists: ifNotExists, columns: [], primaryKey: nil, options: [])
    try expect(.leftParen, "( and columns")
    repeat {
      if at(.primary) || at(.unique) || at(.constraint) {
        try readConstraint(into: &table)
      } else {
        table.columns.append(try readColumn())
      }
    } while take(if: .comma)
    try expect(.rightParen, ", or ) after the column")
    if table.columns.isEmpty { throw noColumns(at: name.span) }
    try refuse(.as, "CREATE TABLE AS")
    if take(if: .with) { table.options = try readOptions() }
    return table
  }

  @inline(never)
  private func noColumns(at span: SourceSpan) -> SyntaxFault {
    SyntaxFault(.invalidTableDefinition, "a table has no column, expected at least one", at: span)
  }

  /// `[CONSTRAINT name] PRIMARY KEY (a, b)` and `[CONSTRAINT name] UNIQUE (a, b)`.
  private mutating func readConstraint(into table: inout CreateTable) throws(SyntaxFault) {
    let start = token.start
    let name = take(if: .constraint) ? try readName("a constraint's name") : nil
    if take(if: .unique) {
      table.uniques.append(KeyClause(name: name, columns: try readNameList("column")))
      return
    }
    try expect(.keyword(.primary), "PRIMARY KEY or UNIQUE")
    try expect(.key)
    let columns = try readNameList("column")
    if table.primaryKey != nil {
      throw SyntaxFault(.invalidTableDefinition, "the table has two primary keys", at: span(from: start))
    }
    table.primaryKey = KeyClause(name: name, columns: columns)
  }

  private mutating func readColumn() throws(SyntaxFault) -> ColumnClause {
    let name = try readName("a column's name")
    var column = ColumnClause(name: name, type: try readTypeName())
    var sawNull = false
    while true {
      let start = token.start
      switch token.kind {
      case .keyword(.not):
        take()
        try expect(.null)
        if sawNull { throw conflict("NULL and NOT NULL", from: start) }
        if column.isNotNull { throw conflict("NOT NULL twice", from: start) }
        column.isNotNull = true
      case .keyword(.null):
        take()
        if column.isNotNull { throw conflict("NULL and NOT NULL", from: start) }
        sawNull = true
      case .keyword(.primary):
        take()
        try expect(.key)
        if column.isPrimaryKey { throw conflict("PRIMARY KEY twice", from: start) }
        column.isPrimaryKey = true
      case .keyword(.unique):
        take()
        if column.isUnique { throw conflict("UNIQUE twice", from: start) }
        column.isUnique = true
      case .keyword(.default):
        take()
        if column.defaultValue != nil { throw conflict("DEFAULT twice", from: start) }
        column.defaultValue = try readNested(.comparison)
      case .keyword(.entity):
        take()
        if column.entityType != nil { throw conflict("ENTITY twice", from: start) }
        column.entityType = try readName("an entity type")
      default:
        return column
      }
    }
  }

  @inline(never)
  private func conflict(_ what: String, from start: Int) -> SyntaxFault {
    SyntaxFault(.syntaxError, "the column has \(what)", at: span(from: start))
  }
}
