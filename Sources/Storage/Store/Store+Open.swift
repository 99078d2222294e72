internal import Synchronization
import VSQLDiagnostics
import VSQLSchema

extension Store {
  /// Opens the database, or makes it where it is absent and `options.create` says so.
  ///
  /// - Throws: 58P01 when it is absent, 55006 when another process writes it, 28P01 for a wrong key, 28000 when no key can
  ///   be had, XX001 when a file is damaged.
  package static func open(
    _ location: StoreLocation, key: RootKeySource, options: StoreOptions = StoreOptions()
  ) throws -> Store {
    let (device, name): (any Device, String) =
      switch location {
      case .directory(let path): (FileDevice(directory: path), path)
      case .memory: (MemoryDevice(), ":memory:")
      case .device(let device): (device, "the database")
      }
    if try Vault.exists(device) {
      return options.isReadOnly
        ? try openBesideWriter(device, key: key, options: options)
        : try openExisting(device, key: key, options: options)
    }
    guard options.create, !options.isReadOnly else {
      throw Diagnostic(.undefinedFile, "database \"\(name)\" does not exist")
    }
    return try create(device, name: name, key: key, options: options)
  }

  /// Everything is there before `DATABASE` is, so that a crash leaves no half database.
  private static func create(
    _ device: any Device, name: String, key: RootKeySource, options: StoreOptions
  ) throws -> Store {
    try refuseForeignFiles(device, name)
    let isAbsent = try !device.exists("")
    do {
      try device.makeDirectory("")
    } catch .missing {
      throw Diagnostic(
        .undefinedFile,
        "database \"\(name)\" cannot be made: the directory that it would lie in does not exist")
    }
    var lock: (any DeviceLock)? = try device.lock("LOCK")
    if try Vault.exists(device) {
      // Another process made it between the look and the lock.
      lock = nil
      return try openExisting(device, key: key, options: options)
    }
    let vault: Vault
    do {
      vault = try Vault.create(
        device: device, source: key, randomness: options.randomness, clock: options.clock)
    } catch {
      // Without a key nothing was begun: no directory stays that looks like a database.
      if isAbsent, case .noKey = error {
        try device.remove("LOCK")
        device.removeDirectory("")
      }
      throw error
    }
    do {
      return try fill(device, vault, key, lock, options)
    } catch {
      vault.forgetKeyFile(key)
      throw error
    }
  }

  private static func fill(
    _ device: any Device, _ vault: Vault, _ key: RootKeySource, _ lock: (any DeviceLock)?,
    _ options: StoreOptions
  ) throws -> Store {
    let ring = vault.keyRing
    for directory in directories {
      try device.makeDirectory(directory)
      // What an earlier attempt left.
      for name in try device.list(directory) { try device.remove("\(directory)/\(name)") }
      try device.syncDirectory(directory)
    }
    let chain = try AuditChain.create(device: device, ring: ring)
    let main = TenantID(ring.randomness.id())
    _ = try ring.createTenantKey(main)
    var state = StoreState(mainTenant: main, owner: ActorID(ring.randomness.id()), audit: chain.absorbed)
    try state.catalog.add(TenantName(name: "main", id: main))
    state.ringGeneration = ring.generation
    try StateFile.write(state, number: 1, ring: ring, device: device)
    try device.syncDirectory("")
    try vault.publish()
    return try start(vault, key, state, number: 1, device, chain, lock, options)
  }

  /// A writer may replace files between one read and the next: what is damaged stays so, and is told at the last attempt.
  private static func openBesideWriter(
    _ device: any Device, key: RootKeySource, options: StoreOptions
  ) throws -> Store {
    let key = try key.held()
    for _ in 0..<3 {
      do {
        return try openHolding(device, key: key, options: options)
      } catch let error as StorageError where error.mayPass {
        continue
      }
    }
    // What is still not there is for the reader of its rows to meet.
    return try openExisting(device, key: key, options: options)
  }

  /// The writer removes files that it merged, and does not know of readers of other processes: they hold theirs open.
  private static func openHolding(
    _ device: any Device, key: RootKeySource, options: StoreOptions
  ) throws -> Store {
    let store = try openExisting(device, key: key, options: options)
    for (reader, _) in store.published.current.segments { try reader.hold() }
    return store
  }

  private static func openExisting(
    _ device: any Device, key: RootKeySource, options: StoreOptions
  ) throws -> Store {
    let lock = options.isReadOnly ? nil : try device.lock("LOCK")
    let vault = try Vault.open(
      device: device, source: key, randomness: options.randomness, clock: options.clock)
    if !options.isReadOnly { try vault.raiseFormat() }
    let (state, number) = try StateFile.read(ring: vault.keyRing, device: device)
    guard vault.keyRing.generation >= state.ringGeneration else {
      throw StorageError.malformed(
        path: KeyRing.ringPath, offset: 0, what: "an older ring of slot keys than the state's")
    }
    let chain = AuditChain.open(device: device, ring: vault.keyRing, state: state.audit)
    return try start(vault, key, state, number: number, device, chain, lock, options)
  }

