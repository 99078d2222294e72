/// A random id of an index; 0: the PRIMARY KEY's.
package struct IndexID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }

  package static let primaryKey = IndexID(0)
}

/// A way to rows by the values of some columns. Database-wide, as its table; it holds the keys of each tenant's rows apart.
package struct IndexDefinition: Hashable, Sendable {
  package var id: IndexID
  package var name: String
  /// Ordinals of the table's columns, in key order; at least one.
  package var columns: [Int]
  /// No two rows of a tenant have one key; a NULL makes a row differ from every other.
  package var isUnique: Bool
  /// Made by a constraint of its table, which it cannot leave.
  package var isConstraint: Bool

  package init(id: IndexID, name: String, columns: [Int], isUnique: Bool, isConstraint: Bool = false) {
    self.isConstraint = isConstraint
    self.id = id
    self.name = name
    self.columns = columns
    self.isUnique = isUnique
  }
}

extension TableDefinition {
  /// Every sorted run by which rows can be found: the PRIMARY KEY's first.
  package var accessPaths: [IndexDefinition] {
    if primaryKey.isEmpty { return indexes }
    let key = IndexDefinition(
      id: .primaryKey, name: primaryKeyName, columns: primaryKey, isUnique: true, isConstraint: true)
    return [key] + indexes
  }

  /// Those of which no two rows have one key.
  package var uniqueKeys: [IndexDefinition] { accessPaths.filter(\.isUnique) }
}

extension Catalog {
  /// The sorted runs of a stored table, by which a plan may find rows.
  package func accessPaths(ofTable name: String) -> [IndexDefinition] {
    table(named: name)?.accessPaths ?? []
  }

  /// The index of this name, and its table.
  package func index(named name: String) -> (table: TableDefinition, index: IndexDefinition)? {
    for table in tables {
      if let index = table.accessPaths.first(where: { $0.name == name }) { return (table, index) }
    }
    return nil
  }
}
