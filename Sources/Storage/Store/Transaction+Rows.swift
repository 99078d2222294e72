import VSQLDiagnostics
import VSQLSchema

extension Transaction {
  /// Appends the selected rows of `batch` to a table.
  ///
  /// - Parameter batch: every column of the table, in table order, of the table's types; row ids are assigned here.
  /// - Throws: 23502 for a NULL in a NOT NULL column, 23505 for a key that the table has, 42P01 when the table is gone.
  ///   A batch that fails leaves nothing behind.
  package func insert(_ batch: Batch, into table: TableID) throws {
    try checkWritable()
    let definition = try definition(of: table)
    guard batch.columns.count == definition.columns.count else {
      throw Diagnostic(
        .datatypeMismatch,
        "table \"\(definition.name)\" has \(definition.columns.count) columns, but \(batch.columns.count) came"
      )
    }
    let rows = batch.selection?.map(Int.init) ?? Array(0..<batch.count)
    if rows.isEmpty { return }
    try checkNulls(batch, rows, definition)
    for start in stride(from: 0, to: rows.count, by: Batch.capacity) {
      try insertChunk(batch, Array(rows[start..<min(start + Batch.capacity, rows.count)]), definition)
    }
  }

  /// Deletes rows that a scan of this transaction gave.
  ///
  /// - Throws: 40001 when a row was deleted in this transaction before, or by one that committed since its snapshot: what the
  ///   commit would find is said at once.
  package func delete(_ rowIDs: [RowID], from table: TableID) throws {
    try checkWritable()
    let definition = try definition(of: table)
    var view = try view(of: table)
    let committed = store.snapshot(tenant: tenant).head.partition(table, tenant)
    for row in rowIDs {
      guard try row >= Self.provisionalBase || committed.isLive(row), try view.delete(row) else {
        throw StorageError.conflict(table: definition.name)
      }
    }
    views[table] = view
    own.log.append(.delete(table, rowIDs.filter { $0 < Self.provisionalBase }))
  }

  private func insertChunk(_ batch: Batch, _ rows: [Int], _ definition: TableDefinition) throws {
    var columns: [Column] = []
    for (column, wanted) in zip(batch.columns, definition.columns) {
      if column.isWhole(rows.count, of: wanted.type) {
        columns.append(column)
        continue
      }
      var accumulator = ColumnAccumulator(type: wanted.type)
      try accumulator.append(column, rows: rows)
      columns.append(accumulator.finish())
    }
    let first = own.nextProvisional
    let chunk = MemoryChunk(rowIDs: (0..<UInt64(rows.count)).map { first + $0 }, columns: columns)
    var view = try view(of: definition.id)
    let mark = own.log.count
    do {
      try takeKeys(of: chunk, definition, view)
      try view.append(chunk, types: definition.columns.map(\.type))
    } catch {
      own.undo(to: mark)
      throw error
    }
    views[definition.id] = view
    own.nextProvisional += UInt64(rows.count)
  }

  /// Every unique key of the chunk must be new: among own rows, and in the database as it stands now, own deletes aside.
  private func takeKeys(of chunk: MemoryChunk, _ definition: TableDefinition, _ view: Partition) throws {
    for index in definition.uniqueKeys {
      let columns = index.columns.map { chunk.columns[$0] }
      var keys: [(key: [UInt8], row: RowID)] = []
      for row in 0..<chunk.count {
        // NULLs differ from each other; those of a PRIMARY KEY were refused before.
        if let key = KeyEncoder.key(of: columns, row: row) { keys.append((key, chunk.rowIDs[row])) }
      }
      try take(keys, index, definition, view)
    }
  }

  private func take(
    _ wanted: [(key: [UInt8], row: RowID)], _ index: IndexDefinition, _ definition: TableDefinition,
    _ view: Partition
  ) throws {
    let place = OwnKey(table: definition.id, index: index.id)
    var keys: [[UInt8]] = []
    for (key, row) in wanted {
      try check(own.take(key, row, place), index, definition)
      keys.append(key)
    }
    for holder in try store.holders(of: keys, index, in: PartitionKey(definition.id, tenant), patience) {
      try checkDeleted(holder, index, definition, view)
    }
  }

  /// A key that an own row had is free only where that was deleted since.
  func check(_ taken: OwnWrites.Taken, _ index: IndexDefinition, _ definition: TableDefinition) throws {
    guard let before = taken.before else { return }
    if try before >= taken.firstUnseen || storedView(of: definition.id).isLive(before) {
      throw definition.violation(of: index)
    }
  }

  /// A key that stands in the database is free only where this transaction deleted its row.
  func checkDeleted(
    _ holder: RowID, _ index: IndexDefinition, _ definition: TableDefinition, _ view: Partition
  ) throws {
    guard let place = try view.locate(holder), view.sources[place.source].isDeleted(place.ordinal) else {
      throw definition.violation(of: index)
    }
  }

  private func checkNulls(_ batch: Batch, _ rows: [Int], _ definition: TableDefinition) throws {
    for (ordinal, wanted) in definition.columns.enumerated()
    where wanted.isNotNull || definition.primaryKey.contains(ordinal) {
      let column = batch.columns[ordinal]
      if let validity = column.validity, rows.contains(where: { !validity[column.isConstant ? 0 : $0] }) {
        throw StorageError.notNullViolation(table: definition.name, column: wanted.name)
      }
    }
  }

  func definition(of table: TableID) throws(Diagnostic) -> TableDefinition {
    guard let definition = ownCatalog.table(table) else {
      throw Diagnostic(.undefinedTable, "the table does not exist any more")
    }
    return definition
  }
}

extension Column {
  /// Whether the column is flat, of the type, and exactly `rows` rows long, so that a chunk can take it without a copy.
  fileprivate func isWhole(_ rows: Int, of wanted: SQLType) -> Bool {
    if isConstant || count != rows || type != wanted { return false }
    switch values {
    case .booleans(let list): return list.count == rows
    case .int32s(let list): return list.count == rows
    case .int64s(let list): return list.count == rows
    case .doubles(let list): return list.count == rows
    case .decimals(let list): return list.count == rows
    case .uuids(let list): return list.count == rows
    case .texts(let list): return list.first == 0 && list.offsets.count == rows + 1
    case .vectors(let list): return list.first == 0 && list.bytes.count == rows * list.shape.byteCount
    }
  }
}