  private static func start(
    _ vault: Vault, _ key: RootKeySource, _ state: StoreState, number: UInt64, _ device: any Device,
    _ chain: AuditChain,
    _ lock: (any DeviceLock)?, _ options: StoreOptions
  ) throws -> Store {
    let site = SegmentSite(
      device: device, keys: vault.keyRing,
      memory: MemoryBudget(
        limitBytes: options.memoryLimitBytes, operatorMinimumBytes: options.operatorMinimumBytes))
    var recovery = try Recovery(state, site: site, chain: chain)
    try recovery.replay()
    // Nothing is written onto an end that does not hold; read-only, VERIFY AUDIT tells what is wrong with it.
    if !options.isReadOnly { try chain.checkTail() }
    var writer = Writer(
      site: site, chain: chain, options: options,
      guardian: ScanGuard(ring: site.keys, memory: site.memory, epoch: recovery.head.erasureEpoch),
      published: PublishedHead(recovery.head), head: recovery.head, keys: recovery.keys,
      nextRowID: recovery.nextRowID, state: state, stateNumber: number,
      nextLog: state.firstLog + UInt64(recovery.logs.count), oldLogs: recovery.logs)
    writer.doomed = recovery.doomed
    if recovery.head.memoryRows > 0 { writer.memorySince = options.clock.nowMicroseconds }
    writer.lacksRuns = recovery.lacksRuns
    var notices: [String] = []
    if let cut = recovery.cut { notices.append(cut.notice) }
    if !options.isReadOnly {
      // A copy of a database may have lost the empty ones.
      for directory in directories { try device.makeDirectory(directory) }
      if let cut = recovery.cut { try writer.settle(cut) }
      let leftover = try chain.cutLeftovers()
      if leftover > 0 { notices.append(writer.settle(auditBytes: leftover)) }
      try writer.removeLeftovers()
      if !writer.doomed.isEmpty || writer.lacksRuns { try writer.checkpoint() }
      notices += try writer.resume(vault, key)
      writer.published.publish(writer.head, writer.position)
    }
    let store = Store(
      StoreParts(vault: vault, source: key, writer: writer, lock: lock, notices: notices))
    store.scheduleUpkeep()
    return store
  }

  private static let directories = [
    StateFile.directory, LogFormat.directory, SegmentFormat.directory, "audit",
  ]

  /// A directory with files of somebody else's is not made a database.
  private static func refuseForeignFiles(_ device: any Device, _ name: String) throws {
    let own: Set<String> = ["LOCK", "DATABASE.new", "keys", "wal", "state", "segments", "audit"]
    if let foreign = try device.list("").first(where: { !own.contains($0) }) {
      throw Diagnostic(
        .duplicateFile,
        "\"\(name)\" is a directory without a database in it, but with other files (\"\(foreign)\")",
        hint: "Name a directory that does not exist yet.")
    }
  }
}

extension Writer {
  /// Cuts the torn tail off, durably, before another log follows; the chain records it.
  mutating func settle(_ cut: Recovery.Cut) throws {
    if cut.offset == 0 {
      try device.remove(cut.path)
      try device.syncDirectory(LogFormat.directory)
    } else {
      let file = try device.open(cut.path, .write)
      if cut.byteCount > 0 { try file.truncate(to: cut.offset) }
      // As long as it was before a crash, so that the next opening does not take it for a cut one.
      try file.preallocate(to: LogFormat.reserved(cut.offset))
      try file.sync()
    }
    pendingEvents.append(
      AuditEvent(
        tenant: state.mainTenant, actor: state.owner, action: .recovery, resource: cut.path, outcome: .done,
        detail: cut.detail))
  }

  /// Records that bytes behind the chain's last event were cut.
  ///
  /// - Returns: the same for whoever opens.
  fileprivate mutating func settle(auditBytes count: Int) -> String {
    let what = "cut \(count) bytes behind the last event that the state names"
    pendingEvents.append(
      AuditEvent(
        tenant: state.mainTenant, actor: state.owner, action: .recovery, resource: "audit", outcome: .done,
        detail: what))
    return "audit: \(what)"
  }

  /// Removes files that no state and no log names, and slot keys that no file needs: what a crash left of unfinished writes.
  func removeLeftovers() throws {
    var directories: Set<String> = []
    func remove(_ directory: String, keeping kept: Set<String>) throws {
      for name in try device.list(directory) where !kept.contains("\(directory)/\(name)") {
        try device.remove("\(directory)/\(name)")
        directories.insert(directory)
      }
    }
    let manifests = head.segments.map(\.reader.manifest) + doomed
    try remove(SegmentFormat.directory, keeping: Set(manifests.flatMap(\.paths)))
    try remove(LogFormat.directory, keeping: Set(oldLogs.map { LogFormat.path($0.number) }))
    try remove(StateFile.directory, keeping: [StateFile.path(stateNumber)])
    for directory in directories.sorted() { try device.syncDirectory(directory) }
    // A tenant whose CREATE was never committed.
    for tenant in Set(ring.keys.map(\.tenant)) where head.catalog.tenant(tenant) == nil {
      try ring.destroyTenantKeys(tenant)
    }
    guard let audit = try? chain.slotsInUse() else { return }
    let used = audit.union(manifests.flatMap(\.slots)).union(oldLogs.map(\.slot))
      .union([try HistoryFile.slot(device)].compactMap { $0 })
    let unused = ring.slots.filter { !used.contains($0) }
    if !unused.isEmpty {
      ring.dropSlots(unused)
      try ring.commitRing()
    }
  }
}
