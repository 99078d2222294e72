import VSQLSchema

/// Everything in a `.dir` file, opened.
struct SegmentContents: Sendable {
  var directory: SegmentDirectory
  var tables: [ValueTable]
  /// Of the ENTITY column, when the table has one.
  var entityIndex: KeyRun?
  /// Of the PRIMARY KEY, when the table has one.
  var keyRun: KeyRun?
  /// Of other indexes, in the order of their units.
  var indexRuns: [IndexRun] = []
  /// Of the columns that share one.
  var dictionary: SharedDictionary?

  struct IndexRun: Hashable, Sendable {
    var index: IndexID
    var run: KeyRun
  }

  /// The runs that filters are made of: the PRIMARY KEY's first, then in the order of their units.
  var filteredRuns: [IndexRun] {
    (keyRun.map { [IndexRun(index: .primaryKey, run: $0)] } ?? []) + indexRuns
  }

  /// The plain content of a unit.
  func content(of unit: DirectoryUnit) -> [UInt8] {
    switch unit {
    case .directory: return directory.encode()
    case .valueTables:
      var writer = ByteWriter()
      writer.varint(UInt64(tables.count))
      for table in tables { table.encode(to: &writer) }
      return writer.bytes
    case .entityIndex: return Self.content(entityIndex)
    case .keyRun: return Self.content(keyRun)
    }
  }

  static func content(_ run: KeyRun?) -> [UInt8] {
    var writer = ByteWriter()
    run?.encode(to: &writer)
    return writer.bytes
  }
}

/// Writes and reads the `.dek` and `.dir` files of one generation.
struct SegmentFiles: Sendable {
  let site: SegmentSite

  /// Writes the `.dek` file that `manifest` names, durable; sets its size and root.
  func writeKeys(own: KeyBlock, blocks: [KeyBlock], into manifest: inout SegmentManifest) throws(StorageError)
  {
    let bytes = try SegmentKeyFile(site: site, manifest: manifest).encode(own: own, blocks: blocks)
    manifest.keyBytes = bytes.count
    manifest.keyRoot = BlockTree(bytes).root
    try write(manifest.keyPath, bytes)
  }

  /// Writes the `.dir` file that `manifest` names, durable; sets its units and root. `own` has sealed nothing before.
  func writeDirectory(
    _ contents: SegmentContents, own: KeyBlock, into manifest: inout SegmentManifest
  ) throws(StorageError) {
    let (sealer, zstd) = (Sealer(), try Zstd())
    var bytes = SegmentFormat.directoryHeader(manifest.id, generation: manifest.directoryGeneration)
    var units: [Int] = []
    func seal(
      _ content: [UInt8], _ kind: UnitPlace.Kind, number: Int, ordinal: UInt64 = 0
    ) throws(StorageError) -> Int {
      let start = bytes.count
      try sealer.seal(
        zstd.pack(content[...]), key: own, index: 0, nonce: .fixed(group: UInt32(number)),
        associatedData: place(kind, ordinal, manifest).associatedData, appendingTo: &bytes)
      return bytes.count - start
    }
    for unit in DirectoryUnit.allCases {
      units.append(try seal(contents.content(of: unit), unit.kind, number: unit.rawValue))
    }
    manifest.directoryUnits = units
    manifest.indexRuns = []
    for entry in contents.indexRuns {
      let size = try seal(
        SegmentContents.content(entry.run), .indexRun, number: units.count + manifest.indexRuns.count,
        ordinal: entry.index.raw)
      manifest.indexRuns.append(IndexUnit(index: entry.index, sizeBytes: size))
    }
    manifest.keyFilters = []
    for entry in contents.filteredRuns {
      guard let filter = KeyFilter(of: entry.run) else { continue }
      let size = try seal(
        filter.content, .keyFilter,
        number: units.count + manifest.indexRuns.count + manifest.keyFilters.count, ordinal: entry.index.raw)
      manifest.keyFilters.append(IndexUnit(index: entry.index, sizeBytes: size))
    }
    manifest.dictionaryBytes = 0
    if let dictionary = contents.dictionary {
      manifest.dictionaryBytes = try seal(
        dictionary.encode(), .sharedDictionary,
        number: units.count + manifest.indexRuns.count + manifest.keyFilters.count)
    }
    manifest.directoryRoot = BlockTree(bytes).root
    try write(manifest.directoryPath, bytes)
  }

  /// A reader over the content of one unit. Its errors name the unit's start.
  func read(
    _ unit: SealedUnit, of manifest: SegmentManifest, own: KeyBlock, sealer: Sealer, zstd: Zstd
  ) throws(StorageError) -> ByteReader {
    let (path, offset) = (manifest.directoryPath, unit.offset)
    let file = try site.device.open(path, .read)
    let sealed = try file.read(at: offset, count: unit.sizeBytes)
    var packed: [UInt8] = []
    guard
      sealer.open(
        sealed[...], key: own, index: 0, nonce: .fixed(group: UInt32(unit.number)),
        associatedData: place(unit.kind, unit.ordinal, manifest).associatedData, appendingTo: &packed)
    else { throw .unauthentic(path: path, offset: offset, what: unit.name) }
    var content: [UInt8] = []
    guard zstd.unpack(packed.span, appendingTo: &content) else {
      throw .malformed(path: path, offset: offset, what: "the \(unit.name) does not decompress")
    }
    return ByteReader(content, path: path, base: offset)
  }

  /// The fixed bytes before the units.
  func checkDirectoryHeader(_ manifest: SegmentManifest) throws(StorageError) {
    let expected = SegmentFormat.directoryHeader(manifest.id, generation: manifest.directoryGeneration)
    try check(expected, at: manifest.directoryPath)
  }

  func checkCellHeader(_ manifest: SegmentManifest) throws(StorageError) {
    try check(SegmentFormat.cellHeader(manifest.id), at: manifest.cellPath)
  }

  private func check(_ expected: [UInt8], at path: String) throws(StorageError) {
    let found = try site.device.open(path, .read).read(at: 0, count: expected.count)
    if let wrong = expected.indices.first(where: { expected[$0] != found[$0] }) {
      throw .malformed(path: path, offset: wrong, what: "the header is not this segment's")
    }
  }

  private func place(_ kind: UnitPlace.Kind, _ ordinal: UInt64, _ manifest: SegmentManifest) -> UnitPlace {
    UnitPlace(
      database: site.keys.database, tenant: manifest.tenant, table: manifest.table, file: manifest.id.raw,
      kind: kind, group: manifest.directoryGeneration, ordinal: ordinal)
  }

  /// What a crashed attempt at the same generation left goes first.
  private func write(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
    try site.device.remove(path)
    try site.device.writeNew(path, bytes)
  }
}
