import VSQLSchema

extension Store {
  /// Reads every byte that the present state names, opens every seal, and checks what belongs together.
  ///
  /// The header, the ring, the KEKs, the state and the logs were read whole when the database was opened.
  ///
  /// - Throws: the first fault, by file and offset; a break of the audit chain as `.unchained`.
  package func check() throws {
    if !isReadOnly { try flushEvents() }
    let head = published.current
    for (reader, _) in head.segments { try reader.check() }
    let audit = try chain.verify()
    if !audit.isChainVerified {
      throw StorageError.unchained(
        path: AuditChain.logPath(AuditChain.first(of: max(1, audit.firstBadEvent ?? 1))),
        sequence: audit.firstBadEvent ?? 1, what: audit.reason ?? "the head is not the state's")
    }
  }
}
