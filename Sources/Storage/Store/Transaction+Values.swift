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
    guard values.count == target.types.count else {
      throw Diagnostic(
        .datatypeMismatch,
        "table \"\(target.definition.name)\" has \(target.types.count) columns, but \(values.count) came")
    }
    if let missing = target.missing(in: values) {
      throw StorageError.notNullViolation(
        table: target.definition.name, column: target.definition.columns[missing].name)
    }
    if let buffer = own.buffer, buffer.table != table || buffer.count >= Batch.capacity { try flushBuffer() }
    try own.insert(values, target) { taken, unique in
      try check(taken, unique.index, target.definition)
      let partition = PartitionKey(table, tenant)
      let found = try store.holder(of: taken.key, hash: taken.hash, unique.index, in: partition) { patience }
      if let found {
        try checkDeleted(found, unique.index, target.definition, storedView(of: table))
      }
    }
  }

  /// Puts the buffer's rows into their table's view.
  func flushBuffer() throws {
    guard let flushed = own.buffer?.flushed else { return }
    var view = storedView(of: flushed.table)
    try view.append(flushed.chunk, types: flushed.types)
    views[flushed.table] = view
    own.buffer = nil
    own.log.append(.flush(flushed))
  }
}
