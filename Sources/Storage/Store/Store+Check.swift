import VSQLSchema

extension Store {
  /// Reads every byte that the present state names, opens every seal, and checks all of it against each other; damage is an
  /// answer here, not an error. Works read-only, beside a writer of another process, and beside commits of this one.
  ///
  /// - Parameter isCancelled: throws when the check shall stop.
  package func checkDatabase(
    progress: CheckProgress? = nil, isCancelled: @escaping () throws -> Void = {}
  ) throws -> CheckReport {
    if !isReadOnly { try? flushEvents() }
    return try Self.check(
      site.device, root: site.keys.root, options: options, progress: progress, isCancelled: isCancelled)
  }

  /// The same, told to the audit chain by whom. A chain that takes no event any more does not keep its damage from being found.
  package func checkDatabase(
    actor: ActorID, tenant: TenantID, progress: CheckProgress? = nil,
    isCancelled: @escaping () throws -> Void = {}
  ) throws -> CheckReport {
    func event(_ outcome: AuditOutcome, _ detail: String?) -> AuditEvent {
      AuditEvent(
        tenant: tenant, actor: actor, action: .databaseCheck, resource: "database:\(databaseID.hex)",
        outcome: outcome, detail: detail)
    }
    try? record([event(.intent, nil)])
    let report = try checkDatabase(progress: progress, isCancelled: isCancelled)
    let faults = report.findings.count
    try? record([event(faults == 0 ? .done : .failed, faults == 0 ? nil : "\(faults) faults")])
    return report
  }

  /// Whether there is a database, or a backup of one.
  package static func exists(_ location: StoreLocation) throws -> Bool {
    try Vault.exists(location.device) || OpenedBackup.exists(location.device)
  }

  /// The same for a database that need not open.
  ///
  /// - Throws: 58P01 when there is none, 28P01 for a wrong key, 28000 when no key can be had.
  package static func checkDatabase(
    _ location: StoreLocation, key: RootKeySource, options: StoreOptions = StoreOptions(isReadOnly: true),
    progress: CheckProgress? = nil, isCancelled: @escaping () throws -> Void = {}
  ) throws -> CheckReport {
    let device = location.device
    if try OpenedBackup.exists(device) {
      return try checkBackup(
        device, key: key, options: options, progress: progress, isCancelled: isCancelled)
    }
    let header: DatabaseHeader
    do throws(StorageError) {
      header = try DatabaseHeader(decoding: try device.readAll(DatabaseHeader.path))
    } catch {
      guard case .malformed = error, let finding = CheckFinding(error) else { throw error }
      return CheckReport(findings: [finding])
    }
    let (root, _) = try key.open(header, environment: Vault.processEnvironment)
    return try check(device, root: root, options: options, progress: progress, isCancelled: isCancelled)
  }

  /// A writer may replace files between one read and the next. So a fault counts when nothing changed meanwhile, or when the
  /// next pass meets it again; beside a writer that leaves no quiet pass, what two passes in a row do not both meet is its doing.
  private static func check(
    _ device: any Device, root: KeyBox, options: StoreOptions, progress: CheckProgress?,
    isCancelled: @escaping () throws -> Void
  ) throws -> CheckReport {
    var former: [CheckFinding] = []
    var report = CheckReport()
    for attempt in 0..<6 {
      let before = try? Moment(device)
      let notes = CheckNotes(progress: progress, isCancelled: isCancelled)
      try DatabaseCheck(device: device, root: root, options: options, notes: notes).run()
      report = CheckReport(findings: notes.findings, counts: notes.counts)
      let known = Set(former)
      if report.findings.isEmpty || (before != nil && before == (try? Moment(device))) { return report }
      let lasting = report.findings.filter(known.contains)
      if attempt > 0, lasting.count == report.findings.count { return report }
      former = report.findings
      report = CheckReport(findings: lasting, counts: report.counts)
    }
    return report
  }

  /// What changes whenever a writer replaces or appends something.
  private struct Moment: Equatable {
    var names: [[String]]
    var ring: [UInt8]
    var sizes: [Int]

    init(_ device: any Device) throws(StorageError) {
      names = []
      sizes = []
      let directories = [
        "", "keys", StateFile.directory, SegmentFormat.directory, LogFormat.directory, "audit",
      ]
      for directory in directories {
        let list = try device.list(directory)
        names.append(list)
        if directory == LogFormat.directory || directory == "audit" {
          for name in list { sizes.append(try device.open("\(directory)/\(name)", .read).size()) }
        }
      }
      ring = try device.exists(KeyRing.ringPath) ? try device.readAll(KeyRing.ringPath) : []
    }
  }

  /// The first fault of `checkDatabase`, thrown.
  package func check() throws {
    if let first = try checkDatabase().findings.first { throw first.error }
  }
}
