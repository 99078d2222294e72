internal import Synchronization
import VSQLSchema

/// Reads a segment, for every snapshot that has it: opened lazily, and opened columns are kept whole, so that batches share
/// their arrays.
///
/// ERASE and rotation replace a segment's files: `adopt` then makes all readers read the new ones. To an older snapshot the
/// erased rows are gone from that moment too, as they must be.
package final class SegmentReader: Sendable {
  package let table: TableDefinition
  let site: SegmentSite
  private let current: Mutex<SegmentGeneration>
  /// Merged away, and destroyed by an erasure while a snapshot still had it.
  private let isErased = Atomic(false)

  /// - Parameter table: the definition that the segment was written with.
  package init(_ site: SegmentSite, manifest: SegmentManifest, table: TableDefinition) {
    self.site = site
    self.table = table
    current = Mutex(SegmentGeneration(site, manifest: manifest, table: table))
  }

  package var manifest: SegmentManifest { generation.manifest }

  /// Rows written, erased ones included.
  package var rowCount: Int { generation.manifest.rowCount }

  var generation: SegmentGeneration { current.withLock { $0 } }

  /// Goes over to the files of a later generation, once the state names them; what was opened is dropped.
  package func adopt(_ manifest: SegmentManifest) {
    let next = SegmentGeneration(site, manifest: manifest, table: table)
    let former = current.withLock { current in
      defer { current = next }
      return current
    }
    former.dropOpened()
  }

  /// From now on nothing can be read any more: an erasure took it. What was opened, keys too, is dropped.
  func markErased() {
    isErased.store(true, ordering: .releasing)
    adopt(manifest)
  }

  /// A generation replaced meanwhile may have lost its files or keys: then the next one answers.
  private func read<Result>(
    _ body: (SegmentGeneration) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    let used = generation
    if isErased.load(ordering: .acquiring) { throw .snapshotErased }
    do throws(StorageError) {
      return try body(used)
    } catch {
      if isErased.load(ordering: .acquiring) { throw .snapshotErased }
      let now = generation
      if now === used { throw error }
      return try body(now)
    }
  }

  // MARK: Columns

  /// Whole columns, all rows of the segment; what stands for an erased row is NULL and means nothing. What is not open yet is
  /// opened for the caller and not kept.
  ///
  /// - Parameter ordinals: of the table's columns.
  package func columns(_ ordinals: [Int]) throws(StorageError) -> [Column] {
    try read { segment throws(StorageError) in try segment.columns(ordinals) }
  }

  /// Rows of columns. Where the memory budget lets a column group be open as a whole, it is opened and kept, and texts and
  /// vectors share its arrays; else these rows alone are opened. Erased rows are not in the selection.
  ///
  /// - Parameters:
  ///   - rows: at most `Batch.capacity` ordinals.
  ///   - user: the scan that reads (`MemoryBudget.newUser`).
  package func batch(rows: Range<Int>, columns ordinals: [Int], user: UInt64 = 0) throws(StorageError)
    -> Batch
  {
    try read { segment throws(StorageError) in
      try segment.batch(rows: rows, columns: ordinals, user: user)
    }
  }

  /// Columns of the rows `ordinals` alone, in that order: opens their cells only, unless whole columns are open already.
  package func rows(_ rows: [Int], columns ordinals: [Int]) throws(StorageError) -> [Column] {
    try read { segment throws(StorageError) in try segment.rows(rows, columns: ordinals) }
  }

  // MARK: Directory

  /// Row ids by ordinal, ascending.
  package func rowIDs() throws(StorageError) -> [RowID] {
    try read { segment throws(StorageError) in try segment.rowIDs() }
  }

  /// The ordinal of a row; nil: not in the segment. It may be erased.
  package func ordinal(of row: RowID) throws(StorageError) -> Int? {
    try read { segment throws(StorageError) in try segment.ordinal(of: row) }
  }

  /// Erased ordinals, ascending.
  package func erasedOrdinals() throws(StorageError) -> [Int] {
    try read { segment throws(StorageError) in try segment.erasedOrdinals() }
  }

  /// By column ordinal; nil after an erasure.
  package func statistics() throws(StorageError) -> [ColumnStatistics]? {
    try read { segment throws(StorageError) in try segment.statistics() }
  }

  /// By page of 1,024 rows: whether rows of it may meet all of `predicates`.
  package func candidatePages(_ predicates: [ZonePredicate]) throws(StorageError) -> [Bool] {
    try read { segment throws(StorageError) in try segment.candidatePages(predicates) }
  }

  /// The rows whose ENTITY column is `value`, ascending; erased ones are not among them.
  package func entityOrdinals(of value: Value) throws(StorageError) -> [Int] {
    try read { segment throws(StorageError) in try segment.entityOrdinals(of: value) }
  }

  /// The rows with this PRIMARY KEY (`KeyEncoder` bytes of its columns), ascending; the store knows which are deleted.
  package func primaryKeyOrdinals(of key: [UInt8]) throws(StorageError) -> [Int] {
    try read { segment throws(StorageError) in try segment.primaryKeyOrdinals(of: key) }
  }

  /// The rows that `lookup` finds, ascending; nil: the run's filter says that there are none. The store knows which are deleted.
  func ordinals(of lookup: KeyLookup) throws(StorageError) -> [Int]? {
    try read { segment throws(StorageError) in try segment.ordinals(of: lookup) }
  }

  /// The rows with one of these keys of `index`; the store knows which are deleted.
  func ordinals(of keys: KeyProbes, in index: IndexDefinition) throws(StorageError) -> [Int] {
    try read { segment throws(StorageError) in try segment.ordinals(of: keys, in: index) }
  }

  /// The first row with this key of `index` that `isWanted`; `isRuledOut`: the run's filter said that there is none.
  func ordinal(
    ofKey key: [UInt8], hash: UInt64, of index: IndexDefinition, isRuledOut: inout Bool,
    where isWanted: (Int) -> Bool
  ) throws(StorageError) -> Int? {
    var ruledOut = false
    let found = try read { segment throws(StorageError) in
      try segment.ordinal(ofKey: key, hash: hash, of: index, isRuledOut: &ruledOut, where: isWanted)
    }
    isRuledOut = ruledOut
    return found
  }

  /// One row's id and columns; opens its cells only, unless whole columns are open already.
  func row(_ row: Int, columns ordinals: [Int]) throws(StorageError) -> (id: RowID, columns: [Column]) {
    try read { segment throws(StorageError) in try segment.row(row, columns: ordinals) }
  }

  package func primaryKeyContains(_ key: [UInt8]) throws(StorageError) -> Bool {
    try !primaryKeyOrdinals(of: key).isEmpty
  }

  /// Opens all three files and keeps them, so that what is read later is there though another process removes them.
  ///
  /// - Throws: `.missing` alone: damage is for the reader of its rows to meet.
  func hold() throws(StorageError) {
    do throws(StorageError) {
      try generation.hold()
    } catch {
      if case .missing = error { throw error }
    }
  }

  // MARK: Memory

  /// Drops opened columns.
  package func dropOpened() { generation.dropOpened() }

  /// Plain bytes of the opened columns.
  package var openedBytes: Int { generation.openedBytes }
}
