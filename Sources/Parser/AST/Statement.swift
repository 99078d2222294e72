import VSQLDiagnostics

/// One statement as it was written.
package enum Statement: Hashable, Sendable {
  case createTable(CreateTable)
  case dropTable(DropTable)
  case createIndex(CreateIndex)
  case dropIndex(DropIndex)
  case createTenant(CreateTenant)
  case insert(Insert)
  case copy(Copy)
  case query(Query)
  case update(Update)
  case delete(Delete)
  case begin(Begin)
  case commit
  case rollback
  case savepoint(Savepoint)
  case setTransaction(Begin)
  case setTenant(Name)
  case set(SetVariable)
  case reset(Name)
  case show(Show)
  case describe(ObjectName)
  case explain(Explain)
  case eraseEntity(EraseEntity)
  case rotateKey(RotateKey)
  case verifyAudit
  case checkDatabase
  case backup(Backup)
  case maintain(Maintain)
}

/// A statement and the stretch of text it was read from.
package struct ParsedStatement: Hashable, Sendable {
  package var statement: Statement
  package var span: SourceSpan

  package init(statement: Statement, span: SourceSpan) {
    self.statement = statement
    self.span = span
  }
}

/// `CREATE TABLE [IF NOT EXISTS] t (columns, constraints) [WITH (…)]`.
package struct CreateTable: Hashable, Sendable {
  package var name: ObjectName
  package var ifNotExists: Bool
  package var columns: [ColumnClause]
  /// `PRIMARY KEY (a, b)` as a table constraint.
  package var primaryKey: KeyClause?
  /// `UNIQUE (a, b)`, each as a table constraint.
  package var uniques: [KeyClause]
  package var options: [Option]

  package init(
    name: ObjectName, ifNotExists: Bool, columns: [ColumnClause], primaryKey: KeyClause?,
    uniques: [KeyClause] = [], options: [Option]
  ) {
    self.name = name
    self.ifNotExists = ifNotExists
    self.columns = columns
    self.primaryKey = primaryKey
    self.uniques = uniques
    self.options = options
  }
}

/// `[CONSTRAINT name] … (a, b)`.
package struct KeyClause: Hashable, Sendable {
  package var name: Name?
  package var columns: [Name]

  package init(name: Name? = nil, columns: [Name]) {
    self.name = name
    self.columns = columns
  }
}

/// `name type [NOT NULL] [PRIMARY KEY] [UNIQUE] [DEFAULT e] [ENTITY type]`.
package struct ColumnClause: Hashable, Sendable {
  package var name: Name
  package var type: TypeName
  package var isNotNull: Bool
  package var isPrimaryKey: Bool
  package var isUnique: Bool
  package var defaultValue: Expression?
  package var entityType: Name?

  package init(
    name: Name, type: TypeName, isNotNull: Bool = false, isPrimaryKey: Bool = false, isUnique: Bool = false,
    defaultValue: Expression? = nil, entityType: Name? = nil
  ) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
    self.isPrimaryKey = isPrimaryKey
    self.isUnique = isUnique
    self.defaultValue = defaultValue
    self.entityType = entityType
  }
}

