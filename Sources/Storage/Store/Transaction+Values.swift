import VSQLDiagnostics
import VSQLSchema

/// Rows that come one by one: they are kept in columns that grow, until something reads them or there are enough for a chunk.
extension Transaction {
  /// Appends a row.
  ///
  /// - Parameter values: of every column of the table, in table order, each NULL or of its column's type.
  /// - Throws: as the insert of a batch; a row that fails leaves nothing behind.
  package func insert(_ values: [Value], into table: TableID) throws {
    try checkWritable()
    let target = try insertTarget(table)
    let definition = target.definition
    guard values.count == definition.columns.count else {
      throw Diagnostic(
        .datatypeMismatch,
        "table \"\(definition.name)\" has \(definition.columns.count) columns, but \(values.count) came")
    }
    if let missing = target.missing(in: values) {
      throw StorageError.notNullViolation(table: definition.name, column: definition.columns[missing].name)
    }
    if let buffer, buffer.table != table || buffer.count >= Batch.capacity { try flushBuffer() }
    let (row, mark) = (nextProvisional, log.count)
    do {
      for unique in target.keys {
        keyBytes.removeAll(keepingCapacity: true)
        if KeyEncoder.append(unique.index.columns, in: values, to: &keyBytes) {
          try take(keyBytes, row, unique, definition)
        }
      }
      if buffer == nil { buffer = OwnRows(of: table, types: target.types) }
      try buffer?.append(values, row)
    } catch {
      undo(to: mark)
      throw error
    }
    log.append(.rows(1))
    nextProvisional += 1
  }

  /// Puts the buffer's rows into their table's view.
  func flushBuffer() throws {
    guard let own = buffer else { return }
    let flushed = own.flushed
    var view = storedView(of: own.table)
    try view.append(flushed.chunk, types: own.types)
    views[own.table] = view
    buffer = nil
    log.append(.flush(flushed))
  }
}
