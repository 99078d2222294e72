import VSQLSchema

extension SegmentReader {
  /// Whether fewer than 20 entities would share some piece of the dictionary once the rows `ordinals` are gone. Records that point at it
  /// would not open without it, so the segment must be written anew then; `erase` takes only what leaves the dictionary whole.
  func losesPieces(erasing ordinals: [Int]) throws(StorageError) -> Bool {
    let old = generation
    guard let dictionary = try old.dictionary() else { return false }
    let before = Set(try old.erasedOrdinals())
    let rows = Set(ordinals.filter { $0 >= 0 && $0 < old.manifest.rowCount }).subtracting(before).sorted()
    return try dictionary.removing(old.entitiesSharing(dictionary, rows: rows)) == nil
  }
}

extension SegmentGeneration {
  /// By piece of `dictionary`: the entities of `rows` that share it, as far as its sample takes them.
  ///
  /// - Parameter rows: not erased, and with each all others of its entity.
  func entitiesSharing(_ dictionary: SharedDictionary, rows: [Int]) throws(StorageError) -> [UInt32] {
    let taken = rows.filter(dictionary.sample.holds)
    let ordinals = Set(dictionary.columns + [table.entity?.ordinal].compactMap { $0 }).sorted()
    let found = try self.rows(taken, columns: ordinals)
    // Of other columns nobody asks.
    var columns = table.columns.map {
      Column(
        type: $0.type, values: .booleans([false]), validity: [false], count: taken.count, isConstant: true)
    }
    for (ordinal, column) in zip(ordinals, found) { columns[ordinal] = column }
    let batches = [Batch(columns: columns, count: taken.count)]
    return dictionary.entities(
      in: SampledRows(batches, entity: table.entity?.ordinal, dictionary.sample, ordinals: taken), batches,
      codes: try codes(of: columns))
  }

  /// The codes of a column in its value table, by row of `columns`; none where it has no table.
  func codes(of columns: [Column]) throws(StorageError) -> (Int) -> [UInt32] {
    let tables = try valueTables()
    return { tables[$0]?.codes(of: columns[$0]) ?? [] }
  }
}
