/// A table as DDL made it. Database-wide: its rows belong to tenants.
package struct TableDefinition: Hashable, Sendable {
  package var id: TableID
  package var name: String
  package var columns: [ColumnDefinition]
  /// Ordinals of the PRIMARY KEY's columns, in key order; empty: none.
  package var primaryKey: [Int]
  /// Of the constraint; without meaning where there is none.
  package var primaryKeyName: String
  /// The column that names the data subject of a row, and its type.
  package var entity: EntityColumn?
  package var seal: Seal
  package var origin: Origin
  /// Besides the PRIMARY KEY's, in the order in which they were made.
  package var indexes: [IndexDefinition]

  /// What of a table is sealed under one key.
  package enum Seal: UInt8, Hashable, Sendable, CaseIterable {
    /// Each record: it can be erased by itself.
    case record = 0
    /// Pages of 1,024 rows, each column of one by itself. Not for tables with an ENTITY column.
    case page = 1

    /// As it is written in WITH (seal = …).
    package var name: String {
      switch self {
      case .record: "record"
      case .page: "page"
      }
    }
  }

  /// Where rows come from.
  package enum Origin: UInt8, Hashable, Sendable {
    case stored = 0
    /// `audit.events`: read from the chain, never written by a statement.
    case auditEvents = 1
  }

  package init(
    id: TableID, name: String, columns: [ColumnDefinition], primaryKey: [Int] = [],
    primaryKeyName: String? = nil,
    entity: EntityColumn? = nil, seal: Seal = .record, origin: Origin = .stored,
    indexes: [IndexDefinition] = []
  ) {
    self.id = id
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.primaryKeyName = primaryKeyName ?? name + "_pkey"
    self.entity = entity
    self.seal = seal
    self.origin = origin
    self.indexes = indexes
  }
}

package struct ColumnDefinition: Hashable, Sendable {
  package var name: String
  package var type: SQLType
  package var isNotNull: Bool
  /// The DEFAULT expression as SQL text; it is parsed and bound where it is used.
  package var defaultSQL: String?

  package init(name: String, type: SQLType, isNotNull: Bool = false, defaultSQL: String? = nil) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
    self.defaultSQL = defaultSQL
  }
}

package struct EntityColumn: Hashable, Sendable {
  package var ordinal: Int
  /// The type's name: `patient`.
  package var type: String

  package init(ordinal: Int, type: String) {
    self.ordinal = ordinal
    self.type = type
  }
}
