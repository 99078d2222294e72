import VSQLSchema

/// What the store does with a segment whose rows were erased or whose keys were wrapped anew, once the state names `manifest`:
/// `adopt` it, drop `obsoleteSlots` and commit the ring, `punch`, remove `obsoleteFiles`.
package struct RewrittenSegment: Sendable {
  package let manifest: SegmentManifest
  /// Slots that only the old files need.
  package let obsoleteSlots: [SlotID]
  package let obsoleteFiles: [String]
  /// Rows that went now; 0 after a rotation.
  package let erasedRows: Int
  /// Entries of the entity index and the key run that went.
  package let removedIndexEntries: Int
}

extension SegmentReader {
  /// Writes the files of the next generation without the rows `ordinals`: their DEKs are in no block, every block that held
  /// one lies under a new slot key, and the directory, tables and runs are written under a fresh segment DEK without
  /// what came from them. Rows stay as holes: ordinals do not change.
  ///
  /// A segment that `losesPieces` with them is written anew instead.
  ///
  /// The new files are durable when this returns, the new slots are not: `commitRing` before the state names the result.
  ///
  /// - Parameter indexes: of the table as it is; runs of others are left out of the new files.
  /// - Returns: nil when all of `ordinals` are erased already.
  package func erase(
    _ ordinals: [Int], indexes: [IndexDefinition] = []
  ) throws(StorageError) -> RewrittenSegment? {
    let old = generation
    guard old.manifest.seal == .record else {
      throw .malformed(
        path: old.manifest.keyPath, offset: 0, what: "rows to erase in pages, whose table has no entity")
    }
    var contents = try old.contents()
    contents.indexRuns = try old.indexRuns(indexes)
    let before = Set(contents.directory.erased)
    let going = Set(ordinals.filter { $0 >= 0 && $0 < old.manifest.rowCount }).subtracting(before)
    if going.isEmpty { return nil }
    let rows = going.sorted()

    var removed = 0
    if let dictionary = contents.dictionary {
      guard let kept = dictionary.removing(try old.entitiesSharing(dictionary, rows: rows)) else {
        throw .limit(what: "a segment whose dictionary loses a piece is written anew, not rewritten")
      }
      contents.dictionary = kept
    }
    contents.tables = try tables(contents.tables, without: rows, in: old)
    let values = try old.rows(rows, columns: contents.directory.layout.columns.map(\.column))
    for place in [\SegmentContents.entityIndex, \SegmentContents.keyRun] {
      guard let run = contents[keyPath: place] else { continue }
      let kept = run.removing(going)
      removed += run.count - kept.count
      contents[keyPath: place] = kept
    }
    for place in contents.indexRuns.indices {
      let kept = contents.indexRuns[place].run.removing(going)
      removed += contents.indexRuns[place].run.count - kept.count
      contents.indexRuns[place].run = kept
    }
    contents.directory.erased = (contents.directory.erased + rows).sorted()
    contents.directory.statistics = nil
    contents.directory.layout = contents.directory.layout.removing(
      values.map { column in (0..<column.count).count { !column.isNull($0) } },
      isEmpty: contents.directory.erased.count == old.manifest.rowCount)
    for page in Set(rows.map { $0 / SegmentFormat.pageRows }) {
      for column in contents.directory.zones.indices { contents.directory.zones[column][page] = .unknown }
    }
    contents.directory.leaves = try punchedLeaves(contents.directory, rows, in: old.manifest)

    var (_, blocks) = try old.keys()
    for (block, dropped) in Dictionary(grouping: rows, by: { $0 / SegmentFormat.blockKeys }) {
      blocks[block] = blocks[block].dropping(dropped.map { $0 % SegmentFormat.blockKeys })
    }
    var manifest = old.manifest
    manifest.liveCount -= rows.count
    manifest.keyGeneration += 1
    manifest.directoryGeneration += 1
    manifest.cellRoot = BlockTree.root(contents.directory.leaves, Digester())
    let slotRows = SegmentFormat.blockKeys * SegmentFormat.blocksPerSlot
    let touched = [0] + Set(rows.map { 1 + $0 / slotRows }).sorted()
    let obsoleteSlots = touched.map { manifest.slots[$0] }
    for index in touched { manifest.slots[index] = site.keys.newSlot() }
    let own = KeyBlock(random: site.keys.randomness, count: 1)
    let files = SegmentFiles(site: site)
    try files.writeKeys(own: own, blocks: blocks, into: &manifest)
    try files.writeDirectory(contents, own: own, into: &manifest)
    try site.device.syncDirectory(SegmentFormat.directory)
    return RewrittenSegment(
      manifest: manifest, obsoleteSlots: obsoleteSlots,
      obsoleteFiles: [old.manifest.keyPath, old.manifest.directoryPath], erasedRows: rows.count,
      removedIndexEntries: removed)
  }

