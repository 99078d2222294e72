import VSQLSchema

/// Opens what a segment's files hold. Its contexts and buffers are reused, so one thread at a time: `SegmentReader` guards it.
final class SegmentOpener {
  /// Rows opened at a time: a page is as many as a slot's 16 blocks of DEKs.
  private static let runRows = SegmentFormat.pageRows
  /// Blocks of DEKs kept unwrapped for single records: 2 MiB of locked memory, the keys of 65,536 rows. Unwrapping one costs as much
  /// as opening three cells.
  private static let keptBlocks = 1_024

  let manifest: SegmentManifest
  private let table: TableDefinition
  private let files: SegmentFiles
  private let site: SegmentSite
  private let keyFile: SegmentKeyFile
  let cipher: CellCipher
  private let sealer = Sealer()
  private var contexts: Zstd?
  private var openedKeyFile: (any DeviceFile)?
  private var openedCells: (any DeviceFile)?
  private var runs: CellRunOpener?
  private var own: KeyBlock?
  private var kept: [Int: KeyBlock] = [:]
  private var openedDictionary: ZstdDecompressionDictionary?
  /// For errors.
  let cellPath: String
  /// Pages as they are read, opened and unpacked, one after the other.
  var pagesRead = PageRun()
  var sealedPages: [UInt8] = []
  var plain: [UInt8] = []
  var pageContent: [UInt8] = []
  /// The last run's opened cells, whose arrays the next one takes.
  private var run = RowBytes()

  /// - Parameter files: where another opener has them.
  init(
    _ site: SegmentSite, manifest: SegmentManifest, table: TableDefinition, files opened: OpenedFiles? = nil
  ) {
    openedKeyFile = opened?.keys
    openedCells = opened?.cells
    openedDictionary = opened?.dictionary
    self.manifest = manifest
    cellPath = manifest.cellPath
    self.table = table
    files = SegmentFiles(site: site)
    self.site = site
    keyFile = SegmentKeyFile(site: site, manifest: manifest)
    cipher = CellCipher(
      database: site.keys.database, tenant: manifest.tenant, table: manifest.table, segment: manifest.id,
      seal: manifest.seal)
  }

  // MARK: Units of the directory file

  func directory() throws(StorageError) -> SegmentDirectory {
    try files.checkDirectoryHeader(manifest)
    var reader = try read(.directory)
    return try SegmentDirectory(from: &reader, table: table, manifest: manifest)
  }

  func valueTables() throws(StorageError) -> [ValueTable] {
    var reader = try read(.valueTables)
    var tables: [ValueTable] = []
    for _ in 0..<(try reader.count(ofAtLeast: 2)) { tables.append(try ValueTable(from: &reader)) }
    try reader.finish()
    return tables
  }

  /// The entity index or the key run; nil: the table has none.
  func run(_ unit: DirectoryUnit) throws(StorageError) -> KeyRun? { try run(manifest.place(of: unit)) }

  func run(_ unit: SealedUnit) throws(StorageError) -> KeyRun? {
    var reader = try read(unit)
    if reader.isAtEnd { return nil }
    let run = try KeyRun(from: &reader, rowCount: manifest.rowCount)
    try reader.finish()
    return run
  }

  func filter(_ unit: SealedUnit) throws(StorageError) -> KeyFilter {
    var reader = try read(unit)
    let filter = try KeyFilter(from: &reader)
    try reader.finish()
    return filter
  }

  /// What texts share; nil: nothing.
  func dictionary() throws(StorageError) -> SharedDictionary? {
    guard let unit = manifest.placeOfDictionary else { return nil }
    var reader = try read(unit)
    return try SharedDictionary(from: &reader)
  }

  private func read(_ unit: DirectoryUnit) throws(StorageError) -> ByteReader {
    try read(manifest.place(of: unit))
  }

  private func read(_ unit: SealedUnit) throws(StorageError) -> ByteReader {
    try files.read(unit, of: manifest, own: try ownKeys(), sealer: sealer, zstd: try zstd())
  }

  func ownKeys() throws(StorageError) -> KeyBlock {
    if let own { return own }
    let opened = try keyFile.ownKeys(try keysOnDevice())
    own = opened
    return opened
  }

