import VSQLSchema

extension SegmentReader {
  /// Reads every byte of the three files, opens every seal, compares the trees with the state and the directory with the rows.
  ///
  /// - Throws: the first fault.
  package func check() throws {
    let notes = CheckNotes(progress: nil, isCancelled: {})
    try SegmentCheck(site: site, manifest: manifest, table: table, isBeingErased: false, notes: notes).run()
    if let first = notes.findings.first { throw first.error }
  }
}
