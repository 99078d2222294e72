import VSQLDiagnostics

/// What can go wrong between the store and the world: closed, with typed facts, none of them ever an empty result.
///
/// Paths are relative to the database's directory. No case holds a key or a stored value.
package enum StorageError: Error, Hashable, Sendable {
  /// A call of the system failed.
  case system(operation: String, path: String, errno: Int32)
  /// ENOSPC or EDQUOT.
  case diskFull(path: String)
  /// The system gave no memory for keys or for compression.
  case outOfMemory(what: String)
  case missing(path: String)
  /// The file's form is not what `docs/format.md` draws: cut, of another version, or with impossible lengths.
  case malformed(path: String, offset: Int, what: String)
  /// A sealed unit does not open: damaged, moved, or of another database.
  case unauthentic(path: String, offset: Int, what: String)
  /// The audit chain does not hold from event `sequence` on.
  case unchained(path: String, sequence: UInt64, what: String)
  /// The root key is not this database's.
  case wrongKey(hint: String)
  case noKey(message: String, hint: String)
  /// Another process writes.
  case locked(path: String)
  case readOnly
  case readOnlyTransaction
  /// First committer won.
  case conflict(table: String)
  /// An entity was erased since the statement's snapshot, which may hold its records.
  case snapshotErased
  /// An insert of a key that a row has, by the name of the PRIMARY KEY, the UNIQUE or the index.
  case uniqueViolation(constraint: String, table: String, columns: [String])
  /// Rows that the creation of a unique index found.
  case duplicateKeys(index: String, table: String, columns: [String])
  case notNullViolation(table: String, column: String)
  /// A limit of the format.
  case limit(what: String)
}

extension StorageError {
  /// Whether a writer that replaces files meanwhile may be the cause, so that another attempt can succeed.
  var mayPass: Bool {
    switch self {
    case .missing, .malformed, .unauthentic, .unchained: true
    case .system, .diskFull, .outOfMemory, .wrongKey, .noKey, .locked, .readOnly, .readOnlyTransaction,
      .conflict, .snapshotErased,
      .uniqueViolation, .duplicateKeys, .notNullViolation, .limit:
      false
    }
  }
}

extension StorageError: DiagnosableError {
  package var diagnostic: Diagnostic {
    switch self {
    case .system(let operation, let path, let errno):
      Diagnostic(.ioError, "could not \(operation) \"\(path)\": \(errnoText(errno))")
    case .diskFull(let path):
      Diagnostic(
        .diskFull, "no space left on the device while writing \"\(path)\"",
        hint: "Free some space; the database is unchanged.")
    case .outOfMemory(let what):
      Diagnostic(.outOfMemory, "no memory is left for \(what)")
    case .missing(let path):
      Diagnostic(.undefinedFile, "file \"\(path)\" does not exist")
    case .malformed(let path, let offset, let what):
      Diagnostic(.dataCorrupted, "file \"\(path)\" is damaged at offset \(offset): \(what)")
    case .unauthentic(let path, let offset, let what):
      Diagnostic(.dataCorrupted, "file \"\(path)\", offset \(offset): the sealed \(what) does not open")
    case .unchained(let path, let sequence, let what):
      Diagnostic(
        .dataCorrupted, "file \"\(path)\": the audit chain breaks at event \(sequence): \(what)",
        hint: "Nothing is written onto a broken chain; --read-only opens it.")
    case .wrongKey(let hint):
      Diagnostic(.wrongKey, "the key does not open this database", hint: hint)
    case .noKey(let message, let hint):
      Diagnostic(.invalidAuthorization, message, hint: hint)
    case .locked(let path):
      Diagnostic(
        .objectInUse, "database \"\(path)\" is open for writing in another process",
        hint: "Close the other process, or open with --read-only.")
    case .readOnly:
      Diagnostic(.readOnlyTransaction, "the database is open for reading only")
    case .readOnlyTransaction:
      Diagnostic(.readOnlyTransaction, "nothing can be written in a read-only transaction")
    case .conflict(let table):
      Diagnostic(
        .serializationFailure, "a row of table \"\(table)\" was changed by another transaction",
        hint: "Run the transaction again.")
    case .snapshotErased:
      Diagnostic(
        .serializationFailure, "records were erased while the statement ran",
        hint: "Run the transaction again.")
    case .uniqueViolation(let constraint, let table, let columns):
      Diagnostic(
        .uniqueViolation,
        "duplicate key value violates unique constraint \"\(constraint)\": table \"\(table)\" has this key (\(columns.joined(separator: ", "))) already"
      )
    case .duplicateKeys(let index, let table, let columns):
      Diagnostic(
        .uniqueViolation,
        "could not create unique index \"\(index)\": rows of table \"\(table)\" have one key (\(columns.joined(separator: ", ")))"
      )
    case .notNullViolation(let table, let column):
      Diagnostic(.notNullViolation, "column \"\(column)\" of table \"\(table)\" must not be NULL")
    case .limit(let what):
      Diagnostic(.programLimitExceeded, what)
    }
  }
}
