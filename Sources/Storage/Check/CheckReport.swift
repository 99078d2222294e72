/// A fault that a check found: where, and what.
package struct CheckFinding: Hashable, Sendable {
  package let error: StorageError
  /// The file, relative to the database's directory.
  package let file: String
  /// Bytes from the file's beginning.
  package let offset: Int
  /// What is wrong there: never a stored value.
  package let text: String

  /// Nil: the error does not say that something on the disk is not as it must be; the check itself cannot go on.
  init?(_ error: StorageError) {
    self.error = error
    switch error {
    case .malformed(let path, let offset, let what): (file, self.offset, text) = (path, offset, what)
    case .unauthentic(let path, let offset, let what):
      (file, self.offset, text) = (path, offset, "the sealed \(what) does not open")
    case .missing(let path): (file, offset, text) = (path, 0, "the file is missing")
    case .unchained(let path, let sequence, let what):
      (file, offset, text) = (path, 0, "event \(sequence): \(what)")
    case .system(_, let path, _): (file, offset, text) = (path, 0, error.diagnostic.message)
    case .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .conflict, .snapshotErased,
      .uniqueViolation, .duplicateKeys, .notNullViolation, .limit, .readOnlyTransaction:
      return nil
    }
  }
}

/// What a check read.
package struct CheckCounts: Hashable, Sendable {
  package var files = 0
  package var bytes = 0
  /// Seals that opened.
  package var units = 0
  /// Rows of segments and logs that are neither deleted nor erased.
  package var records = 0
  /// Events of the audit chain.
  package var events = 0
}

package struct CheckReport: Sendable {
  /// What others rest on first: header, keys, state, logs, segments, audit chain. Empty: no fault.
  package var findings: [CheckFinding] = []
  package var counts = CheckCounts()

  /// What was read, when nothing is wrong with it.
  package var summary: String {
    "no fault in \(counts.files) files, \(counts.bytes) bytes: \(counts.units) seals opened, "
      + "\(counts.records) records, \(counts.events) events"
  }
}