package struct DropTable: Hashable, Sendable {
  package var name: ObjectName
  package var ifExists: Bool

  package init(name: ObjectName, ifExists: Bool) {
    self.name = name
    self.ifExists = ifExists
  }
}

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON t (a, b)`.
package struct CreateIndex: Hashable, Sendable {
  package var name: Name
  package var isUnique: Bool
  package var ifNotExists: Bool
  package var table: ObjectName
  package var columns: [Name]

  package init(name: Name, isUnique: Bool, ifNotExists: Bool, table: ObjectName, columns: [Name]) {
    self.name = name
    self.isUnique = isUnique
    self.ifNotExists = ifNotExists
    self.table = table
    self.columns = columns
  }
}

/// `DROP INDEX [IF EXISTS] name`.
package struct DropIndex: Hashable, Sendable {
  package var name: Name
  package var ifExists: Bool

  package init(name: Name, ifExists: Bool) {
    self.name = name
    self.ifExists = ifExists
  }
}

package struct CreateTenant: Hashable, Sendable {
  package var name: Name
  package var ifNotExists: Bool

  package init(name: Name, ifNotExists: Bool) {
    self.name = name
    self.ifNotExists = ifNotExists
  }
}

/// `INSERT INTO t [(columns)] VALUES (…), …`; a nil cell is `DEFAULT`.
package struct Insert: Hashable, Sendable {
  package var table: ObjectName
  package var columns: [Name]
  package var rows: [[Expression?]]
  package var span: SourceSpan

  package init(table: ObjectName, columns: [Name], rows: [[Expression?]], span: SourceSpan) {
    self.table = table
    self.columns = columns
    self.rows = rows
    self.span = span
  }
}

/// `COPY t [(columns)] FROM 'file' (FORMAT jsonl, HEADER true, VECTORS 'v.npy' INTO embedding, …)`.
package struct Copy: Hashable, Sendable {
  package var table: ObjectName
  package var columns: [Name]
  package var path: String
  package var pathSpan: SourceSpan
  /// All but VECTORS. `FORMAT jsonl` has the column expression `jsonl` as its value; a name alone has TRUE.
  package var options: [Option]
  package var vectors: VectorSource?

  package struct VectorSource: Hashable, Sendable {
    package var path: String
    package var pathSpan: SourceSpan
    package var column: Name

    package init(path: String, pathSpan: SourceSpan, column: Name) {
      self.path = path
      self.pathSpan = pathSpan
      self.column = column
    }
  }

  package init(
    table: ObjectName, columns: [Name], path: String, pathSpan: SourceSpan, options: [Option],
    vectors: VectorSource?
  ) {
    self.table = table
    self.columns = columns
    self.path = path
    self.pathSpan = pathSpan
    self.options = options
    self.vectors = vectors
  }
}

/// `UPDATE t [AS a] SET column = e | DEFAULT, … [WHERE …]`.
package struct Update: Hashable, Sendable {
  package struct Assignment: Hashable, Sendable {
    package var column: Name
    /// Nil: DEFAULT.
    package var value: Expression?

    package init(column: Name, value: Expression?) {
      self.column = column
      self.value = value
    }
  }

  package var table: ObjectName
  package var alias: Name?
  package var assignments: [Assignment]
  package var predicate: Expression?

  package init(table: ObjectName, alias: Name?, assignments: [Assignment], predicate: Expression?) {
    self.table = table
    self.alias = alias
    self.assignments = assignments
    self.predicate = predicate
  }
}

/// `DELETE FROM t [AS a] [WHERE …]`.
package struct Delete: Hashable, Sendable {
  package var table: ObjectName
  package var alias: Name?
  package var predicate: Expression?

  package init(table: ObjectName, alias: Name?, predicate: Expression?) {
    self.table = table
    self.alias = alias
    self.predicate = predicate
  }
}

/// `SAVEPOINT a`, `RELEASE [SAVEPOINT] a`, `ROLLBACK TO [SAVEPOINT] a`.
package struct Savepoint: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable, CaseIterable {
    case make = "SAVEPOINT"
    case release = "RELEASE SAVEPOINT"
    case rollback = "ROLLBACK TO SAVEPOINT"
  }

  package var verb: Verb
  package var name: Name

  package init(_ verb: Verb, name: Name) {
    self.verb = verb
    self.name = name
  }
}

/// What BEGIN or SET TRANSACTION asks of a transaction.
package struct Begin: Hashable, Sendable {
  package var isReadOnly: Bool

  package init(isReadOnly: Bool) { self.isReadOnly = isReadOnly }
}

/// `SET name = value | TO value`; a word that is no literal stands as a column expression of one name.
package struct SetVariable: Hashable, Sendable {
  package var name: Name
  package var value: Expression

  package init(name: Name, value: Expression) {
    self.name = name
    self.value = value
  }
}

package enum Show: Hashable, Sendable {
  case tables
  case tenants
  case keys
  case indexes
  case storage(ObjectName?)
  /// Any other: a session setting, or ALL.
  case setting(Name)
}

/// `EXPLAIN [(TOKENS | AST | PLAN | RULES | COST, FORMAT text|json)] statement`.
package struct Explain: Hashable, Sendable {
  package enum Stage: String, Hashable, Sendable, CaseIterable {
    case tokens = "TOKENS"
    case ast = "AST"
    case plan = "PLAN"
    case rules = "RULES"
    case cost = "COST"
  }

  package enum Format: String, Hashable, Sendable, CaseIterable { case text = "TEXT", json = "JSON" }

  /// Nil: the plan with costs.
  package var stage: Stage?
  package var isAnalyzed: Bool
  package var format: Format
  package var statement: Indirect<ParsedStatement>
  /// The statement's tokens, where `stage` is `tokens`; else empty.
  package var tokens: [TokenLine]

  package init(
    stage: Stage?, isAnalyzed: Bool, format: Format, statement: Indirect<ParsedStatement>,
    tokens: [TokenLine] = []
  ) {
    self.stage = stage
    self.isAnalyzed = isAnalyzed
    self.format = format
    self.statement = statement
    self.tokens = tokens
  }
}

/// One token as `EXPLAIN (TOKENS)` shows it.
package struct TokenLine: Hashable, Sendable {
  /// `keyword`, `identifier`, `integer`, …
  package var kind: String
  /// As written.
  package var text: String
  package var span: SourceSpan

  package init(kind: String, text: String, span: SourceSpan) {
    self.kind = kind
    self.text = text
    self.span = span
  }
}

/// A value behind one more step, where a struct holds its own kind.
package indirect enum Indirect<Value: Hashable & Sendable>: Hashable, Sendable {
  case value(Value)

  package var value: Value {
    switch self {
    case .value(let value): value
    }
  }
}

/// `ERASE ENTITY 'p-17' [TYPE patient] [IN TENANT acme] [REASON '…'] [DRY RUN]`.
package struct EraseEntity: Hashable, Sendable {
  /// A string or a parameter.
  package var entity: Expression
  package var type: Name?
  package var tenant: Name?
  package var reason: Expression?
  package var isDryRun: Bool

  package init(entity: Expression, type: Name?, tenant: Name?, reason: Expression?, isDryRun: Bool) {
    self.entity = entity
    self.type = type
    self.tenant = tenant
    self.reason = reason
    self.isDryRun = isDryRun
  }
}

/// `ROTATE KEY [TENANT acme | ALL TENANTS | ROOT]`; nothing said: the session's tenant.
package struct RotateKey: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    case sessionTenant
    case tenant(Name)
    case allTenants
    case root
  }

  package var target: Target

  package init(target: Target) { self.target = target }
}

/// `VACUUM [t]`, `ANALYZE [t]`; no table said: every table.
package struct Maintain: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable, CaseIterable {
    case vacuum = "VACUUM"
    case analyze = "ANALYZE"
  }

  package var verb: Verb
  package var table: ObjectName?

  package init(_ verb: Verb, table: ObjectName?) {
    self.verb = verb
    self.table = table
  }
}

/// `BACKUP TO 'dir'`.
package struct Backup: Hashable, Sendable {
  /// A string or a parameter.
  package var directory: Expression

  package init(directory: Expression) { self.directory = directory }
}
