import VSQLSchema

extension SegmentReader {
  /// Writes the files of the next generation with the runs of `indexes`, under a fresh segment DEK; record keys stay as they are.
  ///
  /// The new files are durable when this returns, the new slot is not: `commitRing` before the state names the result.
  ///
  /// - Returns: nil when the files hold a run of each already.
  func building(_ indexes: [IndexDefinition]) throws(StorageError) -> RewrittenSegment? {
    let old = generation
    if indexes.allSatisfy({ old.manifest.place(ofRun: $0.id) != nil }) { return nil }
    var contents = try old.contents()
    contents.indexRuns = try old.indexRuns(indexes)
    var manifest = old.manifest
    manifest.keyGeneration += 1
    manifest.directoryGeneration += 1
    let obsoleteSlot = manifest.slots[0]
    manifest.slots[0] = site.keys.newSlot()
    let own = KeyBlock(random: site.keys.randomness, count: 1)
    let files = SegmentFiles(site: site)
    try files.writeKeys(own: own, blocks: try old.keys().blocks, into: &manifest)
    try files.writeDirectory(contents, own: own, into: &manifest)
    try site.device.syncDirectory(SegmentFormat.directory)
    return RewrittenSegment(
      manifest: manifest, obsoleteSlots: [obsoleteSlot],
      obsoleteFiles: [old.manifest.keyPath, old.manifest.directoryPath], erasedRows: 0,
      removedIndexEntries: 0)
  }

  /// Entries that `rows` have in the runs of `indexes`.
  func entryCount(of rows: [Int], in indexes: [IndexDefinition]) throws(StorageError) -> Int {
    let wanted = Set(rows.map { UInt32($0) })
    var count = 0
    for index in indexes {
      count += try generation.run(of: index)?.ordinals.count { wanted.contains($0) } ?? 0
    }
    return count
  }
}

extension SegmentGeneration {
  /// A run of each of `indexes`, in their order.
  func indexRuns(_ indexes: [IndexDefinition]) throws(StorageError) -> [SegmentContents.IndexRun] {
    var runs: [SegmentContents.IndexRun] = []
    for index in indexes {
      guard let run = try run(of: index) else { continue }
      runs.append(SegmentContents.IndexRun(index: index.id, run: run))
    }
    return runs
  }
}