  /// Overwrites the cells of erased rows and gives their space back. Idempotent; durable at the end.
  ///
  /// - Parameter ordinals: of rows that are erased; others are left alone.
  package func punch(_ ordinals: [Int]) throws(StorageError) {
    let directory = try generation.directory()
    let erased = Set(directory.erased)
    let ranges = directory.cellRanges(of: ordinals.filter(erased.contains))
    if ranges.isEmpty { return }
    try site.device.open(manifest.cellPath, .write).punch(ranges)
  }

  /// As `punch`, of every erased row.
  package func punchErased() throws(StorageError) { try punch(try generation.directory().erased) }

  /// Writes the `.dek` file of the next generation, every block wrapped under KEK version `kekVersion` and its slot as before.
  /// No byte of another file changes. Durable when this returns.
  package func rewrap(to kekVersion: UInt32) throws(StorageError) -> RewrittenSegment {
    let old = generation
    var manifest = old.manifest
    manifest.keyGeneration += 1
    manifest.kekVersion = kekVersion
    do throws(StorageError) {
      (manifest.keyBytes, manifest.keyRoot) = try SegmentKeyFile(site: site, manifest: old.manifest)
        .rewrap(as: SegmentKeyFile(site: site, manifest: manifest))
    } catch {
      try? site.device.remove(manifest.keyPath)
      throw error
    }
    try site.device.syncDirectory(SegmentFormat.directory)
    return RewrittenSegment(
      manifest: manifest, obsoleteSlots: [], obsoleteFiles: [old.manifest.keyPath], erasedRows: 0,
      removedIndexEntries: 0)
  }

  private func tables(
    _ tables: [ValueTable], without rows: [Int], in old: SegmentGeneration
  ) throws(StorageError) -> [ValueTable] {
    if tables.isEmpty { return tables }
    let columns = try old.rows(rows, columns: tables.map(\.column))
    return zip(tables, columns).map { table, column in
      guard case .texts(let list) = column.values else { return table }
      return table.removing(
        (0..<column.count).filter { !column.isNull($0) }.map { list.bytes[list.range($0)] })
    }
  }

  /// The leaves of the `.seg` file's tree as they are once the cells of all erased rows are punched.
  private func punchedLeaves(
    _ directory: SegmentDirectory, _ rows: [Int], in manifest: SegmentManifest
  ) throws(StorageError) -> [Digest] {
    var leaves = directory.leaves
    let digester = Digester()
    let file = try site.device.open(manifest.cellPath, .read)
    let size = BlockTree.blockBytes
    let touched = Set(
      directory.cellRanges(of: rows).flatMap { $0.lowerBound / size...($0.upperBound - 1) / size })
    let holes = directory.cellRanges(of: directory.erased)
    for block in touched.sorted() where leaves.indices.contains(block) {
      let range = block * size..<min(manifest.cellBytes, (block + 1) * size)
      var bytes = try file.read(at: range.lowerBound, count: range.count)
      for hole in holes where hole.overlaps(range) {
        for index in hole.clamped(to: range) { bytes[index - range.lowerBound] = 0 }
      }
      leaves[block] = digester.leaf(bytes[...])
    }
    return leaves
  }
}

extension SegmentDirectory {
  /// The cells of `rows` in all groups, ascending in the file, those that touch joined; no range is empty.
  func cellRanges(of rows: [Int]) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for group in groups {
      for row in rows {
        let range = group.cells.range(row)
        if range.isEmpty { continue }
        if let last = joined.last, last.upperBound == range.lowerBound {
          joined[joined.count - 1] = last.lowerBound..<range.upperBound
        } else {
          joined.append(range)
        }
      }
    }
    return joined
  }
}
