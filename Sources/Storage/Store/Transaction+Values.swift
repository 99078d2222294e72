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
    let definition = try definition(of: table)
    try checkNulls(values, definition)
    if let buffer, buffer.table != table || buffer.count >= Batch.capacity { try flushBuffer() }
    let (row, mark) = (nextProvisional, log.count)
    do {
      let view = storedView(of: table)
      for index in definition.uniqueKeys {
        if let key = KeyEncoder.key(of: index.columns, in: values) {
          try take([(key, row)], index, definition, view)
        }
      }
      // Taken out, so that it is not copied.
      var own = buffer ?? OwnRows(of: definition)
      buffer = nil
      defer { buffer = own }
      try own.append(values, row)
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
    var view = storedView(of: own.table)
    try view.append(own.chunk, types: own.types)
    views[own.table] = view
    buffer = nil
    log.append(.flush(own))
  }

  private func checkNulls(_ values: [Value], _ definition: TableDefinition) throws {
    guard values.count == definition.columns.count else {
      throw Diagnostic(
        .datatypeMismatch,
        "table \"\(definition.name)\" has \(definition.columns.count) columns, but \(values.count) came")
    }
    for (ordinal, value) in values.enumerated() {
      guard case .null = value else { continue }
      let column = definition.columns[ordinal]
      if column.isNotNull || definition.primaryKey.contains(ordinal) {
        throw StorageError.notNullViolation(table: definition.name, column: column.name)
      }
    }
  }
}
