internal import Synchronization
import VSQLSchema

/// One generation of a segment's files, as far as they are opened: lazily, group by group, and kept whole.
///
/// Every seal binds its unit to its exact place, and to its file's generation, so each read is verified as it is opened;
/// failures name the file and the unit's offset.
final class SegmentGeneration: Sendable, MemoryBudget.Holder {
  struct Cache {
    var directory: OpenedDirectory?
    var tables: [Int: ValueTable]?
    var columns: [Int: Column] = [:]
    /// The same, by group.
    var groups: [Int: OpenedColumns] = [:]
    var entityIndex: KeyRun??
    var keyRun: KeyRun??
    var indexRuns: [IndexID: KeyRun] = [:]
    var filters: [IndexID: KeyFilter] = [:]
  }

  let manifest: SegmentManifest
  let table: TableDefinition
  let site: SegmentSite
  let cache = Mutex(Cache())
  let opener: Mutex<SegmentOpener>
  /// In the memory budget.
  private let holder: UInt64

  init(_ site: SegmentSite, manifest: SegmentManifest, table: TableDefinition) {
    self.site = site
    self.manifest = manifest
    self.table = table
    holder = site.memory.newHolder()
    opener = Mutex(SegmentOpener(site, manifest: manifest, table: table))
  }

  // MARK: Columns

  /// Whole columns, all rows of the segment; what stands for an erased row is NULL and means nothing. What is not open is
  /// opened for the caller and not kept.
  ///
  /// - Parameter ordinals: of the table's columns.
  func columns(_ ordinals: [Int]) throws(StorageError) -> [Column] {
    try columns(ordinals, of: 0..<manifest.rowCount, user: nil)
  }

  /// Rows of columns. Where the memory budget lets a column group be open as a whole, texts and vectors share its arrays;
  /// else these rows alone are opened. Erased rows are not in the selection.
  ///
  /// - Parameters:
  ///   - rows: at most `Batch.capacity` ordinals.
  ///   - user: the scan that reads (`MemoryBudget.newUser`).
  func batch(rows: Range<Int>, columns ordinals: [Int], user: UInt64) throws(StorageError) -> Batch {
    let directory = try directory()
    return Batch(
      columns: try columns(ordinals, of: rows, user: user), count: rows.count,
      selection: liveSelection(in: rows), rowIDs: Array(directory.rowIDs[rows]))
  }

  /// Columns of the rows `ordinals` alone, in that order: opens their cells only, unless whole columns are open already.
  func rows(_ rows: [Int], columns ordinals: [Int]) throws(StorageError) -> [Column] {
    let directory = try directory()
    var open = cache.withLock { $0.columns }
    var found: [Column] = []
    var partial: [Int: Column] = [:]
    for ordinal in ordinals {
      if let whole = open[ordinal] {
        found.append(whole.gather(rows))
        continue
      }
      if partial[ordinal] == nil {
        guard let group = directory.group(of: ordinal) else { throw noGroup(ordinal) }
        if case .pages = directory.groups[group].content {
          found.append(try pageRows(rows, ordinal, group, directory))
          continue
        }
        let isRecords = directory.groups[group].content == .records
        let tables = isRecords ? try valueTables() : [:]
        let gone = goneRows()
        let columns = try opener.withLock { opener throws(StorageError) in
          try opener.rows(rows, directory, group: group, tables: tables, gone: gone)
        }
        partial.merge(columns) { $1 }
      }
      guard let column = partial[ordinal] else { throw noGroup(ordinal) }
      found.append(column)
    }
    open.removeAll()
    return found
  }

  /// - Parameter user: nil: nothing that is opened now is kept.
  private func columns(
    _ ordinals: [Int], of rows: Range<Int>, user: UInt64?
  ) throws(StorageError) -> [Column] {
    let directory = try directory()
    var found: [Column] = []
    found.reserveCapacity(ordinals.count)
    /// Of the groups that are not open as a whole, these rows.
    var partial: [Int: Column] = [:]
    for ordinal in ordinals {
      if let column = partial[ordinal] {
        found.append(column)
        continue
      }
      guard let group = directory.group(of: ordinal) else { throw noGroup(ordinal) }
      if let whole = try whole(ordinal, in: group, directory, user: user) {
        found.append(rows.count == directory.rowCount ? whole : whole.slice(rows))
        continue
      }
      let first = rows.lowerBound / SegmentFormat.pageRows * SegmentFormat.pageRows
      var opened = try open(group, directory, first..<rows.upperBound)
      if first < rows.lowerBound {
        opened = opened.mapValues { $0.slice(rows.lowerBound - first..<rows.upperBound - first) }
      }
      partial.merge(opened) { $1 }
      guard let column = partial[ordinal] else { throw noGroup(ordinal) }
      found.append(column)
    }
    return found
  }

