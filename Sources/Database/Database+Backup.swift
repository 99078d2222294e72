internal import VSQLDiagnostics
internal import VSQLStorage

/// What a backup holds, or what was restored.
public struct BackupSummary: Hashable, Sendable {
  /// Files of the database.
  public let files: Int
  /// Bytes of them.
  public let sizeBytes: Int
  /// Bytes that no earlier backup in the directory had; of a restore, all.
  public let bytesCopied: Int
  /// The last commit that it holds.
  public let commit: UInt64
  /// When the backup was taken: microseconds since 1970-01-01 UTC.
  public let takenAtMicroseconds: Int64
  /// Of a restore: entities that were erased since the backup, and from what was restored.
  public let entitiesErased: Int
  /// Records of them.
  public let recordsErased: Int
}

/// What a restore knows of the entities that were erased since the backup was taken.
public enum ErasuresSinceBackup: Sendable {
  /// The database as it is now has the list, which is applied.
  case from(database: String, key: KeySource)
  /// They are not known, and it is accepted that they come back.
  case lossAccepted
  /// They are not known: the restore is refused (55000).
  case unknown
}

extension Session {
  /// `BACKUP TO`, for programs: copies the database as it is at one moment, while others read and write, into a directory that is
  /// absent or holds an earlier backup of it. The root key is not in it.
  ///
  /// - Parameter onProgress: gets bytes done and bytes in all now and then.
  /// - Throws: 25006 read-only, 25001 inside BEGIN, 57014 cancelled, 58P02 when the directory holds something else, XX001 when a file is damaged.
  public func backup(
    to directory: String, onProgress: ((_ done: Int, _ total: Int) -> Void)? = nil
  ) throws(VSQLError) -> BackupSummary {
    try atTheEdge {
      if isInTransaction {
        throw Diagnostic(.activeTransaction, "BACKUP cannot run inside a transaction block")
      }
      let canceller = canceller
      defer { canceller.reset() }
      let done = try database.store.backup(
        to: .directory(directory), actor: actor, tenant: tenant.id, progress: onProgress,
        settings.patience { canceller.isCancelled })
      return BackupSummary(
        files: done.files, sizeBytes: done.sizeBytes, bytesCopied: done.bytesCopied, commit: done.commit,
        takenAtMicroseconds: done.takenAtMicroseconds, entitiesErased: 0, recordsErased: 0)
    }
  }
}

extension Database {
  /// Makes a database of a backup in a directory that is absent or empty. Whoever `erasures` tells of is erased before it can be
  /// opened.
  ///
  /// - Throws: 58P01 without a finished backup, 58P02 when the directory holds something, 55000 when erasures since the
  ///   backup are not known, 28P01 for a wrong key, XX001 when a file of the backup is damaged.
  public static func restore(
    _ backup: String, to directory: String, key: KeySource = .standard, erasures: ErasuresSinceBackup,
    onProgress: ((_ done: Int, _ total: Int) -> Void)? = nil
  ) throws(VSQLError) -> BackupSummary {
    try atTheEdge {
      let knowledge: ErasureKnowledge =
        switch erasures {
        case .from(let path, let key): .database(.directory(path), key: key.rootKeySource(inMemory: false))
        case .lossAccepted: .lossAccepted
        case .unknown: .none
        }
      let done = try Store.restore(
        .directory(backup), to: .directory(directory), key: key.rootKeySource(inMemory: false),
        erasures: knowledge, progress: onProgress)
      return BackupSummary(
        files: done.files, sizeBytes: done.sizeBytes, bytesCopied: done.sizeBytes, commit: done.commit,
        takenAtMicroseconds: done.takenAtMicroseconds, entitiesErased: done.entitiesErased,
        recordsErased: done.recordsErased)
    }
  }
}
