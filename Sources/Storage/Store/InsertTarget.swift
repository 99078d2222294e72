import VSQLSchema

/// A table as the insert of single rows needs it.
final class InsertTarget {
  let definition: TableDefinition
  /// Its unique keys, each with its name among the transaction's own keys.
  let keys: [(index: IndexDefinition, place: Transaction.OwnKey)]
  /// By column: whether NULL is refused.
  private let isRequired: [Bool]

  init(_ table: TableDefinition) {
    definition = table
    keys = table.uniqueKeys.map { ($0, Transaction.OwnKey(table: table.id, index: $0.id)) }
    isRequired = table.columns.indices.map { table.columns[$0].isNotNull || table.primaryKey.contains($0) }
  }

  /// The first column that has no value and must have one.
  func missing(in values: [Value]) -> Int? {
    for (ordinal, value) in values.enumerated() {
      if case .null = value, isRequired[ordinal] { return ordinal }
    }
    return nil
  }
}

/// A transaction's own unique keys, and the provisional rows that hold them. It has few indexes and many keys.
struct OwnKeys: Sendable {
  private var places: [Transaction.OwnKey] = []
  private var rows: [[RowKey: RowID]] = []

  /// - Returns: the own row that had the key before.
  mutating func take(_ key: RowKey, _ row: RowID, _ place: Transaction.OwnKey) -> RowID? {
    let index = index(place)
    return rows[index].updateValue(row, forKey: key)
  }

  /// Undoes `take`.
  mutating func giveBack(_ key: RowKey, _ place: Transaction.OwnKey, before: RowID?) {
    let index = index(place)
    rows[index][key] = before
  }

  private mutating func index(_ place: Transaction.OwnKey) -> Int {
    if let index = places.firstIndex(of: place) { return index }
    places.append(place)
    rows.append([:])
    return places.count - 1
  }
}
