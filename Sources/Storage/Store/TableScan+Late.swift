import VSQLSchema

extension TableScan {
  /// Columns that the scan was not made with, for the last batch that it gave: what only few of its rows need.
  ///
  /// - Parameters:
  ///   - ordinals: of the table's columns.
  ///   - batch: the last batch, with the rows selected that are wanted.
  /// - Returns: the columns of all rows of the batch, or, where so few are selected that their cells are opened one by one, of the
  ///   selected rows alone (`isCompact`).
  /// - Throws: 40001 when rows were erased since the snapshot, XX001 when a file is damaged.
  package func late(_ ordinals: [Int], for batch: Batch) throws -> (columns: [Column], isCompact: Bool) {
    guard let present else { return ([], false) }
    switch (present.content, present.rows) {
    case (.memory(let chunk), .range): return (ordinals.map { chunk.columns[$0] }, false)
    case (.memory(let chunk), .list(let rows)):
      return (ordinals.map { chunk.columns[$0].gather(rows) }, false)
    case (.segment(let segment), .list(let rows)):
      let wanted = batch.selection.map { $0.map { rows[Int($0)] } } ?? rows
      let columns = try segment.rows(wanted, columns: ordinals)
      try guardian.check(epoch: epoch)
      return (columns, batch.selection != nil)
    case (.segment(let segment), .range(let rows)):
      let first = rows.lowerBound
      let columns: [Column]
      let isCompact: Bool
      if let selection = batch.selection, selection.count * Self.fewFraction <= batch.count {
        columns = try segment.rows(selection.map { first + Int($0) }, columns: ordinals)
        isCompact = true
      } else {
        columns = try segment.batch(rows: rows, columns: ordinals, user: user).columns
        isCompact = false
      }
      // What was erased meanwhile reads as NULL: the scan ends before anyone sees it.
      try guardian.check(epoch: epoch)
      return (columns, isCompact)
    }
  }

  /// Below this share of a batch, opening single cells costs less than opening the whole column once: a cell takes its unit's open
  /// (about 1.5 us) either way, but the column's stays open for later scans.
  private static let fewFraction = 16
}
