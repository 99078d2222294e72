import VSQLSchema

/// Unique keys of rows in memory: of the PRIMARY KEY and of each unique index.
struct KeyIndex: Sendable {
  private struct Place: Hashable, Sendable {
    var partition: PartitionKey
    var index: IndexID
  }

  private var rows: [Place: [RowKey: RowID]] = [:]

  func holders(of keys: [[UInt8]], _ index: IndexDefinition, in partition: PartitionKey) -> [RowID] {
    guard let index = rows[Place(partition: partition, index: index.id)], !index.isEmpty else { return [] }
    return keys.compactMap { index[RowKey($0)] }
  }

  func holder(of key: RowKey, _ index: IndexID, in partition: PartitionKey) -> RowID? {
    rows[Place(partition: partition, index: index)]?[key]
  }

  mutating func insert(_ chunk: MemoryChunk, _ definition: TableDefinition, _ partition: PartitionKey) {
    for index in definition.uniqueKeys { insert(chunk, Array(0..<chunk.count), index, partition) }
  }

  /// The live rows in memory of a table that gets a unique index.
  mutating func insert(_ rows: Partition, _ index: IndexDefinition, _ partition: PartitionKey) {
    guard index.isUnique else { return }
    for source in rows.sources {
      if case .memory(let chunk) = source.content { insert(chunk, source.liveOrdinals, index, partition) }
    }
  }

  private mutating func insert(
    _ chunk: MemoryChunk, _ ordinals: [Int], _ index: IndexDefinition, _ partition: PartitionKey
  ) {
    let columns = index.columns.map { chunk.columns[$0] }
    let place = Place(partition: partition, index: index.id)
    // Taken out, so that it is found once.
    var keys = rows.removeValue(forKey: place) ?? [:]
    for row in ordinals {
      if let key = KeyEncoder.key(of: columns, row: row) { keys[RowKey(key)] = chunk.rowIDs[row] }
    }
    rows[place] = keys
  }

  /// Frees the keys that a row of `chunk` holds.
  mutating func remove(
    _ chunk: MemoryChunk, row: Int, _ definition: TableDefinition, _ partition: PartitionKey
  ) {
    for index in definition.uniqueKeys {
      let place = Place(partition: partition, index: index.id)
      if let key = KeyEncoder.key(of: index.columns.map { chunk.columns[$0] }, row: row),
        rows[place]?[RowKey(key)] == chunk.rowIDs[row]
      {
        rows[place]?[RowKey(key)] = nil
      }
    }
  }

  mutating func removeAll() { rows = [:] }

  mutating func remove(table: TableID) { rows = rows.filter { $0.key.partition.table != table } }

  mutating func remove(index: IndexID, of table: TableID) {
    rows = rows.filter { $0.key.partition.table != table || $0.key.index != index }
  }
}

extension Writer {
  /// The live rows that hold one of `keys` of `index`.
  func holders(
    of keys: [[UInt8]], _ index: IndexDefinition, in key: PartitionKey
  ) throws(StorageError) -> [RowID] {
    if keys.isEmpty { return [] }
    let probes = KeyProbes(keys)
    var holders = self.keys.holders(of: keys, index, in: key)
    for source in head.partition(key).sources {
      guard case .segment(let segment) = source.content else { continue }
      for ordinal in try segment.ordinals(of: probes, in: index) where !source.isDeleted(ordinal) {
        holders.append(try segment.rowIDs()[ordinal])
      }
    }
    return holders
  }

  /// The live row that holds `key` of `index`; nil: none.
  func holder(of key: RowKey, _ index: IndexDefinition, in partition: PartitionKey) throws(StorageError)
    -> RowID?
  {
    if let row = keys.holder(of: key, index.id, in: partition) { return row }
    guard let sources = head.partitions[partition]?.sources else { return nil }
    var hash: UInt64?
    for place in sources.indices {
      guard case .segment(let segment) = sources[place].content else { continue }
      let keyHash = hash ?? KeyHash.of(key.bytes.span)
      hash = keyHash
      var isRuledOut = false
      let found = try segment.ordinal(
        ofKey: key.bytes, hash: keyHash, of: index, isRuledOut: &isRuledOut,
        where: { !sources[place].isDeleted($0) })
      if let found { return try segment.rowIDs()[found] }
    }
    return nil
  }
}

extension Partition {
  /// Whether two live rows have one key of `index`.
  func hasDuplicates(of index: IndexDefinition) throws(StorageError) -> Bool {
    try duplicate(of: index) != nil
  }

  /// A source with a live row whose key of `index` an earlier row has. Takes 8 bytes of memory a row.
  func duplicate(of index: IndexDefinition) throws(StorageError) -> RowSource? {
    var hashes: [UInt64] = []
    hashes.reserveCapacity(liveCount)
    for source in sources { try source.eachKey(of: index) { hashes.append(KeyHash.of($0.span)) } }
    hashes.sort()
    // Keys alone that share their hash with another one are compared.
    let shared = Set(zip(hashes, hashes.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
    if shared.isEmpty { return nil }
    var met: Set<[UInt8]> = []
    for source in sources {
      var isDuplicate = false
      try source.eachKey(of: index) { key in
        if shared.contains(KeyHash.of(key.span)), !met.insert(key).inserted { isDuplicate = true }
      }
      if isDuplicate { return source }
    }
    return nil
  }
}

extension RowSource {
  /// The keys of live rows that have no NULL in them.
  fileprivate func eachKey(
    of index: IndexDefinition, _ body: (_ key: [UInt8]) -> Void
  ) throws(StorageError) {
    let columns: [Column]
    switch content {
    case .memory(let chunk): columns = index.columns.map { chunk.columns[$0] }
    case .segment(let segment): columns = try segment.columns(index.columns)
    }
    for row in liveOrdinals {
      if let key = KeyEncoder.key(of: columns, row: row) { body(key) }
    }
  }
}

extension TableDefinition {
  /// An insert of a key of `index` that is there.
  func violation(of index: IndexDefinition) -> StorageError {
    .uniqueViolation(constraint: index.name, table: name, columns: names(of: index))
  }

  /// Rows of one key that the creation of `index` met.
  func duplicates(of index: IndexDefinition) -> StorageError {
    .duplicateKeys(index: index.name, table: name, columns: names(of: index))
  }

  private func names(of index: IndexDefinition) -> [String] { index.columns.map { columns[$0].name } }
}
