import VSQLSchema

/// One record alone: a point read opens one cell, and makes no more than its columns.
extension SegmentOpener {
  /// The columns of the record of row `row`, of one row each, in the layout's order; NULL where it is gone.
  func record(
    _ row: Int, _ directory: SegmentDirectory, group: Int, tables: [Int: ValueTable], isGone: Bool
  ) throws(StorageError) -> [Column] {
    let cells = directory.groups[group].cells
    let range = cells.range(row)
    var opened = RowBytes()
    if !isGone, !range.isEmpty {
      guard range.count >= Sealer.tagBytes else { throw damagedRecord(cells, row: row) }
      let sealed = try cellsOnDevice().read(at: range.lowerBound, count: range.count)
      opened.bytes = [UInt8](repeating: 0, count: range.count - Sealer.tagBytes)
      let keys = try keptKeys(row)
      if !cipher.open(sealed.span, keys: keys, group: group, row: row, into: &opened.bytes, at: 0) {
        throw unauthentic(group, range)
      }
    }
    opened.ends.append(opened.bytes.count)
    var decoder = RecordDecoder(
      layout: directory.layout, types: directory.types, tables: tables, capacity: 1)
    if decoder.decode(try unpacked(opened, rows: CollectionOfOne(row), cells)) != nil {
      throw damagedRecord(cells, row: row)
    }
    return decoder.columns()
  }
}
