import VSQLSchema

/// One segment's three files: every byte read, every seal opened, and what the directory says compared with the rows.
///
/// A fault does not stop it: blocks of keys, units and cells are opened one by one where they do not open together.
struct SegmentCheck {
  let site: SegmentSite
  let manifest: SegmentManifest
  let table: TableDefinition
  /// An erasure is under way: the cells of erased rows may not be punched yet.
  let isBeingErased: Bool
  let notes: CheckNotes

  func run() throws {
    let before = notes.findings.count
    let keys = try keys()
    let contents = try contents()
    guard let contents else {
      // Without the directory only the whole file can be compared.
      if !isBeingErased { try checkTree(manifest.cellPath, manifest.cellBytes, manifest.cellRoot) }
      return
    }
    try checkDirectory(contents.directory)
    try checkPresence(contents.directory, keys)
    let generation = SegmentGeneration(site, manifest: manifest, table: table)
    var columns: [Column]?
    var failure: StorageError?
    do throws(StorageError) {
      columns = try generation.columns(Array(table.columns.indices))
    } catch {
      failure = error
    }
    if let failure {
      let found = notes.findings.count
      try openCells(contents.directory, keys)
      // What no single cell shows, such as a record that does not decode.
      if notes.findings.count == found, before == found { try notes.note(failure) }
    }
    try checkCellBlocks(contents.directory)
    if let columns {
      notes.counts.units += contents.directory.cellCount
      if notes.findings.count == before {
        try SegmentValueCheck(manifest: manifest, table: table, contents: contents, notes: notes).run(columns)
      }
    }
  }

  // MARK: Keys

  /// The record keys by block, as far as they open.
  private func keys() throws -> [Int: KeyBlock] {
    let (path, file) = (manifest.keyPath, SegmentKeyFile(site: site, manifest: manifest))
    var blocks: [Int: KeyBlock] = [:]
    if let opened = try notes.attempt({ () throws(StorageError) in try file.open() }) {
      if try notes.attempt({ () throws(StorageError) in try file.ownKeys(opened) }) != nil {
        notes.counts.units += 1
      }
      for block in 0..<SegmentFormat.keyBlocks(manifest.keyCount) {
        guard
          let keys = try notes.attempt({ () throws(StorageError) in
            try file.recordKeys(block..<block + 1, opened).first
          })
        else { continue }
        blocks[block] = keys
        notes.counts.units += 1
      }
    }
    try checkTree(path, manifest.keyBytes, manifest.keyRoot)
    return blocks
  }

  /// Erased rows have no key any more, all others have one.
  private func checkPresence(_ directory: SegmentDirectory, _ keys: [Int: KeyBlock]) throws {
    let erased = Set(directory.erased)
    for (block, keys) in keys.sorted(by: { $0.key < $1.key }) {
      for index in 0..<keys.count {
        let row = block * SegmentFormat.blockKeys + index
        if keys.has(index) == !erased.contains(row) { continue }
        try notes.note(
          .malformed(
            path: manifest.keyPath, offset: 0,
            what: keys.has(index) ? "the key of erased row \(row) is still there" : "row \(row) has no key"))
      }
    }
  }

  // MARK: Directory

  /// Everything of the `.dir` file; nil when a unit of it does not open.
  private func contents() throws -> SegmentContents? {
    let path = manifest.directoryPath
    _ = try notes.attempt { () throws(StorageError) in
      try SegmentFiles(site: site).checkDirectoryHeader(manifest)
    }
    let opener = SegmentOpener(site, manifest: manifest, table: table)
    func unit<Content>(_ read: () throws(StorageError) -> Content) throws -> Content? {
      let content = try notes.attempt(read)
      if content != nil { notes.counts.units += 1 }
      return content
    }
    let directory = try unit { () throws(StorageError) in try opener.directory() }
    let tables = try unit { () throws(StorageError) in try opener.valueTables() }
    let entityIndex = try unit { () throws(StorageError) in try opener.run(.entityIndex) }
    let keyRun = try unit { () throws(StorageError) in try opener.run(.keyRun) }
    var runs: [SegmentContents.IndexRun] = []
    for entry in manifest.indexRuns {
      guard let place = manifest.place(ofRun: entry.index) else { continue }
      guard case .some(.some(let run)) = try unit({ () throws(StorageError) in try opener.run(place) }) else {
        continue
      }
      runs.append(SegmentContents.IndexRun(index: entry.index, run: run))
    }
    for entry in manifest.keyFilters {
      guard let place = manifest.place(ofFilter: entry.index),
        let filter = try unit({ () throws(StorageError) in try opener.filter(place) })
      else { continue }
      let run = entry.index == .primaryKey ? keyRun ?? nil : runs.first { $0.index == entry.index }?.run
      guard let run, filter != KeyFilter(of: run) else { continue }
      try notes.note(
        .malformed(path: path, offset: place.offset, what: "the filter of keys is not that of its run"))
    }
    var dictionary: SharedDictionary??
    if manifest.placeOfDictionary != nil {
      dictionary = try unit { () throws(StorageError) in try opener.dictionary() }
      if dictionary == nil { return nil }
    }
    try checkTree(path, manifest.directoryBytes, manifest.directoryRoot)
    guard let directory, let tables, let entityIndex, let keyRun else { return nil }
    return SegmentContents(
      directory: directory, tables: tables, entityIndex: entityIndex, keyRun: keyRun, indexRuns: runs,
      dictionary: dictionary ?? nil)
  }

