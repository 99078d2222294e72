import VSQLDiagnostics
import VSQLSchema

package struct BackupOutcome: Hashable, Sendable {
  /// What the backup holds.
  package var files: Int
  package var sizeBytes: Int
  /// Of these, what was not there from an earlier one.
  package var filesCopied: Int
  package var bytesCopied: Int
  /// The last commit that it holds.
  package var commit: UInt64
  /// Microseconds since 1970-01-01 UTC.
  package var takenAtMicroseconds: Int64
}

extension Store {
  /// Copies the database as it is at one moment, while others go on reading and writing. Into a directory that is empty, or that
  /// holds an earlier backup of the same database, which stays whole until the new one is.
  ///
  /// - Throws: 25006 read-only, 58P02 when the directory holds something else, 55006 when another backup writes it, XX001 when a file
  ///   of the database is damaged.
  package func backup(
    to location: StoreLocation, actor: ActorID, tenant: TenantID, progress: CheckProgress? = nil,
    _ patience: Patience = Patience()
  ) throws -> BackupOutcome {
    if isReadOnly { throw StorageError.readOnly }
    let target = location.device
    let lock = try Backup.prepare(target, database: databaseID)
    func event(_ outcome: AuditOutcome, _ detail: String?) -> AuditEvent {
      AuditEvent(
        tenant: tenant, actor: actor, action: .backup, resource: "database:\(databaseID.hex)",
        outcome: outcome, detail: detail)
    }
    try writing(patience) { writer in
      _ = try writer.resume(vault, source)
      writer.pendingEvents.append(event(.intent, nil))
    }
    let backup = Backup(
      source: site.device, target: target, root: site.keys.root, database: databaseID,
      randomness: site.keys.randomness, progress: progress, isCancelled: { try patience.check() })
    let outcome = try withExtendedLifetime(lock) {
      do {
        return try copy(backup, patience)
      } catch let error as Diagnostic where [.queryCanceled, .lockNotAvailable].contains(error.state) {
        backup.abandon()
        throw error
      }
    }
    try record([event(.done, "commit \(outcome.commit), \(outcome.files) files, \(outcome.sizeBytes) bytes")])
    return outcome
  }

  /// Files may be replaced while they are copied: then once more, with what is new alone; at last while nobody writes.
  private func copy(_ backup: Backup, _ patience: Patience) throws -> BackupOutcome {
    for _ in 0..<3 {
      let moment = try writing(patience) { writer in
        let moment = try writer.backupMoment()
        published.publish(writer.head, writer.position)
        return moment
      }
      guard let contents = try backup.copy(moment) else { continue }
      guard try writing(patience, { $0.backupEpoch == moment.epoch }) else { continue }
      return try backup.finish(contents)
    }
    return try writing(patience) { writer in
      let moment = try writer.backupMoment()
      published.publish(writer.head, writer.position)
      guard let contents = try backup.copy(moment) else { throw backup.damage }
      return try backup.finish(contents)
    }
  }
}

/// One backup on its way into its directory.
final class Backup {
  private let source: any Device
  private let target: any Device
  private let root: KeyBox
  private let database: DatabaseID
  private let randomness: any Randomness
  private let progress: CheckProgress?
  private let isCancelled: () throws -> Void
  private var copied: Set<String> = []
  /// Of these, what had no bytes of an earlier backup under its name.
  private var made: Set<String> = []
  private var copiedBytes = 0
  /// The file that could not be copied as the state names it.
  private(set) var damage = StorageError.missing(path: StateFile.directory)

