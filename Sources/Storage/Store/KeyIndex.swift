import VSQLSchema

/// Unique keys of rows in memory: of the PRIMARY KEY and of each unique index.
struct KeyIndex: Sendable {
  private struct Place: Hashable, Sendable {
    var partition: PartitionKey
    var index: IndexID
  }

  /// Where each one's table is in `tables`.
  private var numbers: [Place: Int] = [:] {
    didSet { lastAsked = nil }
  }
  private var lastAsked: (place: Place, number: Int)?
  private var tables: [RowKeyTable] = []

  func holders(of keys: [[UInt8]], _ index: IndexDefinition, in partition: PartitionKey) -> [RowID] {
    guard let number = numbers[Place(partition: partition, index: index.id)] else { return [] }
    return keys.compactMap { tables[number].row(of: $0.span, hash: RowKeyTable.hash($0.span)) }
  }

  /// - Parameter hash: `RowKeyTable.hash` of the key.
  mutating func holder(
    of key: Span<UInt8>, hash: UInt64, _ index: IndexID, in partition: PartitionKey
  ) -> RowID? {
    let place = Place(partition: partition, index: index)
    if let lastAsked, lastAsked.place == place { return tables[lastAsked.number].row(of: key, hash: hash) }
    guard let number = numbers[place] else { return nil }
    lastAsked = (place, number)
    return tables[number].row(of: key, hash: hash)
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
    let number = numbers[place] ?? tables.count
    if number == tables.count {
      numbers[place] = number
      tables.append(RowKeyTable())
    }
    var key: [UInt8] = []
    for row in ordinals {
      key.removeAll(keepingCapacity: true)
      if KeyEncoder.append(columns, row: row, to: &key) {
        tables[number].set(key.span, hash: RowKeyTable.hash(key.span), to: chunk.rowIDs[row])
      }
    }
  }

  /// Frees the keys that a row of `chunk` holds.
  mutating func remove(
    _ chunk: MemoryChunk, row: Int, _ definition: TableDefinition, _ partition: PartitionKey
  ) {
    for index in definition.uniqueKeys {
      guard let number = numbers[Place(partition: partition, index: index.id)],
        let key = KeyEncoder.key(of: index.columns.map { chunk.columns[$0] }, row: row)
      else { continue }
      let hash = RowKeyTable.hash(key.span)
      if tables[number].row(of: key.span, hash: hash) == chunk.rowIDs[row] {
        tables[number].remove(key.span, hash: hash)
      }
    }
  }

  mutating func removeAll() {
    numbers = [:]
    tables = []
  }

  mutating func remove(table: TableID) { forget { $0.partition.table == table } }

  mutating func remove(index: IndexID, of table: TableID) {
    forget { $0.partition.table == table && $0.index == index }
  }

  private mutating func forget(_ isGone: (Place) -> Bool) {
    for (place, number) in numbers where isGone(place) {
      tables[number] = RowKeyTable()
      numbers[place] = nil
    }
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
  ///
  /// - Parameter hash: `RowKeyTable.hash` of the key.
  mutating func holder(
    of key: [UInt8], hash: UInt64, _ index: IndexDefinition, in partition: PartitionKey
  ) throws(StorageError) -> RowID? {
    if let row = keys.holder(of: key.span, hash: hash, index.id, in: partition) { return row }
    if storedSources?.partition != partition {
      storedSources = (partition, head.partition(partition).sources.filter { !$0.isMemory })
    }
    guard let sources = storedSources?.sources else { return nil }
    var filterHash: UInt64?
    for place in sources.indices {
      guard case .segment(let segment) = sources[place].content else { continue }
      let asked = filterHash ?? KeyHash.of(key.span)
      filterHash = asked
      var isRuledOut = false
      let found = try segment.ordinal(
        ofKey: key, hash: asked, of: index, isRuledOut: &isRuledOut,
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
