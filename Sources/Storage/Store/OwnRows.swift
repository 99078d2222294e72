import VSQLDiagnostics
import VSQLSchema

/// Rows that a transaction inserted one by one and that no chunk holds yet: they become columns when something reads them, or when they
/// are enough.
struct OwnRows: Sendable {
  let table: TableID
  let types: [SQLType]
  private(set) var rowIDs: [RowID] = []
  /// One after the other.
  private var values: [Value] = []

  init(of table: TableID, types: [SQLType]) {
    self.table = table
    self.types = types
  }

  var count: Int { rowIDs.count }

  /// Appends a row, whose id lies above all others.
  ///
  /// - Throws: 42804 when a value is of another type than its column; nothing was appended.
  mutating func append(_ row: [Value], _ id: RowID) throws(Diagnostic) {
    if let misfit = Column.misfit(in: row, of: types) {
      throw Diagnostic(
        .datatypeMismatch, "a value does not have the type \(types[misfit]) of its column")
    }
    values += row
    rowIDs.append(id)
  }

  mutating func removeLast(_ rows: Int) {
    let removed = min(rows, count)
    values.removeLast(removed * types.count)
    rowIDs.removeLast(removed)
  }
}

extension OwnRows {
  /// The rows as their table's view got them, from which they can come back.
  struct Flushed: Sendable {
    let table: TableID
    let types: [SQLType]
    let chunk: MemoryChunk
  }

  var flushed: Flushed {
    Flushed(
      table: table, types: types,
      chunk: MemoryChunk(rowIDs: rowIDs, columns: Column.columns(ofRows: values, types: types)))
  }

  init(_ flushed: Flushed) {
    self.init(of: flushed.table, types: flushed.types)
    rowIDs = flushed.chunk.rowIDs
    for row in rowIDs.indices { values += flushed.chunk.columns.map { $0.value(at: row) } }
  }
}
