import VSQLSchema

/// No two live rows of a tenant have one key of a PRIMARY KEY, a UNIQUE or a unique index, in whichever segments and logs they are.
struct KeyCheck {
  let head: StoreHead
  let notes: CheckNotes

  func run() throws {
    for (key, partition) in head.partitions.sorted(by: { $0.key < $1.key }) {
      guard let table = head.catalog.table(key.table) else { continue }
      for index in table.uniqueKeys {
        let found = try notes.attempt { () throws(StorageError) in try partition.duplicate(of: index) }
        guard case .some(.some(let source)) = found else { continue }
        switch source.content {
        case .memory: try fault(LogFormat.directory, 0, index)
        case .segment(let segment):
          let manifest = segment.manifest
          let offset =
            index.id == .primaryKey ? manifest.offset(of: .keyRun) : manifest.place(ofRun: index.id)?.offset
          try fault(manifest.directoryPath, offset ?? 0, index)
        }
      }
      for source in partition.sources {
        if case .segment(let segment) = source.content { segment.dropOpened() }
      }
    }
  }

  private func fault(_ path: String, _ offset: Int, _ index: IndexDefinition) throws {
    try notes.note(
      .malformed(path: path, offset: offset, what: "a key of \"\(index.name)\" that an earlier row has too"))
  }
}