  /// A column that is open as a whole, or may be.
  private func whole(
    _ ordinal: Int, in group: Int, _ directory: SegmentDirectory, user: UInt64?
  ) throws(StorageError) -> Column? {
    let key = MemoryBudget.Key(holder: holder, group: group)
    if let column = cache.withLock({ $0.columns[ordinal] }) {
      if let user { site.memory.touch(key, user: user) }
      return column
    }
    guard let user else { return nil }
    let isAdmitted = site.memory.admit(
      key, of: self, sizeBytes: directory.plainBytes(ofGroup: group),
      costNanoseconds: directory.openingNanoseconds(ofGroup: group), user: user)
    guard isAdmitted else { return nil }
    do throws(StorageError) {
      let columns = try open(group, directory, 0..<directory.rowCount)
      let opened = cache.withLock { cache in
        // Another thread may have been first.
        if let opened = cache.groups[group] { return opened }
        let opened = OpenedColumns(columns)
        cache.groups[group] = opened
        cache.columns.merge(opened.columns) { $1 }
        return opened
      }
      // Given up again while it was opened: then it serves this once.
      if !site.memory.settle(key, sizeBytes: opened.sizeBytes) { evict(group: group) }
      guard let column = opened.columns[ordinal] else { throw noGroup(ordinal) }
      return column
    } catch {
      site.memory.forget(key)
      throw error
    }
  }

  /// The columns of a group, of `rows` (from a multiple of a page on). Many rows are opened on all cores.
  private func open(
    _ group: Int, _ directory: SegmentDirectory, _ rows: Range<Int>
  ) throws(StorageError) -> [Int: Column] {
    if let open = cache.withLock({ $0.groups[group] }) {
      return rows.count == directory.rowCount ? open.columns : open.columns.mapValues { $0.slice(rows) }
    }
    let work = GroupOpening(
      group: group, directory: directory,
      tables: directory.groups[group].content == .records ? try valueTables() : [:], gone: goneRows())
    let parts = Self.parts(of: rows)
    switch directory.groups[group].content {
    case .vector(let column): return [column: try vectors(column, work, parts, rows)]
    case .pages(let column): return [column: try pages(column, group, directory, parts, rows)]
    case .records, .planes, .long: break
    }
    guard parts.count > 1 else {
      return try opener.withLock { opener throws(StorageError) in try work.columns(rows, opener) }
    }
    let makeOpener = try openerMaker()
    var columns = try Parallel.map(parts.count) { index throws(StorageError) in
      try work.columns(parts[index], makeOpener())
    }
    var joined = columns.removeFirst()
    for part in columns {
      for (ordinal, column) in part { joined[ordinal]?.append(column) }
    }
    return joined
  }

  /// The forms of a column's pages, in the order in which they are met.
  func pageForms(_ ordinal: Int) throws(StorageError) -> String {
    let directory = try directory()
    guard let group = directory.group(of: ordinal) else { throw noGroup(ordinal) }
    let names = try opener.withLock { opener throws(StorageError) in
      try opener.pageForms(directory, group: group)
    }
    return names.joined(separator: "; ")
  }

  func withOpener<Result: Sendable>(
    _ body: (SegmentOpener) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    try opener.withLock { opener throws(StorageError) in try body(opener) }
  }

  /// Makes openers of the same files, for other threads.
  func openerMaker() throws(StorageError) -> @Sendable () -> SegmentOpener {
    let files = try withOpener { opener throws(StorageError) in try opener.openedFiles() }
    let (site, manifest, table) = (site, manifest, table)
    return { SegmentOpener(site, manifest: manifest, table: table, files: files) }
  }

  func noGroup(_ ordinal: Int) -> StorageError {
    .malformed(
      path: manifest.directoryPath, offset: manifest.offset(of: .directory),
      what: "no column group holds column \(ordinal)")
  }

  // MARK: Directory

