import VSQLDiagnostics
import VSQLSchema
import VSQLTrust

/// What a restore knows of the entities that were erased since the backup.
package enum ErasureKnowledge: Sendable {
  /// The database as it is now, opened with a key of its own: its list is applied.
  case database(StoreLocation, key: RootKeySource)
  /// None; the loss was accepted.
  case lossAccepted
  case none
}

package struct RestoreOutcome: Hashable, Sendable {
  package var files: Int
  package var sizeBytes: Int
  /// The last commit that it holds.
  package var commit: UInt64
  /// When the backup was taken: microseconds since 1970-01-01 UTC.
  package var takenAtMicroseconds: Int64
  /// Entities of the list that the backup still held, and their records.
  package var entitiesErased: Int
  package var recordsErased: Int
}

extension Store {
  /// Makes a database of a backup, in a directory that does not exist yet or is empty. Whoever was erased since is erased before the
  /// database can be opened.
  ///
  /// - Throws: 58P01 without a finished backup, 58P02 when the directory holds something, 55000 when the erasures since the
  ///   backup are not known, 28P01 for a wrong key, XX001 when a file of the backup is damaged.
  package static func restore(
    _ from: StoreLocation, to location: StoreLocation, key: RootKeySource, erasures: ErasureKnowledge,
    options: StoreOptions = StoreOptions(), progress: CheckProgress? = nil
  ) throws -> RestoreOutcome {
    let key = try key.held()
    let backup: OpenedBackup
    do {
      backup = try OpenedBackup(from.device, key: key)
    } catch StorageError.missing(BackupFile.path) {
      throw Diagnostic(.undefinedFile, "there is no backup, or it was not finished")
    }
    let erased = try pseudonyms(erasures, backup)
    let target = location.device
    let outcome = try Restore(backup, to: target, options: options, progress: progress).run(erased)
    // What is left to be erased is erased before anything is read.
    let store = try open(.device(target), key: key, options: options)
    try store.close()
    return outcome
  }

  /// Who was erased since the backup; nil: unknown, and accepted.
  private static func pseudonyms(
    _ erasures: ErasureKnowledge, _ backup: OpenedBackup
  ) throws -> Set<ConsentPseudonym>? {
    switch erasures {
    case .lossAccepted: return nil
    case .none:
      throw Diagnostic(
        .objectNotInPrerequisiteState,
        "who was erased since \(Timestamp.text(backup.file.takenAt)), when the backup was taken, is not known",
        hint:
          "--erasures-from DB takes the list of the database as it is now; --accept-loss restores without it."
      )
    case .database(let location, let key):
      let state = try presentState(location.device, key: try key.held(), backup.database)
      guard state.version >= backup.file.commit, state.erasureEpoch >= backup.file.erasures else {
        throw Diagnostic(
          .objectNotInPrerequisiteState,
          "the database that shall tell of erasures is older than the backup",
          hint: "It knows of none since; --accept-loss restores without them.")
      }
      return state.knownErasures
    }
  }

  /// The newest state of the database that the backup was made of; a writer beside may replace files meanwhile.
  private static func presentState(
    _ device: any Device, key: RootKeySource, _ database: DatabaseID
  ) throws -> StoreState {
    for attempt in 0..<4 {
      do {
        let vault = try Vault.open(device: device, source: key)
        guard vault.database == database else {
          throw Diagnostic(
            .objectNotInPrerequisiteState,
            "the database that shall tell of erasures is not the one of the backup")
        }
        return try StateFile.read(ring: vault.keyRing, device: device).state
      } catch let error as StorageError where error.mayPass && attempt < 3 {
        continue
      }
    }
    throw StorageError.missing(path: StateFile.directory)
  }
}

extension StoreState {
  /// Of finished erasures and of those under way.
  var knownErasures: Set<ConsentPseudonym> {
    var known = Set(erasures)
    for intent in intents {
      switch intent {
      case .erase(let erase): known.formUnion(erase.pseudonyms)
      case .purge(let purge): known.formUnion(purge.erase.pseudonyms)
      case .rotate: break
      }
    }
    return known
  }
}

