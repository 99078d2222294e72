import VSQLDiagnostics
import VSQLSchema

/// Rows that a transaction inserted one by one and that no chunk holds yet: a row is copied once, not with each of those after it.
struct OwnRows: Sendable {
  let table: TableID
  private(set) var rowIDs: [RowID] = []
  private var columns: [ColumnBuilder]

  init(of table: TableDefinition) {
    self.table = table.id
    columns = table.columns.map { ColumnBuilder(type: $0.type) }
  }

  var count: Int { rowIDs.count }
  var types: [SQLType] { columns.map(\.type) }
  var chunk: MemoryChunk { MemoryChunk(rowIDs: rowIDs, columns: columns.map { $0.finish() }) }

  /// Appends a row, whose id lies above all others.
  ///
  /// - Throws: 42804 when a value is of another type than its column; nothing was appended.
  mutating func append(_ values: [Value], _ row: RowID) throws(Diagnostic) {
    do {
      for (ordinal, value) in values.enumerated() { try columns[ordinal].append(value) }
    } catch {
      for ordinal in columns.indices { columns[ordinal].removeLast(columns[ordinal].count - count) }
      throw error
    }
    rowIDs.append(row)
  }

  mutating func removeLast(_ rows: Int) {
    let removed = min(rows, count)
    for ordinal in columns.indices { columns[ordinal].removeLast(removed) }
    rowIDs.removeLast(removed)
  }
}
