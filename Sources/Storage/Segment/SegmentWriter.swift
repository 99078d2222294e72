import VSQLSchema

/// Writes a segment: rows of one table and tenant, sealed, compressed and indexed, as three files that are durable at the end.
///
/// ```
/// batches ─ survey (bounds, zones, tables) ─ codings ─ records ┐
///                                          vectors, long texts ┴ seal under fresh DEKs ─ .seg
///         DEKs ─ wrap, 64 a unit ─ .dek          directory, tables, runs ─ seal under the segment's DEK ─ .dir
/// ```
package struct SegmentWriter {
  private let site: SegmentSite
  private let table: TableDefinition
  private let tenant: TenantID

  package init(_ site: SegmentSite, table: TableDefinition, tenant: TenantID) {
    self.site = site
    self.table = table
    self.tenant = tenant
  }

  /// Writes the rows of `batches`: all columns in table order, flat, without selection, with row ids that ascend over all batches.
  ///
  /// The files and their directory are synced when this returns. New slots are in the ring's memory: `commitRing` before
  /// anything that names the segment becomes durable.
  ///
  /// - Parameter id: fresh, random.
  /// - Throws: `.limit` over 4,194,304 rows or 4 GiB in one text column; device errors. Files of a failed write are
  ///   the caller's to remove, by `SegmentFormat`'s paths.
  package func write(_ batches: [Batch], id: SegmentID) throws(StorageError) -> SegmentManifest {
    let batches = batches.filter { $0.count > 0 }
    let rowIDs = batches.flatMap { $0.rowIDs ?? [] }
    let rowCount = batches.reduce(0) { $0 + $1.count }
    precondition(rowIDs.count == rowCount && rowCount > 0, "a segment has rows, each with an id")
    precondition(
      batches.allSatisfy { $0.isWhole(of: table) }, "a segment takes whole batches of flat columns")
    guard rowCount <= SegmentFormat.maxRows else {
      throw .limit(what: "a segment holds at most \(SegmentFormat.maxRows) rows, not \(rowCount)")
    }
    guard let kekVersion = site.keys.currentKEKVersion(tenant) else {
      throw .missing(path: "keys/\(tenant.hex)-1.kek")
    }

    let keyCount = table.seal == .page ? SegmentFormat.pages(rows: rowCount) : rowCount
    var plan = try SegmentPlan(table: table, batches: batches)
    try plan.shareDictionary(table, batches)
    try KeyBlock.reserve(1 + SegmentFormat.keyBlocks(keyCount))
    let own = KeyBlock(random: site.keys.randomness, count: 1)
    let blocks = (0..<SegmentFormat.keyBlocks(keyCount)).map {
      KeyBlock(random: site.keys.randomness, count: SegmentFormat.keys(inBlock: $0, of: keyCount))
    }
    try site.device.makeDirectory(SegmentFormat.directory)
    let (groups, leaves, cellBytes) = try writeCells(plan, batches, id: id, keys: blocks)

    var manifest = SegmentManifest(
      id: id, table: table.id, tenant: tenant, seal: table.seal, rowCount: rowCount, liveCount: rowCount,
      firstRowID: rowIDs[0], lastRowID: rowIDs[rowCount - 1], kekVersion: kekVersion,
      slots: (0..<SegmentFormat.slots(keys: keyCount)).map { _ in site.keys.newSlot() },
      keyGeneration: 0, directoryGeneration: 0, cellBytes: cellBytes, keyBytes: 0, directoryUnits: [],
      cellRoot: BlockTree.root(leaves, Digester()), keyRoot: Digest(), directoryRoot: Digest())
    let contents = SegmentContents(
      directory: SegmentDirectory(
        rowIDs: rowIDs, erased: [], types: table.columns.map(\.type), layout: plan.layout, groups: groups,
        zones: plan.zones, statistics: plan.statistics, leaves: leaves),
      tables: plan.tables,
      entityIndex: table.entity.map { KeyRun(of: [$0.ordinal], in: batches) },
      keyRun: table.primaryKey.isEmpty ? nil : KeyRun(of: table.primaryKey, in: batches),
      indexRuns: table.indexes.map {
        SegmentContents.IndexRun(index: $0.id, run: KeyRun(of: $0.columns, in: batches))
      },
      dictionary: plan.dictionary)
    try SegmentFiles(site: site).writeKeys(own: own, blocks: blocks, into: &manifest)
    try SegmentFiles(site: site).writeDirectory(contents, own: own, into: &manifest)
    try site.device.syncDirectory(SegmentFormat.directory)
    return manifest
  }

  /// Writes the `.seg` file, a group after the other.
  private func writeCells(
    _ plan: SegmentPlan, _ batches: [Batch], id: SegmentID, keys: [KeyBlock]
  ) throws(StorageError) -> (groups: [ColumnGroup], leaves: [Digest], bytes: Int) {
    let cipher = CellCipher(
      database: site.keys.database, tenant: tenant, table: table.id, segment: id, seal: table.seal)
    let file = try site.device.open(SegmentFormat.cellPath(id), .create)
    let writer = CellWriter(file, id: id, cipher: cipher, keys: keys)
    let zstd = try Zstd()
    var groups: [ColumnGroup] = []
    for (number, content) in plan.groups.enumerated() {
      switch content {
      case .records: groups.append(try writer.appendRecords(plan, batches, group: number, zstd))
      case .vector(let column): groups.append(try writer.appendVectors(column, batches, group: number))
      case .planes(let column):
        groups.append(try writer.appendVectors(column, batches, group: number, planes: zstd))
      case .pages(let column): groups.append(try writer.appendPages(column, batches, group: number, zstd))
      case .long(let column): groups.append(try writer.appendLong(column, batches, group: number, zstd))
      }
    }
    try writer.finish()
    return (groups, writer.leaves, writer.position)
  }
}

extension Batch {
  /// Every column of the table, flat, and no selection.
  fileprivate func isWhole(of table: TableDefinition) -> Bool {
    selection == nil && columns.count == table.columns.count
      && columns.allSatisfy { !$0.isConstant && $0.count == count }
  }
}