  init(
    source: any Device, target: any Device, root: KeyBox, database: DatabaseID, randomness: any Randomness,
    progress: CheckProgress?, isCancelled: @escaping () throws -> Void
  ) {
    self.source = source
    self.target = target
    self.root = root
    self.database = database
    self.randomness = randomness
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Locks the directory, which may hold a backup of `database`, whole or begun, and nothing else.
  static func prepare(_ target: any Device, database: DatabaseID) throws -> any DeviceLock {
    func refuse(_ what: String) -> Diagnostic {
      Diagnostic(
        .duplicateFile, "the directory holds \(what), not a backup of this database",
        hint: "Name a directory that does not exist yet, or one that holds an earlier backup.")
    }
    let own: Set<String> = ["LOCK", BackupFile.path, BackupFile.path + ".new", BackupFile.directory]
    for name in try target.list("") where !own.contains(name) { throw refuse("\"\(name)\"") }
    for name in try target.list(BackupFile.directory) where !isStoredName(name) {
      throw refuse("\"files/\(name)\"")
    }
    try target.makeDirectory("")
    let lock = try target.lock("LOCK")
    if try target.exists(BackupFile.path) {
      let former = try BackupFile.header(try target.readAll(BackupFile.path)).header
      if former.database != database { throw refuse("a backup of another database") }
    }
    try target.makeDirectory(BackupFile.directory)
    try target.syncDirectory("")
    return lock
  }

  private static func isStoredName(_ name: String) -> Bool {
    let digits = name.hasSuffix(".new") ? name.dropLast(4) : name[...]
    return Digest(hex: Array(digits.utf8)[...]) != nil
  }

  /// Copies what is not there yet.
  ///
  /// - Returns: nil when a file was replaced meanwhile.
  func copy(_ moment: BackupMoment) throws -> BackupFile? {
    let meter = CopyMeter(total: moment.totalBytes, progress: progress, isCancelled: isCancelled)
    let copy = FileCopy(meter: meter)
    var entries: [BackupFile.Entry] = []
    for (path, bytes) in moment.held {
      let entry = BackupFile.Entry(path: path, size: bytes.count, root: BlockTree(bytes).root)
      if try !isThere(entry) {
        try target.remove(entry.storedPath + ".new")
        try target.writeNew(entry.storedPath + ".new", bytes)
        let isNew = try !target.exists(entry.storedPath)
        try target.rename(entry.storedPath + ".new", to: entry.storedPath)
        note(entry, isNew: isNew)
      }
      try meter.advance(bytes.count)
      entries.append(entry)
    }
    do {
      for (path, size) in moment.full {
        // The name follows from the bytes.
        let tree = try BlockTree(hashing: try source.open(path, .read))
        let entry = BackupFile.Entry(path: path, size: tree.size, root: tree.root)
        if tree.size != size { return nil }
        guard try transfer(entry, copy) else { return nil }
        entries.append(entry)
      }
      for entry in moment.segments {
        guard try transfer(entry, copy) else { return nil }
        entries.append(entry)
      }
    } catch let error as StorageError where error.mayPass {
      damage = error
      return nil
    }
    try target.syncDirectory(BackupFile.directory)
    return BackupFile(
      header: moment.header, takenAt: moment.takenAt, commit: moment.state.version,
      erasures: moment.state.erasureEpoch, events: moment.state.audit.count,
      chainHead: moment.state.audit.head, entries: entries.sorted { $0.path < $1.path })
  }

  private func transfer(_ entry: BackupFile.Entry, _ copy: FileCopy) throws -> Bool {
    if try isThere(entry) {
      try copy.meter.advance(entry.size)
      return true
    }
    let isNew = try !target.exists(entry.storedPath)
    let found = try copy.copy(
      entry.path, size: entry.size, root: entry.root, from: source, to: target, at: entry.storedPath)
    if found == nil {
      damage = .malformed(path: entry.path, offset: 0, what: "the file is not the one that the state names")
      return false
    }
    note(entry, isNew: isNew)
    return true
  }

  /// A name in `files/` stands for whole bytes: nothing gets one before it is durable.
  private func isThere(_ entry: BackupFile.Entry) throws(StorageError) -> Bool {
    guard try target.exists(entry.storedPath) else { return false }
    return try target.open(entry.storedPath, .read).size() == entry.size
  }

  /// Takes away what this backup brought; an earlier one in the directory stays whole.
  func abandon() {
    for name in (try? target.list(BackupFile.directory)) ?? [] {
      let path = "\(BackupFile.directory)/\(name)"
      if made.contains(path) || name.hasSuffix(".new") { try? target.remove(path) }
    }
    try? target.syncDirectory(BackupFile.directory)
  }

  private func note(_ entry: BackupFile.Entry, isNew: Bool) {
    if isNew { made.insert(entry.storedPath) }
    if copied.insert(entry.storedPath).inserted { copiedBytes += entry.size }
  }

  /// Names the files, durably: from now on this is the backup. Then files of the former one go.
  func finish(_ contents: BackupFile) throws -> BackupOutcome {
    try target.replace(
      BackupFile.path, with: try contents.encoded(root: root, database: database, randomness: randomness))
    let kept = Set(contents.entries.map(\.storedPath))
    for name in try target.list(BackupFile.directory) where !kept.contains("\(BackupFile.directory)/\(name)")
    {
      try target.remove("\(BackupFile.directory)/\(name)")
    }
    try target.syncDirectory(BackupFile.directory)
    return BackupOutcome(
      files: contents.entries.count + 1,
      sizeBytes: contents.entries.reduce(contents.header.count) { $0 + $1.size },
      filesCopied: copied.intersection(kept).count, bytesCopied: copiedBytes, commit: contents.commit,
      takenAtMicroseconds: contents.takenAt)
  }
}