  /// Row ids by ordinal, ascending.
  func rowIDs() throws(StorageError) -> [RowID] { try directory().rowIDs }

  /// The ordinal of a row; nil: not in the segment.
  func ordinal(of row: RowID) throws(StorageError) -> Int? { try directory().ordinal(of: row) }

  /// Erased ordinals, ascending.
  func erasedOrdinals() throws(StorageError) -> [Int] {
    try directory().erased
  }

  /// By column ordinal; nil after an erasure.
  func statistics() throws(StorageError) -> [ColumnStatistics]? { try directory().statistics }

  /// By page of 1,024 rows: whether rows of it may meet all of `predicates`.
  func candidatePages(_ predicates: [ZonePredicate]) throws(StorageError) -> [Bool] {
    let directory = try directory()
    var pages = [Bool](repeating: true, count: directory.pageCount)
    for predicate in predicates {
      guard let index = directory.layout.columns.firstIndex(where: { $0.column == predicate.column }),
        predicate.comparison == .isNull || predicate.value.fits(directory.types[predicate.column])
      else { continue }
      let key = KeyEncoder.key(of: predicate.value) ?? []
      for page in pages.indices where pages[page] {
        pages[page] = directory.zones[index][page].mayMeet(predicate.comparison, key: key)
      }
    }
    return pages
  }

  /// The rows whose ENTITY column is `value`, ascending; erased ones are not among them.
  func entityOrdinals(of value: Value) throws(StorageError) -> [Int] {
    guard let key = KeyEncoder.key(of: value) else { return [] }
    return try run(.entityIndex, \.entityIndex)?.ordinals(of: key) ?? []
  }

  /// The rows with this PRIMARY KEY (`KeyEncoder` bytes of its columns), ascending; the store knows which are deleted.
  func primaryKeyOrdinals(of key: [UInt8]) throws(StorageError) -> [Int] {
    try run(.keyRun, \.keyRun)?.ordinals(of: key) ?? []
  }

  /// The rows that `lookup` finds, ascending; nil: the run's filter says that there are none. The store knows which are deleted.
  func ordinals(of lookup: KeyLookup) throws(StorageError) -> [Int]? {
    if let filter = try filter(of: lookup.index), !filter.mayMeet(lookup) { return nil }
    return try run(of: lookup.index)?.ordinals(of: lookup) ?? []
  }

  /// The rows with one of these keys of `index`. The run is opened where its filter does not rule out all of them.
  func ordinals(of keys: KeyProbes, in index: IndexDefinition) throws(StorageError) -> [Int] {
    let candidates = try filter(of: index)?.candidates(keys) ?? Array(keys.keys.indices)
    guard !candidates.isEmpty, let run = try run(of: index) else { return [] }
    return candidates.flatMap { run.ordinals(of: keys.keys[$0]) }
  }

  /// Nil: the file has none, as of few rows, or of a run that it has not yet.
  func filter(of index: IndexDefinition) throws(StorageError) -> KeyFilter? {
    guard let unit = manifest.place(ofFilter: index.id) else { return nil }
    if let filter = cache.withLock({ $0.filters[index.id] }) { return filter }
    let filter = try opener.withLock { opener throws(StorageError) in try opener.filter(unit) }
    cache.withLock { $0.filters[index.id] = filter }
    return filter
  }

  /// The sorted keys of an index. Until the files hold them, as after CREATE INDEX, they are made from the columns.
  func run(of index: IndexDefinition) throws(StorageError) -> KeyRun? {
    if index.id == .primaryKey { return try run(.keyRun, \.keyRun) }
    if let run = cache.withLock({ $0.indexRuns[index.id] }) { return run }
    let made: KeyRun
    if let unit = manifest.place(ofRun: index.id) {
      guard
        let run = try opener.withLock({ opener throws(StorageError) in try opener.run(unit) })
      else {
        throw .malformed(path: manifest.directoryPath, offset: unit.offset, what: "an index run without keys")
      }
      made = run
    } else {
      made = KeyRun(
        ofKey: try columns(index.columns),
        rows: (0..<manifest.rowCount).filter { !(goneRows()?[$0] ?? false) })
    }
    cache.withLock { $0.indexRuns[index.id] = made }
    return made
  }

  func directory() throws(StorageError) -> SegmentDirectory { try openedDirectory().directory }

