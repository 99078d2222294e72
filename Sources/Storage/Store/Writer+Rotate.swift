import VSQLSchema

extension Writer {
  /// Gives a tenant a new KEK: the new version durable first, then every block of keys wrapped under it, then the state, then
  /// the old version is destroyed.
  mutating func rotate(_ tenant: TenantID, actor: ActorID) throws -> RotationOutcome {
    try checkUsable()
    let old = ring.currentKEKVersion(tenant) ?? 0
    pendingEvents.append(event(tenant, actor, .keyRotation, "tenant:\(tenant.hex)", .intent))
    let version = try ring.beginRotation(tenant)
    // What is in memory and in logs goes to segments under the new key at once.
    try checkpoint { $0.intents.append(.rotate(tenant: tenant, version: version, actor: actor)) }
    let keys = try finishRotation(tenant, version, actor)
    return RotationOutcome(
      tenant: tenant, oldVersion: Int(old), newVersion: Int(version), keysRewrapped: keys,
      dataBytesRewritten: 0,
      completedAtMicroseconds: options.clock.nowMicroseconds)
  }

  /// - Returns: the keys of records and audit events that were wrapped anew.
  mutating func finishRotation(_ tenant: TenantID, _ version: UInt32, _ actor: ActorID) throws -> Int {
    var keys = 0
    var manifests: [SegmentID: SegmentManifest] = [:]
    var readers: [SegmentReader] = []
    var obsolete: [String] = []
    // Snapshots of before go on reading what was merged since.
    for reader in head.segments.map(\.reader) + merges.retired {
      let manifest = reader.manifest
      guard manifest.tenant == tenant, manifest.kekVersion != version else { continue }
      let rewritten = try reader.rewrap(to: version)
      manifests[manifest.id] = rewritten.manifest
      readers.append(reader)
      obsolete += rewritten.obsoleteFiles
      keys += manifest.liveCount
    }
    if !manifests.isEmpty {
      var state = state
      try write(&state, head: head, replacing: manifests)
      for reader in readers { if let manifest = manifests[reader.manifest.id] { reader.adopt(manifest) } }
    }
    keys += try chain.rewrap(tenant)
    try ring.finishRotation(tenant, keeping: version)
    try destroy(slots: [], paths: obsolete)
    let event = event(
      tenant, actor, .keyRotation, "tenant:\(tenant.hex)", .done,
      "version \(version), \(keys) keys wrapped anew")
    _ = try conclude([event]) { state in
      state.intents.removeAll { $0 == .rotate(tenant: tenant, version: version, actor: actor) }
    }
    return keys
  }

  /// Gives the database a new root key of the same source.
  mutating func rotateRoot(_ vault: Vault, _ source: RootKeySource, actor: ActorID) throws -> RotationOutcome
  {
    try checkUsable()
    let old = state.rootVersion
    pendingEvents.append(event(state.mainTenant, actor, .keyRotation, "root", .intent))
    try checkpoint()
    try vault.beginRootRotation(to: source)
    let keys = try finishRootRotation(vault, source, actor: actor)
    return RotationOutcome(
      tenant: nil, oldVersion: Int(old), newVersion: Int(state.rootVersion), keysRewrapped: keys,
      dataBytesRewritten: 0,
      completedAtMicroseconds: options.clock.nowMicroseconds)
  }

  /// The state goes under the new root key too; only then is the former one forgotten.
  mutating func finishRootRotation(_ vault: Vault, _ source: RootKeySource, actor: ActorID) throws -> Int {
    let keys = ring.keys.count + ring.slots.count
    let event = event(
      state.mainTenant, actor, .keyRotation, "root", .done,
      "version \(state.rootVersion + 1), \(keys) keys wrapped anew")
    _ = try conclude([event]) { $0.rootVersion += 1 }
    // It is sealed under the former root key.
    try forgetHistory()
    try vault.finishRootRotation(source)
    return keys
  }

  /// Finishes what a crash interrupted, before the first read.
  ///
  /// - Returns: what was finished, a line each.
  mutating func resume(_ vault: Vault, _ source: RootKeySource) throws -> [String] {
    var notices: [String] = []
    if vault.isRootRotationPending {
      try checkpoint()
      try vault.resumeRootRotation()
      _ = try finishRootRotation(vault, source, actor: state.owner)
      notices.append("an interrupted rotation of the root key was finished")
    }
    if state.intents.isEmpty { return notices }
    try checkpoint()
    for intent in state.intents {
      switch intent {
      case .erase(let erase):
        _ = try purge(dropKeys(erase))
        notices.append("an interrupted erasure (\(erase.label)) was finished")
      case .purge(let purge):
        _ = try self.purge(purge)
        notices.append("an interrupted erasure (\(purge.erase.label)) was finished")
      case .rotate(let tenant, let version, let actor):
        _ = try finishRotation(tenant, version, actor)
        notices.append("an interrupted rotation of a tenant's key was finished")
      }
    }
    return notices
  }
}
