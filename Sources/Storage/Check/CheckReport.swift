/// A fault that a check found: where, and what.
package struct CheckFinding: Hashable, Sendable {
  package let error: StorageError

  init(_ error: StorageError) { self.error = error }

  /// The file, relative to the database's directory.
  package var file: String {
    switch error {
    case .system(_, let path, _), .missing(let path), .malformed(let path, _, _),
      .unauthentic(let path, _, _), .unchained(let path, _, _):
      path
    case .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .conflict, .snapshotErased,
      .uniqueViolation, .notNullViolation, .limit:
      ""
    }
  }

  /// Bytes from the file's beginning.
  package var offset: Int {
    switch error {
    case .malformed(_, let offset, _), .unauthentic(_, let offset, _): offset
    case .system, .diskFull, .outOfMemory, .missing, .unchained, .wrongKey, .noKey, .locked, .readOnly,
      .conflict, .snapshotErased, .uniqueViolation, .notNullViolation, .limit:
      0
    }
  }

  /// What is wrong there: never a stored value.
  package var text: String {
    switch error {
    case .malformed(_, _, let what): what
    case .unauthentic(_, _, let what): "the sealed \(what) does not open"
    case .missing: "the file is missing"
    case .unchained(_, let sequence, let what): "event \(sequence): \(what)"
    case .system, .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .conflict, .snapshotErased,
      .uniqueViolation, .notNullViolation, .limit:
      error.diagnostic.message
    }
  }

  /// Whether the error says that something on the disk is not as it must be; else the check itself could not go on.
  static func isFault(_ error: StorageError) -> Bool {
    switch error {
    case .system, .missing, .malformed, .unauthentic, .unchained: true
    case .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .conflict, .snapshotErased,
      .uniqueViolation, .notNullViolation, .limit:
      false
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
