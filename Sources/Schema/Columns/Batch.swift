/// Rows on their way through operators: at most `Batch.capacity`, in typed columns.
package struct Batch: Sendable {
  /// Rows in a full batch.
  package static let capacity = 2_048

  package var columns: [Column]
  /// Rows that each column holds.
  package var count: Int
  /// The rows that are in the batch, ascending; nil: all. A filter makes this and moves no data.
  package var selection: [UInt16]?
  /// The row id of each of the `count` rows, where the batch comes from a table.
  package var rowIDs: [RowID]?

  package init(columns: [Column], count: Int, selection: [UInt16]? = nil, rowIDs: [RowID]? = nil) {
    self.columns = columns
    self.count = count
    self.selection = selection
    self.rowIDs = rowIDs
  }

  /// Rows that are in the batch.
  package var selectedCount: Int { selection?.count ?? count }
}
