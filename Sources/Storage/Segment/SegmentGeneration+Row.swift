internal import Synchronization
import VSQLSchema

/// Reads of one row by its key: what they ask of a segment lies open, and one cell is opened.
extension SegmentGeneration {
  /// The first row with this key of `index` that `isWanted`; the run is opened where its filter does not rule the key out.
  func ordinal(
    ofKey key: [UInt8], hash: UInt64, of index: IndexDefinition, isRuledOut: inout Bool,
    where isWanted: (Int) -> Bool
  ) throws(StorageError) -> Int? {
    let (kept, keptFilter) = cache.withLock { ($0.openedRun(of: index.id), $0.filters[index.id]) }
    var filter = keptFilter
    if filter == nil { filter = try self.filter(of: index) }
    if let filter, !filter.mayHold(hash) {
      isRuledOut = true
      return nil
    }
    if let kept { return kept.first(key, where: isWanted) }
    return try run(of: index)?.first(key, where: isWanted)
  }

  /// One row's id and columns; opens its cells only, unless whole columns are open already.
  func row(_ row: Int, columns ordinals: [Int]) throws(StorageError) -> (id: RowID, columns: [Column]) {
    let opened = try openedDirectory()
    let open = cache.withLock { $0.columns }
    var found: [Column] = []
    found.reserveCapacity(ordinals.count)
    var records: [Column]?
    for ordinal in ordinals {
      if let whole = open[ordinal] {
        found.append(whole.gather([row]))
        continue
      }
      guard let group = opened.groups[ordinal] else { throw noGroup(ordinal) }
      if let place = opened.layoutPlaces[ordinal] {
        if records == nil {
          let tables = try valueTables()
          records = try opener.withLock { opener throws(StorageError) in
            try opener.record(
              row, opened.directory, group: group, tables: tables, isGone: opened.gone?[row] ?? false)
          }
        }
        if let records { found.append(records[place]) }
        continue
      }
      let columns = try opener.withLock { opener throws(StorageError) in
        try opener.rows([row], opened.directory, group: group, tables: [:], gone: opened.gone)
      }
      guard let column = columns[ordinal] else { throw noGroup(ordinal) }
      found.append(column)
    }
    return (opened.directory.rowIDs[row], found)
  }
}

extension SegmentGeneration.Cache {
  fileprivate func openedRun(of index: IndexID) -> KeyRun? {
    if index == .primaryKey { return keyRun.flatMap(\.self) }
    return indexRuns[index]
  }
}