  func recordKeys(_ blocks: Range<Int>) throws(StorageError) -> [KeyBlock] {
    try KeyBlock.reserve(blocks.count)
    return try keyFile.recordKeys(blocks, try keysOnDevice())
  }

  func zstd() throws(StorageError) -> Zstd {
    if let contexts { return contexts }
    let made = try Zstd()
    contexts = made
    return made
  }

  private func keysOnDevice() throws(StorageError) -> any DeviceFile {
    if let openedKeyFile { return openedKeyFile }
    let file = try keyFile.open()
    openedKeyFile = file
    return file
  }

  func cellsOnDevice() throws(StorageError) -> any DeviceFile {
    if let openedCells { return openedCells }
    try files.checkCellHeader(manifest)
    let file = try files.site.device.open(manifest.cellPath, .read)
    openedCells = file
    return file
  }

  func hold() throws(StorageError) { _ = try openedFiles() }

  /// The files of keys and cells, for openers on other threads.
  func openedFiles() throws(StorageError) -> OpenedFiles {
    OpenedFiles(keys: try keysOnDevice(), cells: try cellsOnDevice(), dictionary: try digestedDictionary())
  }

  func cellRuns() throws(StorageError) -> CellRunOpener {
    if let runs { return runs }
    let made = CellRunOpener(site, manifest: manifest, files: try openedFiles())
    runs = made
    return made
  }

  struct OpenedFiles: Sendable {
    let keys: any DeviceFile
    let cells: any DeviceFile
    let dictionary: ZstdDecompressionDictionary?
  }

  private func digestedDictionary() throws(StorageError) -> ZstdDecompressionDictionary? {
    if let openedDictionary { return openedDictionary }
    guard let dictionary = try dictionary() else { return nil }
    let digested = try ZstdDecompressionDictionary(dictionary.bytes[...])
    openedDictionary = digested
    return digested
  }

  func keptKeys(_ row: Int) throws(StorageError) -> KeyBlock {
    let block = row / SegmentFormat.blockKeys
    if let keys = kept[block] { return keys }
    if kept.count >= Self.keptBlocks { kept.removeAll(keepingCapacity: true) }
    let keys = try recordKeys(block..<block + 1)[0]
    kept[block] = keys
    return keys
  }

  // MARK: Whole groups

