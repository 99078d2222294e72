import VSQLSchema

/// What the state knows of a segment: enough to find its files, to refuse older ones, and to count rows without opening any.
package struct SegmentManifest: Hashable, Sendable {
  package var id: SegmentID
  package var table: TableID
  package var tenant: TenantID
  package var seal: TableDefinition.Seal
  /// Rows written, erased ones included: ordinals run from 0 to this.
  package var rowCount: Int
  /// Rows that no erasure took. Deleted rows are the store's to know.
  package var liveCount: Int
  package var firstRowID: RowID
  package var lastRowID: RowID
  /// Of the KEK that wraps the DEKs.
  package var kekVersion: UInt32
  /// The first is the segment's own, then one for each 1,024 record DEKs.
  package var slots: [SlotID]
  /// Grow by one with each rewritten file.
  package var keyGeneration: UInt32
  package var directoryGeneration: UInt32
  package var cellBytes: Int
  package var keyBytes: Int
  /// Sealed bytes of each unit in the `.dir` file, in the order of `DirectoryUnit`.
  package var directoryUnits: [Int]
  /// After those, the runs of indexes that the file holds: of each, its sealed bytes.
  package var indexRuns: [IndexUnit] = []
  /// At the end, the filters of runs, that of the PRIMARY KEY first: of each, its sealed bytes.
  package var keyFilters: [IndexUnit] = []
  /// Last, the dictionary that texts share; 0: there is none.
  package var dictionaryBytes = 0
  /// Roots of the files' trees (`BlockTree`).
  package var cellRoot: Digest
  package var keyRoot: Digest
  package var directoryRoot: Digest
}

/// A sealed unit that belongs to an index.
package struct IndexUnit: Hashable, Sendable {
  package var index: IndexID
  package var sizeBytes: Int
}

extension SegmentManifest {
  /// DEKs besides the segment's own: of each record, or of each page.
  var keyCount: Int {
    switch seal {
    case .record: rowCount
    case .page: SegmentFormat.pages(rows: rowCount)
    }
  }

  package var cellPath: String { SegmentFormat.cellPath(id) }
  package var keyPath: String { SegmentFormat.keyPath(id, generation: keyGeneration) }
  package var directoryPath: String { SegmentFormat.directoryPath(id, generation: directoryGeneration) }
  /// The segment's three files.
  package var paths: [String] { [cellPath, keyPath, directoryPath] }
  package var directoryBytes: Int { startOfDictionary + dictionaryBytes }
  /// On disk, all three files. Punched cells are counted.
  package var sizeBytes: Int { cellBytes + keyBytes + directoryBytes }

  private var startOfRuns: Int { directoryUnits.reduce(SegmentFormat.directoryHeaderBytes, +) }
  private var startOfFilters: Int { indexRuns.reduce(startOfRuns) { $0 + $1.sizeBytes } }
  private var startOfDictionary: Int { keyFilters.reduce(startOfFilters) { $0 + $1.sizeBytes } }

  /// Where a unit begins in the `.dir` file.
  func offset(of unit: DirectoryUnit) -> Int {
    directoryUnits[..<unit.rawValue].reduce(SegmentFormat.directoryHeaderBytes, +)
  }

  /// Where the run of an index lies among the units of the `.dir` file, counted from its first; nil: the file has none.
  func place(ofRun index: IndexID) -> SealedUnit? {
    guard let number = indexRuns.firstIndex(where: { $0.index == index }) else { return nil }
    return SealedUnit(
      kind: .indexRun, number: DirectoryUnit.allCases.count + number, ordinal: index.raw, name: "index run",
      offset: indexRuns[..<number].reduce(startOfRuns) { $0 + $1.sizeBytes },
      sizeBytes: indexRuns[number].sizeBytes)
  }

  /// The same of its filter; nil: the file has none.
  func place(ofFilter index: IndexID) -> SealedUnit? {
    guard let number = keyFilters.firstIndex(where: { $0.index == index }) else { return nil }
    return SealedUnit(
      kind: .keyFilter, number: DirectoryUnit.allCases.count + indexRuns.count + number, ordinal: index.raw,
      name: "filter of keys", offset: keyFilters[..<number].reduce(startOfFilters) { $0 + $1.sizeBytes },
      sizeBytes: keyFilters[number].sizeBytes)
  }

