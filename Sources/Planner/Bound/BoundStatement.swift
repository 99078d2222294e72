import VSQLDiagnostics
import VSQLSchema

/// A statement whose names are settled and whose types are known: ordinals and ids, nothing left to look up.
package struct BoundStatement: Sendable {
  /// One reference, so that a prepared statement's runs hand it on at no cost.
  private var content: Content

  private final class Content: Sendable {
    let kind: Kind
    let accesses: [Access]
    let parameterTypes: [SQLType]
    let parameterNames: [String]?
    let notices: [String]
    let identity: Identity

    init(
      _ kind: Kind, accesses: [Access], parameterTypes: [SQLType], parameterNames: [String]?,
      notices: [String],
      identity: Identity
    ) {
      self.kind = kind
      self.accesses = accesses
      self.parameterTypes = parameterTypes
      self.parameterNames = parameterNames
      self.notices = notices
      self.identity = identity
    }
  }

  package var kind: Kind {
    get { content.kind }
    set {
      content = Content(
        newValue, accesses: accesses, parameterTypes: parameterTypes, parameterNames: parameterNames,
        notices: notices, identity: identity)
    }
  }

  /// Everything that the statement touches, through subqueries and EXPLAIN too.
  package var accesses: [Access] { content.accesses }
  /// The type that each parameter is cast to, by index.
  package var parameterTypes: [SQLType] { content.parameterTypes }
  /// `$1` is index 0; `:name` in order of first use. Both forms in one statement are an error.
  package var parameterNames: [String]? { content.parameterNames }
  /// What the user should know beside the answer.
  package var notices: [String] { content.notices }
  /// Shared by what planning makes of this statement, and by nothing else.
  package var identity: Identity { content.identity }

  package final class Identity: Sendable {}

  package init(
    kind: Kind, accesses: [Access] = [], parameterTypes: [SQLType] = [], parameterNames: [String]? = nil,
    notices: [String] = []
  ) {
    content = Content(
      kind, accesses: accesses, parameterTypes: parameterTypes, parameterNames: parameterNames,
      notices: notices, identity: Identity())
  }

  package indirect enum Kind: Sendable {
    case query(Plan)
    case insert(BoundInsert)
    case update(BoundUpdate)
    case delete(BoundDelete)
    case copy(BoundCopy)
    /// The id is drawn at execution. `.ifNotExists` and the table is there: nothing happens.
    case createTable(TableDefinition, isThereAlready: Bool)
    /// Nil: IF EXISTS and it does not.
    case dropTable(TableDefinition?)
    /// The index's id is drawn at execution. Nil: IF NOT EXISTS and it is there.
    case createIndex(BoundIndex?)
    /// Nil: IF EXISTS and it does not.
    case dropIndex(BoundIndex?)
    case createTenant(name: String, isThereAlready: Bool)
    case begin(isReadOnly: Bool)
    case commit
    case rollback
    case savepoint(BoundSavepoint)
    /// Of the open transaction.
    case setTransaction(isReadOnly: Bool)
    case setTenant(TenantName)
    case set(name: String, value: Value)
    case reset(name: String)
    case show(BoundShow)
    case describe(TableDefinition)
    case explain(BoundExplain)
    case eraseEntity(BoundErase)
    case rotateKey(BoundRotation)
    case verifyAudit
    case checkDatabase
    /// Into the directory that the text names.
    case backup(to: Scalar)
    case maintain(BoundMaintenance)
  }
}

/// A step with a savepoint, by its name.
package enum BoundSavepoint: Hashable, Sendable {
  case make(String)
  case release(String)
  case rollback(to: String)
}

/// An index and its table.
package struct BoundIndex: Hashable, Sendable {
  package var table: TableDefinition
  package var index: IndexDefinition

  package init(table: TableDefinition, index: IndexDefinition) {
    self.table = table
    self.index = index
  }
}

/// Rows of VALUES in the table's column order, defaults filled in, cast for assignment.
package struct BoundInsert: Hashable, Sendable {
  package var table: TableDefinition
  package var rows: [[Scalar]]
  package var subqueries: [Plan]
  /// The one row is the statement's parameters, in their order: the planner says so, and nothing is evaluated then.
  package var takesParameters = false

  package init(table: TableDefinition, rows: [[Scalar]], subqueries: [Plan] = []) {
    self.table = table
    self.rows = rows
    self.subqueries = subqueries
  }
}

