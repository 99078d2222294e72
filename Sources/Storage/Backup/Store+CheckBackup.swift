import VSQLSchema

extension Store {
  /// A backup: each file against its name, then all of it as the database that it would be.
  static func checkBackup(
    _ device: any Device, key: RootKeySource, options: StoreOptions, progress: CheckProgress?,
    isCancelled: @escaping () throws -> Void
  ) throws -> CheckReport {
    let backup: OpenedBackup
    do throws(StorageError) {
      backup = try OpenedBackup(device, key: key)
    } catch {
      switch error {
      case .malformed, .unauthentic: return CheckReport(findings: [CheckFinding(error)].compactMap { $0 })
      default: throw error
      }
    }
    let notes = CheckNotes(progress: nil, isCancelled: isCancelled)
    for entry in backup.file.entries {
      let tree = try notes.attempt { () throws(StorageError) in
        try BlockTree(hashing: try device.open(entry.storedPath, .read))
      }
      try isCancelled()
      guard let tree, tree.root != entry.root || tree.size != entry.size else { continue }
      try notes.note(
        .malformed(
          path: entry.storedPath, offset: 0, what: "not the file that the backup names (\(entry.path))"))
    }
    let inner = CheckNotes(progress: progress, isCancelled: isCancelled)
    try DatabaseCheck(device: BackupDevice(backup), root: backup.root, options: options, notes: inner).run()
    return CheckReport(
      findings: notes.findings + inner.findings.filter { !notes.findings.contains($0) }, counts: inner.counts)
  }
}
