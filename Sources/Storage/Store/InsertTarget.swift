import VSQLSchema

/// A table as the insert of single rows needs it.
final class InsertTarget {
  let definition: TableDefinition
  let types: [SQLType]
  let keys: [Key]
  /// By column: whether NULL is refused.
  private let isRequired: [Bool]

  /// A unique key, and its name among the transaction's own keys.
  final class Key {
    let index: IndexDefinition
    let place: Transaction.OwnKey

    init(_ index: IndexDefinition, of table: TableID) {
      self.index = index
      place = Transaction.OwnKey(table: table, index: index.id)
    }
  }

  init(_ table: TableDefinition) {
    definition = table
    types = table.types
    keys = table.uniqueKeys.map { Key($0, of: table.id) }
    isRequired = table.columns.indices.map { table.columns[$0].isNotNull || table.primaryKey.contains($0) }
  }

  /// The first column that has no value and must have one.
  func missing(in values: [Value]) -> Int? {
    for ordinal in values.indices where isRequired[ordinal] {
      if case .null = values[ordinal] { return ordinal }
    }
    return nil
  }
}

/// A transaction's own unique keys, and the provisional rows that hold them. It has few indexes and many keys.
struct OwnKeys: Sendable {
  private var places: [Transaction.OwnKey] = []
  private var tables: [RowKeyTable] = []

  /// - Parameter hash: `RowKeyTable.hash` of the key.
  /// - Returns: the own row that had the key before, and what gives it back.
  mutating func take(
    _ key: Span<UInt8>, hash: UInt64, _ row: RowID, _ place: Transaction.OwnKey
  ) -> (before: RowID?, taking: Taking) {
    var number = 0
    while number < places.count, places[number] != place { number += 1 }
    if number == places.count {
      places.append(place)
      tables.append(RowKeyTable())
    }
    let (entry, before) = tables[number].set(key, hash: hash, to: row)
    return (before, Taking(table: number, entry: entry, before: before))
  }

  /// Undoes the last `take` that is not undone.
  mutating func giveBack(_ taking: Taking) { tables[taking.table].restore(taking.entry, to: taking.before) }

  struct Taking: Sendable {
    fileprivate let table: Int
    fileprivate let entry: Int
    fileprivate let before: RowID?
  }
}