package struct BoundUpdate: Hashable, Sendable {
  package var table: TableDefinition
  /// Its root gives all columns of the table, in order, of the rows to change, with their row ids.
  package var matching: Plan
  /// One scalar a column of the table, over `matching`'s output: the new row.
  package var newRow: [Scalar]

  package init(table: TableDefinition, matching: Plan, newRow: [Scalar]) {
    self.table = table
    self.matching = matching
    self.newRow = newRow
  }
}

package struct BoundDelete: Hashable, Sendable {
  package var table: TableDefinition
  /// Gives the rows to delete, with their row ids.
  package var matching: Plan

  package init(table: TableDefinition, matching: Plan) {
    self.table = table
    self.matching = matching
  }
}

package struct BoundCopy: Hashable, Sendable {
  package enum Format: String, Hashable, Sendable, CaseIterable { case csv, jsonl, npy }

  package var table: TableDefinition
  /// Ordinals that the file fills; others get their default.
  package var columns: [Int]
  /// One a column of the table, for those that the file leaves out or leaves empty.
  package var defaults: [Scalar]
  package var path: String
  package var format: Format
  package var hasHeader: Bool
  package var delimiter: UInt8
  package var nullText: String
  /// A matrix whose row i goes to row i of the file.
  package var vectors: Vectors?

  package struct Vectors: Hashable, Sendable {
    package var path: String
    package var column: Int

    package init(path: String, column: Int) {
      self.path = path
      self.column = column
    }
  }

  package init(
    table: TableDefinition, columns: [Int], defaults: [Scalar], path: String, format: Format,
    hasHeader: Bool = true, delimiter: UInt8 = UInt8(ascii: ","), nullText: String = "",
    vectors: Vectors? = nil
  ) {
    self.table = table
    self.columns = columns
    self.defaults = defaults
    self.path = path
    self.format = format
    self.hasHeader = hasHeader
    self.delimiter = delimiter
    self.nullText = nullText
    self.vectors = vectors
  }
}

package enum BoundShow: Hashable, Sendable {
  case tables
  case tenants
  case keys
  case indexes
  /// Nil: every table.
  case storage(TableDefinition?)
  case setting(String)
  case allSettings
}

package struct BoundExplain: Sendable {
  package enum Stage: Sendable { case tokens, ast, plan, rules, cost }
  package enum Format: Sendable { case text, json }

  package var stage: Stage
  package var isAnalyzed: Bool
  package var format: Format
  /// What TOKENS and AST show is made before binding.
  package var lines: [String]
  /// The statement explained; nil for TOKENS and AST.
  package var statement: BoundStatement?

  package init(
    stage: Stage, isAnalyzed: Bool, format: Format, lines: [String], statement: BoundStatement?
  ) {
    self.stage = stage
    self.isAnalyzed = isAnalyzed
    self.format = format
    self.lines = lines
    self.statement = statement
  }
}

package struct BoundErase: Hashable, Sendable {
  /// A constant or parameter of type TEXT, or of the entity column's type.
  package var entity: Scalar
  /// Nil: every type that has such an entity.
  package var type: String?
  package var tenant: TenantName
  package var reason: Scalar?
  package var isDryRun: Bool

  package init(entity: Scalar, type: String?, tenant: TenantName, reason: Scalar?, isDryRun: Bool) {
    self.entity = entity
    self.type = type
    self.tenant = tenant
    self.reason = reason
    self.isDryRun = isDryRun
  }
}

package enum BoundRotation: Hashable, Sendable {
  case tenants([TenantName])
  case root
}

/// Work on the segments of tables, of the session's tenant.
package struct BoundMaintenance: Hashable, Sendable {
  package enum Verb: Hashable, Sendable { case vacuum, analyze }

  package var verb: Verb
  /// By name.
  package var tables: [TableDefinition]

  package init(_ verb: Verb, tables: [TableDefinition]) {
    self.verb = verb
    self.tables = tables
  }
}