  private func checkDirectory(_ directory: SegmentDirectory) throws {
    func fault(_ what: String) throws {
      try notes.note(
        .malformed(path: manifest.directoryPath, offset: manifest.offset(of: .directory), what: what))
    }
    let live = manifest.rowCount - directory.erased.count
    if live != manifest.liveCount {
      try fault(
        "\(directory.erased.count) erased rows, and \(manifest.liveCount) of \(manifest.rowCount) live")
    }
    if directory.rowIDs.first != manifest.firstRowID || directory.rowIDs.last != manifest.lastRowID {
      try fault("other row ids than the state says")
    }
    var end = SegmentFormat.cellHeaderBytes
    for (number, group) in directory.groups.enumerated() {
      let range = group.cells.range(0..<group.cells.count)
      if range.lowerBound != end { try fault("the cells of group \(number) do not follow those before") }
      end = range.upperBound
    }
    if end != manifest.cellBytes { try fault("the cells end at byte \(end) of \(manifest.cellBytes)") }
    for column in table.columns.indices where directory.group(of: column) == nil {
      try fault("no column group holds column \(column)")
    }
    if directory.leaves.count != BlockTree.blockCount(manifest.cellBytes)
      || BlockTree.root(directory.leaves, Digester()) != manifest.cellRoot
    {
      try fault("other blocks of cells than the state's root says")
    }
  }

  // MARK: Cells

  /// Opens every cell by itself.
  private func openCells(_ directory: SegmentDirectory, _ keys: [Int: KeyBlock]) throws {
    let path = manifest.cellPath
    let header: Void? = try notes.attempt { () throws(StorageError) in
      try SegmentFiles(site: site).checkCellHeader(manifest)
    }
    guard header != nil,
      let file = try notes.attempt({ () throws(StorageError) in try site.device.open(path, .read) })
    else { return }
    let cipher = CellCipher(
      database: site.keys.database, tenant: manifest.tenant, table: manifest.table, segment: manifest.id,
      seal: manifest.seal)
    let erased = Set(directory.erased)
    for (number, group) in directory.groups.enumerated() {
      for row in 0..<group.cells.count where !erased.contains(row) {
        let range = group.cells.range(row)
        // Without its block of keys, which was told, no cell opens.
        guard !range.isEmpty, let keys = keys[row / SegmentFormat.blockKeys] else { continue }
        guard
          let sealed = try notes.attempt({ () throws(StorageError) in
            try file.read(at: range.lowerBound, count: range.count)
          })
        else { return }
        var plain = [UInt8](repeating: 0, count: max(0, range.count - Sealer.tagBytes))
        if cipher.open(sealed.span, keys: keys, group: number, row: row, into: &plain, at: 0) {
          notes.counts.units += 1
        } else {
          let what = "cell of \(manifest.seal == .page ? "page" : "row") \(row), column group \(number),"
          try notes.note(.unauthentic(path: path, offset: range.lowerBound, what: what))
        }
      }
    }
  }

  /// Every block of the `.seg` file against the directory's tree; one that a cell's fault tells of is not told again.
  private func checkCellBlocks(_ directory: SegmentDirectory) throws {
    let path = manifest.cellPath
    guard let tree = try hash(path, manifest.cellBytes) else { return }
    let told = Set(notes.findings.filter { $0.file == path }.map { $0.offset / BlockTree.blockBytes })
    let holes = isBeingErased ? directory.cellRanges(of: directory.erased) : []
    for (block, (found, expected)) in zip(tree.leaves, directory.leaves).enumerated()
    where found != expected && !told.contains(block) {
      let range = block * BlockTree.blockBytes..<(block + 1) * BlockTree.blockBytes
      if holes.contains(where: { $0.overlaps(range) }) { continue }
      try notes.note(
        .malformed(
          path: path, offset: range.lowerBound, what: "the block is not the one that the state names"))
    }
  }

  // MARK: Trees

  private func checkTree(_ path: String, _ bytes: Int, _ root: Digest) throws {
    guard let tree = try hash(path, bytes), tree.root != root, !notes.hasFaults(in: path) else { return }
    try notes.note(.malformed(path: path, offset: 0, what: "the file is not the one that the state names"))
  }

  /// The file's tree; nil, and noted, when it cannot be read or has another length.
  private func hash(_ path: String, _ bytes: Int) throws -> BlockTree? {
    guard
      let tree = try notes.attempt({ () throws(StorageError) in
        try BlockTree(hashing: try site.device.open(path, .read))
      })
    else { return nil }
    try notes.readFile(path, bytes: tree.size)
    if tree.size == bytes { return tree }
    try notes.note(
      .malformed(path: path, offset: min(tree.size, bytes), what: "\(tree.size) bytes, not \(bytes)"))
    return nil
  }
}

extension SegmentDirectory {
  /// Cells of rows that are not erased.
  fileprivate var cellCount: Int {
    let gone = Set(erased)
    return groups.reduce(0) { sum, group in
      sum + (0..<group.cells.count).count { !gone.contains($0) && !group.cells.range($0).isEmpty }
    }
  }
}