  /// Nil: the file has none.
  var placeOfDictionary: SealedUnit? {
    guard dictionaryBytes > 0 else { return nil }
    return SealedUnit(
      kind: .sharedDictionary, number: DirectoryUnit.allCases.count + indexRuns.count + keyFilters.count,
      ordinal: 0, name: "shared dictionary", offset: startOfDictionary, sizeBytes: dictionaryBytes)
  }

  func place(of unit: DirectoryUnit) -> SealedUnit {
    SealedUnit(
      kind: unit.kind, number: unit.rawValue, ordinal: 0, name: unit.name, offset: offset(of: unit),
      sizeBytes: directoryUnits[unit.rawValue])
  }

  package func encode(to writer: inout ByteWriter) {
    writer.u64(id.raw)
    writer.u64(table.raw)
    writer.u64(tenant.raw)
    writer.varint(UInt64(rowCount))
    writer.varint(UInt64(liveCount))
    writer.varint(firstRowID)
    writer.varint(lastRowID)
    writer.u32(kekVersion)
    writer.varint(UInt64(slots.count))
    for slot in slots { writer.u64(slot.raw) }
    writer.u32(keyGeneration)
    writer.u32(directoryGeneration)
    writer.varint(UInt64(cellBytes))
    writer.varint(UInt64(keyBytes))
    for size in directoryUnits { writer.varint(UInt64(size)) }
    for units in [indexRuns, keyFilters] {
      writer.varint(UInt64(units.count))
      for unit in units {
        writer.u64(unit.index.raw)
        writer.varint(UInt64(unit.sizeBytes))
      }
    }
    writer.varint(UInt64(dictionaryBytes))
    writer.raw(cellRoot.bytes)
    writer.raw(keyRoot.bytes)
    writer.raw(directoryRoot.bytes)
    writer.u8(seal.rawValue)
  }

  package init(from reader: inout ByteReader) throws(StorageError) {
    id = SegmentID(try reader.u64())
    table = TableID(try reader.u64())
    tenant = TenantID(try reader.u64())
    rowCount = try reader.size(atMost: SegmentFormat.maxRows)
    liveCount = try reader.size(atMost: rowCount)
    firstRowID = try reader.varint()
    lastRowID = try reader.varint()
    kekVersion = try reader.u32()
    var slots: [SlotID] = []
    for _ in 0..<(try reader.count(ofAtLeast: 8)) { slots.append(SlotID(try reader.u64())) }
    self.slots = slots
    keyGeneration = try reader.u32()
    directoryGeneration = try reader.u32()
    cellBytes = try reader.size()
    keyBytes = try reader.size()
    var units: [Int] = []
    for _ in DirectoryUnit.allCases { units.append(try reader.size(atMost: Int(UInt32.max))) }
    directoryUnits = units
    indexRuns = try Self.indexUnits(&reader)
    keyFilters = try Self.indexUnits(&reader)
    dictionaryBytes = reader.format >= .second ? try reader.size(atMost: Int(UInt32.max)) : 0
    cellRoot = try reader.digest()
    keyRoot = try reader.digest()
    directoryRoot = try reader.digest()
    seal = reader.format >= .second ? try TableCodec.seal(&reader) : .record
    guard slots.count == SegmentFormat.slots(keys: keyCount) else {
      throw reader.malformed("\(slots.count) slots for \(keyCount) keys")
    }
  }
}

extension SegmentManifest {
  /// None in format 1.
  private static func indexUnits(_ reader: inout ByteReader) throws(StorageError) -> [IndexUnit] {
    var units: [IndexUnit] = []
    for _ in 0..<(reader.format >= .second ? try reader.count(ofAtLeast: 9) : 0) {
      let index = IndexID(try reader.u64())
      units.append(IndexUnit(index: index, sizeBytes: try reader.size(atMost: Int(UInt32.max))))
    }
    return units
  }
}

extension ByteReader {
  mutating func digest() throws(StorageError) -> Digest {
    guard let digest = Digest(bytes: try raw(Digest.byteCount)) else {
      throw malformed("a SHA-256 value of another length")
    }
    return digest
  }

  /// A varint that is a size or a count of things that lie elsewhere.
  mutating func size(atMost limit: Int = 1 << 48) throws(StorageError) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw malformed("a size over \(limit)") }
    return Int(value)
  }
}