  /// Every column of group 0 (ordinal to column), of `rows`; rows that are gone are NULL.
  ///
  /// - Parameter wanted: from a multiple of a page on, here and below.
  func records(
    _ directory: SegmentDirectory, group: Int, _ wanted: Range<Int>, tables: [Int: ValueTable], gone: [Bool]?
  ) throws(StorageError) -> [Int: Column] {
    var decoder = RecordDecoder(
      layout: directory.layout, types: directory.types, tables: tables, capacity: wanted.count)
    for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.runRows) {
      let rows = start..<min(wanted.upperBound, start + Self.runRows)
      try openRun(rows, directory.groups[group].cells, group: group, gone: gone)
      if let bad = decoder.decode(try unpacked(run, rows: rows, directory, group: group)) {
        throw damagedRecord(directory.groups[group].cells, row: start + bad)
      }
    }
    return decoder.finish()
  }

  /// A vector column's bytes, straight from the cells, into `out`, which has `width` places for each row.
  func vectors(
    _ directory: SegmentDirectory, group: Int, _ wanted: Range<Int>, width: Int, gone: [Bool]?,
    into out: inout MutableSpan<UInt8>
  ) throws(StorageError) {
    try cellRuns().open(
      wanted, directory.groups[group].cells, group: group, gone: gone, width: width, into: &out)
  }

  /// A vector column whose cells are packed.
  func planes(
    _ directory: SegmentDirectory, group: Int, _ wanted: Range<Int>, column: Int, shape: VectorShape,
    gone: [Bool]?
  ) throws(StorageError) -> Column {
    let bytes = try planes(directory, group: group, wanted, shape: shape, gone: gone)
    return Column(
      type: directory.types[column], values: .vectors(VectorValues(shape: shape, bytes: bytes)),
      validity: directory.validity(ofGroup: group, wanted, gone: gone), count: wanted.count)
  }

  private func planes(
    _ directory: SegmentDirectory, group: Int, _ wanted: Range<Int>, shape: VectorShape, gone: [Bool]?
  ) throws(StorageError) -> [UInt8] {
    let cells = directory.groups[group].cells
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted.count * shape.byteCount)
    for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.runRows) {
      let rows = start..<min(wanted.upperBound, start + Self.runRows)
      try openRun(rows, cells, group: group, gone: gone)
      for row in 0..<run.count {
        try appendPlanes(run, row, of: start + row, cells, VectorPlanes(shape), to: &bytes)
      }
    }
    return bytes
  }

  /// Zeros where the row has no vector.
  private func appendPlanes(
    _ packed: RowBytes, _ index: Int, of row: Int, _ cells: CellTable, _ planes: VectorPlanes,
    to bytes: inout [UInt8]
  ) throws(StorageError) {
    let range = packed.range(index)
    if range.isEmpty {
      bytes.append(contentsOf: repeatElement(0, count: planes.byteCount))
      return
    }
    var split: [UInt8] = []
    guard
      try zstd().unpack(
        packed.bytes.span.extracting(range), limit: planes.byteCount, appendingTo: &split),
      split.count == planes.byteCount
    else { throw damagedRecord(cells, row: row) }
    planes.join(split.span, appendingTo: &bytes)
  }

  /// A column of long texts or blobs.
  func longs(
    _ directory: SegmentDirectory, group: Int, _ wanted: Range<Int>, column: Int, gone: [Bool]?
  ) throws(StorageError) -> Column {
    let cells = directory.groups[group].cells
    var list = TextValues()
    for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.runRows) {
      let rows = start..<min(wanted.upperBound, start + Self.runRows)
      try openRun(rows, cells, group: group, gone: gone)
      for row in 0..<run.count { try appendLong(run, row, of: start + row, cells, to: &list) }
    }
    return Column(
      type: directory.types[column], values: .texts(list),
      validity: directory.validity(ofGroup: group, wanted, gone: gone), count: wanted.count)
  }

  // MARK: Single rows

  /// The columns of `group` of the rows `ordinals` only, in their order.
  func rows(
    _ ordinals: [Int], _ directory: SegmentDirectory, group: Int, tables: [Int: ValueTable], gone: [Bool]?
  ) throws(StorageError) -> [Int: Column] {
    let cells = directory.groups[group].cells
    var opened = RowBytes()
    for row in ordinals {
      let range = cells.range(row)
      if !(gone?[row] ?? false), !range.isEmpty {
        guard range.count >= Sealer.tagBytes else { throw damagedRecord(cells, row: row) }
        let sealed = try cellsOnDevice().read(at: range.lowerBound, count: range.count)
        let start = opened.bytes.count
        opened.bytes.append(contentsOf: repeatElement(0, count: range.count - Sealer.tagBytes))
        let keys = try keptKeys(row)
        if !cipher.open(sealed.span, keys: keys, group: group, row: row, into: &opened.bytes, at: start) {
          throw unauthentic(group, range)
        }
      }
      opened.ends.append(opened.bytes.count)
    }
    let isNull = ordinals.map { row in (gone?[row] ?? false) || cells.range(row).isEmpty }
    let validity = isNull.contains(true) ? isNull.map { !$0 } : nil
    switch directory.groups[group].content {
    case .records:
      var decoder = RecordDecoder(
        layout: directory.layout, types: directory.types, tables: tables, capacity: ordinals.count)
      let records = try unpacked(opened, rows: ordinals, directory, group: group)
      if let bad = decoder.decode(records) { throw damagedRecord(cells, row: ordinals[bad]) }
      return decoder.finish()
    case .vector(let column):
      guard case .vector(let shape) = directory.types[column] else { return [:] }
      var bytes: [UInt8] = []
      for (index, row) in ordinals.enumerated() {
        let range = opened.range(index)
        guard range.isEmpty || range.count == shape.byteCount else { throw damagedRecord(cells, row: row) }
        bytes.append(contentsOf: opened.bytes[range])
        if range.isEmpty { bytes.append(contentsOf: repeatElement(0, count: shape.byteCount)) }
      }
      return [
        column: Column(
          type: directory.types[column], values: .vectors(VectorValues(shape: shape, bytes: bytes)),
          validity: validity, count: ordinals.count)
      ]
    case .pages: return [:]
    case .planes(let column):
      guard case .vector(let shape) = directory.types[column] else { return [:] }
      var bytes: [UInt8] = []
      for (index, row) in ordinals.enumerated() {
        try appendPlanes(opened, index, of: row, cells, VectorPlanes(shape), to: &bytes)
      }
      return [
        column: Column(
          type: directory.types[column], values: .vectors(VectorValues(shape: shape, bytes: bytes)),
          validity: validity, count: ordinals.count)
      ]
    case .long(let column):
      var list = TextValues()
      for (index, row) in ordinals.enumerated() { try appendLong(opened, index, of: row, cells, to: &list) }
      return [
        column: Column(
          type: directory.types[column], values: .texts(list), validity: validity, count: ordinals.count)
      ]
    }
  }

  // MARK: Steps

  /// Opens the cells of a run into `run`; empty where the row is gone or has none.
  private func openRun(
    _ rows: Range<Int>, _ cells: CellTable, group: Int, gone: [Bool]?
  ) throws(StorageError) {
    var opened = RowBytes()
    swap(&opened, &run)
    defer { swap(&opened, &run) }
    try cellRuns().open(rows, cells, group: group, gone: gone, into: &opened)
  }

  /// The records with all that was compressed in them unpacked.
  private func unpacked(
    _ records: RowBytes, rows: some RandomAccessCollection<Int>, _ directory: SegmentDirectory, group: Int
  ) throws(StorageError) -> RowBytes {
    let cells = directory.groups[group].cells
    let records = try unpacked(records, rows: rows, cells)
    if directory.layout.sharedCount == 0 { return records }
    guard let dictionary = try digestedDictionary() else {
      throw .malformed(
        path: manifest.directoryPath, offset: manifest.offset(of: .directory),
        what: "columns share a dictionary that the file has not")
    }
    var expanded = RowBytes()
    if let bad = directory.layout.expand(records, try zstd(), dictionary, into: &expanded) {
      throw damagedRecord(cells, row: rows[rows.index(rows.startIndex, offsetBy: bad)])
    }
    return expanded
  }

  /// The records with those that were compressed unpacked.
  func unpacked(
    _ records: RowBytes, rows: some RandomAccessCollection<Int>, _ cells: CellTable
  ) throws(StorageError) -> RowBytes {
    func isCompressed(_ row: Int) -> Bool {
      let range = records.range(row)
      return !range.isEmpty && records.bytes[range.lowerBound] == RecordLayout.compressedFlag
    }
    guard (0..<records.count).contains(where: isCompressed) else { return records }
    var result = RowBytes()
    let zstd = try zstd()
    for (index, row) in zip(0..<records.count, rows) {
      let content = records.bytes.span.extracting(records.range(index))
      if isCompressed(index) {
        guard zstd.unframe(content.extracting(1...), limit: 1 << 31, appendingTo: &result.bytes) else {
          throw damagedRecord(cells, row: row)
        }
      } else {
        result.bytes.append(content)
      }
      result.ends.append(result.bytes.count)
    }
    return result
  }

  private func appendLong(
    _ packed: RowBytes, _ index: Int, of row: Int, _ cells: CellTable, to list: inout TextValues
  ) throws(StorageError) {
    let range = packed.range(index)
    if !range.isEmpty, try !zstd().unpack(packed.bytes.span.extracting(range), appendingTo: &list.bytes) {
      throw damagedRecord(cells, row: row)
    }
    list.offsets.append(UInt32(truncatingIfNeeded: list.bytes.count))
  }

  func unauthentic(_ group: Int, _ range: Range<Int>) -> StorageError {
    .unauthentic(path: manifest.cellPath, offset: range.lowerBound, what: "cell of column group \(group)")
  }

  func damagedRecord(_ cells: CellTable, row: Int) -> StorageError {
    .malformed(
      path: manifest.cellPath, offset: cells.range(row).lowerBound,
      what: "the record is not what the directory says")
  }
}
