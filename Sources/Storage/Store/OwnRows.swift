import VSQLDiagnostics
import VSQLSchema

/// Rows that a transaction inserted a few at a time and that no chunk holds yet: columns that grow, so that a row is copied once.
struct OwnRows: Sendable {
  /// A batch of more rows is a chunk of its own.
  static let fewRows = 64

  let table: TableID
  private(set) var rowIDs: [RowID] = []
  private var columns: [ColumnAccumulator]

  init(of table: TableDefinition) {
    self.table = table.id
    columns = table.columns.map { ColumnAccumulator(type: $0.type) }
  }

  var count: Int { rowIDs.count }
  var types: [SQLType] { columns.map(\.type) }
  var chunk: MemoryChunk { MemoryChunk(rowIDs: rowIDs, columns: columns.map { $0.finish() }) }

  /// Appends a chunk's rows, whose ids lie above all others.
  ///
  /// - Throws: 42804 when a column has another type; nothing was appended.
  mutating func append(_ chunk: MemoryChunk) throws(Diagnostic) {
    let before = count
    let rows = Array(0..<chunk.count)
    do {
      for ordinal in columns.indices { try columns[ordinal].append(chunk.columns[ordinal], rows: rows) }
    } catch {
      for ordinal in columns.indices { columns[ordinal].removeLast(columns[ordinal].count - before) }
      throw error
    }
    rowIDs += chunk.rowIDs
  }

  mutating func removeLast(_ rows: Int) {
    for ordinal in columns.indices { columns[ordinal].removeLast(min(rows, columns[ordinal].count)) }
    rowIDs.removeLast(min(rows, rowIDs.count))
  }
}
