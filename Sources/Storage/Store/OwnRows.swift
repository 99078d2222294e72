import VSQLDiagnostics
import VSQLSchema

/// Rows that a transaction inserted one by one and that no chunk holds yet: they become columns when something reads them, or when they
/// are enough.
struct OwnRows: Sendable {
  let table: TableID
  let types: [SQLType]
  private(set) var rowIDs: [RowID] = []
  /// Of the first rows; empty: of none.
  private var columns: [Column] = []
  /// The rows after those, one after the other: a few, so that what grows with each row stays in the processor's cache.
  private var staged: [Value] = []

  private static let mostStaged = 64

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
    if staged.count >= Self.mostStaged * types.count { settle() }
    staged += row
    rowIDs.append(id)
  }

  mutating func removeLast(_ rows: Int) {
    let removed = min(rows, count)
    rowIDs.removeLast(removed)
    if removed * types.count <= staged.count {
      staged.removeLast(removed * types.count)
    } else {
      staged = []
      columns = rowIDs.isEmpty ? [] : columns.map { $0.gather(Array(rowIDs.indices)) }
    }
  }

  /// Moves the staged rows into the columns.
  private mutating func settle() {
    if staged.isEmpty { return }
    let more = Column.columns(ofRows: staged, types: types)
    staged.removeAll(keepingCapacity: true)
    if columns.isEmpty {
      columns = more
    } else {
      for ordinal in columns.indices { columns[ordinal].append(more[ordinal]) }
    }
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
    var settled = self
    settled.settle()
    return Flushed(
      table: table, types: types, chunk: MemoryChunk(rowIDs: rowIDs, columns: settled.columns))
  }

  init(_ flushed: Flushed) {
    self.init(of: flushed.table, types: flushed.types)
    rowIDs = flushed.chunk.rowIDs
    columns = flushed.chunk.columns
  }
}
