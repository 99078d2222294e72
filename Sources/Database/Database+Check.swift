internal import VSQLDiagnostics
internal import VSQLStorage

/// What a check of every byte found.
public struct CheckResult: Sendable {
  /// A fault: where, and what. It never shows a stored value.
  public struct Finding: Hashable, Sendable {
    /// Relative to the database's directory.
    public let file: String
    /// Bytes from the file's beginning.
    public let offset: Int
    /// What is wrong there.
    public let text: String
  }

  /// What others rest on first; empty: no fault.
  public let findings: [Finding]
  /// Files that were read.
  public let files: Int
  /// Bytes of them.
  public let bytes: Int
  /// Seals that opened.
  public let units: Int
  /// Rows that are neither deleted nor erased.
  public let records: Int
  /// Events of the audit chain.
  public let events: Int
  /// What was read, in a line, when nothing is wrong with it.
  public let summary: String

  init(_ report: CheckReport) {
    findings = report.findings.map { Finding(file: $0.file, offset: $0.offset, text: $0.text) }
    files = report.counts.files
    bytes = report.counts.bytes
    units = report.counts.units
    records = report.counts.records
    events = report.counts.events
    summary = report.summary
  }
}

extension Database {
  /// Reads every byte of the database in the directory `path`, opens every seal and checks all of it against each other,
  /// whether or not it still opens; another process may write it meanwhile. Writes nothing, so no event tells of it.
  ///
  /// - Parameter onProgress: gets bytes done and bytes in all now and then.
  /// - Throws: 58P01 when there is no database, 28P01 for a wrong key, 28000 when no key can be had.
  public static func check(
    _ path: String, key: KeySource = .standard, onProgress: ((_ done: Int, _ total: Int) -> Void)? = nil
  ) throws(VSQLError) -> CheckResult {
    try atTheEdge {
      guard try Store.exists(.directory(path)) else {
        throw Diagnostic(.undefinedFile, "database \"\(path)\" does not exist")
      }
      return CheckResult(
        try Store.checkDatabase(
          .directory(path), key: key.rootKeySource(inMemory: false), progress: onProgress))
    }
  }
}
