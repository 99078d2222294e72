import VSQLSchema

extension SegmentReader {
  /// Reads every byte of the three files, opens every seal and compares the trees with the state: the first fault is thrown.
  package func check() throws(StorageError) {
    let fresh = SegmentGeneration(site, manifest: manifest, table: table)
    let (manifest, contents) = (fresh.manifest, try fresh.contents())
    _ = try fresh.keys()
    _ = try fresh.columns(Array(table.columns.indices))
    guard contents.directory.erased.count == manifest.rowCount - manifest.liveCount else {
      throw .malformed(
        path: manifest.directoryPath, offset: manifest.offset(of: .directory),
        what:
          "\(contents.directory.erased.count) erased rows, and \(manifest.liveCount) of \(manifest.rowCount) live"
      )
    }
    try check(manifest.keyPath, bytes: manifest.keyBytes, root: manifest.keyRoot)
    try check(manifest.directoryPath, bytes: manifest.directoryBytes, root: manifest.directoryRoot)
    try check(
      manifest.cellPath, bytes: manifest.cellBytes, root: manifest.cellRoot, leaves: contents.directory.leaves
    )
  }

  /// - Parameter leaves: of the file's blocks, where they are known: then the first wrong block is named.
  private func check(_ path: String, bytes: Int, root: Digest, leaves: [Digest] = []) throws(StorageError) {
    let tree = try BlockTree(hashing: try site.device.open(path, .read))
    if tree.size != bytes {
      throw .malformed(path: path, offset: min(tree.size, bytes), what: "\(tree.size) bytes, not \(bytes)")
    }
    if tree.root == root { return }
    let block = zip(tree.leaves, leaves).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    throw .malformed(
      path: path, offset: block * BlockTree.blockBytes, what: "the block is not the one that the state names")
  }
}
