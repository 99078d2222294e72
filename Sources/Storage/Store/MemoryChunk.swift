internal import Synchronization
import VSQLDiagnostics
import VSQLSchema

/// Committed (or a transaction's own) rows that no segment holds yet: flat columns of at most `Batch.capacity` rows.
package final class MemoryChunk: Sendable {
  /// Ascending.
  package let rowIDs: [RowID]
  /// All columns of the table, in table order, flat.
  package let columns: [Column]
  package let sizeBytes: Int
  /// Sorted keys by index, made when a scan first looks one up.
  private let runs = Mutex<[IndexID: KeyRun]>([:])

  /// Ordinals plus one by whole key, of the indexes that single keys were looked up in.
  private let points = Mutex<[(index: IndexID, table: RowKeyTable)]>([])

  package var count: Int { rowIDs.count }

  init(rowIDs: [RowID], columns: [Column]) {
    self.rowIDs = rowIDs
    self.columns = columns
    sizeBytes = columns.reduce(rowIDs.count * 8) { $0 + $1.sizeBytes }
  }

  /// The keys of `index`, sorted.
  func run(of index: IndexDefinition) -> KeyRun {
    runs.withLock { runs in
      if let run = runs[index.id] { return run }
      let run = KeyRun(of: index.columns, in: [Batch(columns: columns, count: count)])
      runs[index.id] = run
      return run
    }
  }

  /// The row that has a whole key of `index`, which is unique: of rows with one key, all but the last are deleted.
  ///
  /// - Parameter hash: `RowKeyTable.hash` of the key.
  func row(of key: [UInt8], hash: UInt64, in index: IndexDefinition) -> Int? {
    points.withLock { points -> Int? in
      for place in points.indices where points[place].index == index.id {
        return points[place].table.row(of: key.span, hash: hash).map { Int($0) - 1 }
      }
      var table = RowKeyTable()
      let keyColumns = index.columns.map { columns[$0] }
      var bytes: [UInt8] = []
      for row in 0..<count {
        bytes.removeAll(keepingCapacity: true)
        if KeyEncoder.append(keyColumns, row: row, to: &bytes) {
          table.set(bytes.span, hash: RowKeyTable.hash(bytes.span), to: RowID(row + 1))
        }
      }
      points.append((index.id, table))
      return table.row(of: key.span, hash: hash).map { Int($0) - 1 }
    }
  }

  /// The same rows under ids from `first` on.
  func renumbered(from first: RowID) -> MemoryChunk {
    MemoryChunk(rowIDs: (0..<UInt64(count)).map { first + $0 }, columns: columns)
  }

  /// One chunk of the live rows of several, in their order.
  static func joined(_ parts: [(chunk: MemoryChunk, rows: [Int])], types: [SQLType]) throws(Diagnostic)
    -> MemoryChunk
  {
    var accumulators = types.map { ColumnAccumulator(type: $0) }
    var rowIDs: [RowID] = []
    for (chunk, rows) in parts {
      rowIDs.append(contentsOf: rows.lazy.map { chunk.rowIDs[$0] })
      for ordinal in accumulators.indices {
        try accumulators[ordinal].append(chunk.columns[ordinal], rows: rows)
      }
    }
    return MemoryChunk(rowIDs: rowIDs, columns: accumulators.map { $0.finish() })
  }
}