/// One restore on its way: until `DATABASE` is written, last, there is no database.
final class Restore {
  private let backup: OpenedBackup
  private let target: any Device
  private let options: StoreOptions
  private let progress: CheckProgress?
  private let lock: any DeviceLock

  init(
    _ backup: OpenedBackup, to target: any Device, options: StoreOptions, progress: CheckProgress?
  ) throws {
    // What an earlier attempt left is written over.
    let own: Set<String> = ["LOCK", "DATABASE.new", "keys", "wal", "state", "segments", "audit"]
    if let foreign = try target.list("").first(where: { !own.contains($0) }) {
      throw Diagnostic(
        .duplicateFile, "the directory to restore to is not empty: it holds \"\(foreign)\"",
        hint: "Name a directory that does not exist yet.")
    }
    try target.makeDirectory("")
    lock = try target.lock("LOCK")
    self.backup = backup
    self.target = target
    self.options = options
    self.progress = progress
  }

  /// - Parameter erased: nil: not known.
  func run(_ erased: Set<ConsentPseudonym>?) throws -> RestoreOutcome {
    var outcome = RestoreOutcome(
      files: backup.file.entries.count + 1,
      sizeBytes: backup.file.entries.reduce(backup.file.header.count) { $0 + $1.size },
      commit: backup.file.commit, takenAtMicroseconds: backup.file.takenAt, entitiesErased: 0,
      recordsErased: 0)
    try copyFiles(outcome.sizeBytes)
    let ring = try KeyRing.open(
      device: target, database: backup.database, root: backup.root, randomness: options.randomness,
      clock: options.clock)
    let found = try StateFile.read(ring: ring, device: target)
    var state = found.state
    if let erased {
      let intents = try ErasureList(state: state, site: SegmentSite(device: target, keys: ring))
        .intents(of: erased)
      outcome.entitiesErased = intents.count
      outcome.recordsErased = intents.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.ordinals.count } }
      state.intents += intents.map { .erase($0) }
      // Who has no record in the backup stays on the list all the same.
      state.erasures = Set(state.erasures).union(erased).sorted()
    }
    try record(outcome, isKnown: erased != nil, in: &state, ring)
    try StateFile.write(state, number: found.number + 1, ring: ring, device: target)
    try ring.commitRing(withState: true)
    try target.syncDirectory("")
    try target.replace(DatabaseHeader.path, with: backup.file.header)
    return outcome
  }

  private func copyFiles(_ total: Int) throws {
    for directory in ["keys", StateFile.directory, LogFormat.directory, SegmentFormat.directory, "audit"] {
      try target.makeDirectory(directory)
      for name in try target.list(directory) { try target.remove("\(directory)/\(name)") }
    }
    let copy = FileCopy(meter: CopyMeter(total: total, progress: progress))
    for entry in backup.file.entries {
      let found = try copy.copy(
        entry.storedPath, size: entry.size, root: entry.root, from: backup.device, to: target, at: entry.path)
      if found == nil {
        throw StorageError.malformed(
          path: entry.storedPath, offset: 0, what: "not the file that the backup names (\(entry.path))")
      }
    }
    for directory in ["keys", StateFile.directory, SegmentFormat.directory, "audit"] {
      try target.syncDirectory(directory)
    }
  }

  /// The chain goes on with what was done to it.
  private func record(
    _ outcome: RestoreOutcome, isKnown: Bool, in state: inout StoreState, _ ring: KeyRing
  ) throws {
    let chain = AuditChain.open(device: target, ring: ring, state: state.audit)
    let detail =
      isKnown
      ? "\(outcome.entitiesErased) entities erased since the backup"
      : "erasures since \(Timestamp.text(outcome.takenAtMicroseconds)) unknown: loss accepted"
    _ = chain.append([
      AuditEvent(
        tenant: state.mainTenant, actor: state.owner, action: .restore,
        resource: "database:\(backup.database.hex)", outcome: .done, detail: detail)
    ])
    state.audit = try chain.absorb()
    try ring.commitRing()
    state.ringGeneration = ring.generation
  }
}
