import VSQLSchema

/// What a segment's directory says of its rows, made again from the rows: zones, statistics, value tables, runs.
struct SegmentValueCheck {
  let manifest: SegmentManifest
  let table: TableDefinition
  let contents: SegmentContents
  let notes: CheckNotes

  /// - Parameter columns: every column of the table, all rows; what is erased is NULL.
  func run(_ columns: [Column]) throws {
    let directory = contents.directory
    let gone = Set(directory.erased)
    for (ordinal, column) in table.columns.enumerated() where column.isNotNull {
      guard let validity = columns[ordinal].validity else { continue }
      if let row = validity.indices.first(where: { !validity[$0] && !gone.contains($0) }) {
        try fault(.directory, "row \(row) is NULL in column \(ordinal), which is NOT NULL")
      }
    }
    let batches = stride(from: 0, to: manifest.rowCount, by: Batch.capacity).map { first in
      let rows = first..<min(manifest.rowCount, first + Batch.capacity)
      return Batch(
        columns: columns.map { $0.slice(rows) }, count: rows.count, rowIDs: Array(directory.rowIDs[rows]))
    }
    let plan = try SegmentPlan(table: table, batches: batches)
    try checkZones(plan)
    try checkStatistics(plan)
    try checkTables(columns, gone)
    try checkDictionary(batches, columns)
    for coding in directory.layout.columns {
      let count = (0..<manifest.rowCount).count { !gone.contains($0) && !columns[coding.column].isNull($0) }
      if let stored = coding.valueCount, stored != count {
        try fault(.directory, "\(stored) values of column \(coding.column), which has \(count)")
      }
    }
    try check(contents.entityIndex, .entityIndex, of: table.entity.map { [$0.ordinal] } ?? [], batches)
    try check(contents.keyRun, .keyRun, of: table.primaryKey, batches)
    for entry in contents.indexRuns {
      // Of an index made or dropped since the table's definition was read, the columns are not known here.
      guard let index = table.indexes.first(where: { $0.id == entry.index }),
        entry.run != KeyRun(of: index.columns, in: batches)
      else { continue }
      try notes.note(
        .malformed(
          path: manifest.directoryPath, offset: manifest.place(ofRun: entry.index)?.offset ?? 0,
          what: "the run of an index is not that of the rows"))
    }
  }

  private func checkZones(_ plan: SegmentPlan) throws {
    let stored = contents.directory.layout.columns.map(\.column)
    let made = plan.layout.columns.map(\.column)
    for (index, column) in stored.enumerated() {
      guard let other = made.firstIndex(of: column) else { continue }
      for (page, zone) in contents.directory.zones[index].enumerated()
      where zone.isKnown && plan.zones[other].indices.contains(page) && zone != plan.zones[other][page] {
        try fault(.directory, "the zone of column \(column), page \(page), is not that of its rows")
      }
    }
  }

  private func checkStatistics(_ plan: SegmentPlan) throws {
    guard let stored = contents.directory.statistics else { return }
    for (column, (stored, made)) in zip(stored, plan.statistics).enumerated()
    where Self.bytes(stored) != Self.bytes(made) || stored.nullCount != made.nullCount {
      try fault(.directory, "the statistics of column \(column) are not those of its rows")
    }
  }

  /// As they are stored, so that NaN is itself.
  private static func bytes(_ statistics: ColumnStatistics) -> [UInt8] {
    var writer = ByteWriter()
    writer.value(statistics.minimum)
    writer.value(statistics.maximum)
    return writer.bytes
  }

  /// Each entry is counted once for every row that holds it.
  private func checkTables(_ columns: [Column], _ gone: Set<Int>) throws {
    for table in contents.tables {
      guard columns.indices.contains(table.column), case .texts(let list) = columns[table.column].values
      else {
        try fault(.valueTables, "a value table of column \(table.column), which has none")
        continue
      }
      var rows: [ArraySlice<UInt8>: UInt32] = [:]
      for row in 0..<manifest.rowCount where !gone.contains(row) && !columns[table.column].isNull(row) {
        rows[list.bytes[list.range(row)], default: 0] += 1
      }
      let isCounted = table.counts.indices.allSatisfy { index in
        let value = table.values[index]
        return table.counts[index] == 0 ? value.isEmpty : rows[value] == table.counts[index]
      }
      if !isCounted {
        try fault(.valueTables, "the value table of column \(table.column) miscounts its rows")
      }
    }
  }

  /// Columns share a dictionary where there is one, and each piece of it is shared by as many entities as it says, or more.
  private func checkDictionary(_ batches: [Batch], _ columns: [Column]) throws {
    let shared = contents.directory.layout.columns.filter(\.isShared).map(\.column)
    guard let dictionary = contents.dictionary else {
      if !shared.isEmpty { try fault(.directory, "columns share a dictionary that the file has not") }
      return
    }
    func wrong(_ what: String) throws {
      try notes.note(
        .malformed(
          path: manifest.directoryPath, offset: manifest.placeOfDictionary?.offset ?? 0, what: what))
    }
    if !Set(dictionary.columns).isSubset(of: shared) {
      return try wrong("the dictionary has pieces of columns that do not share it")
    }
    let tables = Dictionary(contents.tables.map { ($0.column, $0) }) { $1 }
    let entities = dictionary.entities(
      in: SampledRows(batches, entity: table.entity?.ordinal, dictionary.sample), batches
    ) { tables[$0]?.codes(of: columns[$0]) ?? [] }
    if let piece = entities.indices.first(where: { entities[$0] < dictionary.pieces[$0].entities }) {
      try wrong(
        "\(entities[piece]) entities share piece \(piece) of the dictionary, not \(dictionary.pieces[piece].entities)"
      )
    }
  }

  private func check(
    _ run: KeyRun?, _ unit: DirectoryUnit, of key: [Int], _ batches: [Batch]
  ) throws {
    if key.isEmpty {
      if run != nil { try fault(unit, "a run of keys that the table has not") }
      return
    }
    if run != KeyRun(of: key, in: batches) { try fault(unit, "the \(unit.name) is not that of the rows") }
  }

  private func fault(_ unit: DirectoryUnit, _ what: String) throws {
    try notes.note(.malformed(path: manifest.directoryPath, offset: manifest.offset(of: unit), what: what))
  }
}
