import VSQLSchema

extension Batch {
  /// The selected rows alone, in flat columns; the batch itself when all are selected.
  func compacted() -> Batch {
    guard let selection else { return self }
    return Batch(
      columns: columns.map { Columns.gather($0, positions: selection) }, count: selection.count,
      rowIDs: rowIDs.map { ids in selection.map { ids[Int($0)] } })
  }

  /// The batch without the first `offset` of its rows, and at most `limit` of the rest.
  func cut(offset: Int, limit: Int) -> Batch {
    if offset == 0, limit >= selectedCount { return self }
    var copy = self
    if let selection {
      copy.selection = Array(selection.dropFirst(offset).prefix(limit))
    } else {
      let end = offset + min(limit, count - offset)
      copy.selection = (offset..<end).map { UInt16(truncatingIfNeeded: $0) }
    }
    return copy
  }

  /// Long flat columns cut into batches.
  static func pieces(of columns: [Column], count: Int) -> [Batch] {
    if count == 0 { return [] }
    if count <= capacity { return [Batch(columns: columns, count: count)] }
    return stride(from: 0, to: count, by: capacity).map { start in
      let rows = start..<min(start + capacity, count)
      return Batch(columns: columns.map { Columns.slice($0, rows) }, count: rows.count)
    }
  }
}

extension Column {
  /// The selected rows alone, in flat form.
  func flat(_ selection: [UInt16]?) -> Column {
    guard let selection else { return Columns.flattened(self) }
    return Columns.flattened(Columns.gather(self, positions: selection))
  }
}