  func openedDirectory() throws(StorageError) -> OpenedDirectory {
    if let opened = cache.withLock({ $0.directory }) { return opened }
    let opened = OpenedDirectory(
      try opener.withLock { opener throws(StorageError) in try opener.directory() })
    cache.withLock { $0.directory = opened }
    return opened
  }

  func valueTables() throws(StorageError) -> [Int: ValueTable] {
    if let tables = cache.withLock({ $0.tables }) { return tables }
    let list = try opener.withLock { opener throws(StorageError) in try opener.valueTables() }
    let tables = Dictionary(list.map { ($0.column, $0) }) { $1 }
    cache.withLock { $0.tables = tables }
    return tables
  }

  private func run(
    _ unit: DirectoryUnit, _ place: WritableKeyPath<Cache, KeyRun??> & Sendable
  ) throws(StorageError) -> KeyRun? {
    if let run = cache.withLock({ $0[keyPath: place] }) { return run }
    let run = try opener.withLock { opener throws(StorageError) in try opener.run(unit) }
    cache.withLock { $0[keyPath: place] = .some(run) }
    return run
  }

  /// Everything of the `.dir` file.
  func contents() throws(StorageError) -> SegmentContents {
    var runs: [SegmentContents.IndexRun] = []
    for unit in manifest.indexRuns {
      // The file has them: columns are not asked.
      let index = IndexDefinition(id: unit.index, name: "", columns: [], isUnique: false)
      if let run = try run(of: index) { runs.append(SegmentContents.IndexRun(index: unit.index, run: run)) }
    }
    return SegmentContents(
      directory: try directory(), tables: try valueTables().values.sorted { $0.column < $1.column },
      entityIndex: try run(.entityIndex, \.entityIndex), keyRun: try run(.keyRun, \.keyRun), indexRuns: runs,
      dictionary: try dictionary())
  }

  /// What texts share, read from the device again; nil: nothing.
  func dictionary() throws(StorageError) -> SharedDictionary? {
    try opener.withLock { opener throws(StorageError) in try opener.dictionary() }
  }

  func keys() throws(StorageError) -> (own: KeyBlock, blocks: [KeyBlock]) {
    try opener.withLock { opener throws(StorageError) in
      (try opener.ownKeys(), try opener.recordKeys(0..<SegmentFormat.keyBlocks(manifest.keyCount)))
    }
  }

  /// Opens the files of keys and cells, and reads the directory's.
  func hold() throws(StorageError) {
    try opener.withLock { opener throws(StorageError) in try opener.hold() }
    _ = try contents()
    for unit in manifest.keyFilters {
      _ = try filter(of: IndexDefinition(id: unit.index, name: "", columns: [], isUnique: false))
    }
  }

  // MARK: Memory

  func evict(group: Int) {
    cache.withLock { cache in
      guard let opened = cache.groups.removeValue(forKey: group) else { return }
      for ordinal in opened.columns.keys { cache.columns[ordinal] = nil }
    }
  }

  func dropOpened() {
    for group in cache.withLock({ Array($0.groups.keys) }) {
      evict(group: group)
      site.memory.forget(MemoryBudget.Key(holder: holder, group: group))
    }
  }

  deinit {
    for group in cache.withLock({ Array($0.groups.keys) }) {
      site.memory.forget(MemoryBudget.Key(holder: holder, group: group))
    }
  }

  var openedBytes: Int { cache.withLock { $0.groups.values.reduce(0) { $0 + $1.sizeBytes } } }

  private func goneRows() -> [Bool]? { cache.withLock { $0.directory?.gone } }

  private func liveSelection(in rows: Range<Int>) -> [UInt16]? {
    guard let gone = goneRows(), gone[rows].contains(true) else { return nil }
    return rows.filter { !gone[$0] }.map { UInt16($0 - rows.lowerBound) }
  }
}

extension Value {
  /// Whether the value is of a type's own kind, so that their key bytes compare.
  fileprivate func fits(_ type: SQLType) -> Bool {
    switch (self, type) {
    case (.boolean, .boolean), (.integer, .integer), (.double, .double), (.decimal, .decimal), (.text, .text),
      (.blob, .blob), (.date, .date), (.timestamp, .timestamp), (.timestamptz, .timestamptz), (.uuid, .uuid):
      true
    case (_, _): false
    }
  }
}
