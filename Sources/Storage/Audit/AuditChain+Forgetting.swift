internal import Synchronization
import VSQLSchema

/// What changes salts after the fact: erasure and rotation. The log's lines never change.
extension AuditChain {
  /// Destroys the texts and salts of a tenant's events whose resource `isChosen`; their resource reads `replacement` from
  /// then on, and the chain verifies as before. Absorbs first; idempotent. Durable on return, old keys destroyed.
  ///
  /// - Returns: the events forgotten.
  @discardableResult
  package func forget(
    tenant: TenantID, replacement: String, where isChosen: (_ resource: String) -> Bool
  ) throws(StorageError) -> Int {
    let absorbed = try absorb()
    let sealer = Sealer()
    var forgotten = 0
    for (first, count) in files(absorbed.count) {
      let file = try readSalts(first, count)
      var groups: [(group: SaltFile.Group, texts: [AuditTexts])] = []
      var changes = 0
      for group in file.groups where group.tenant == tenant {
        let keys = try file.unwrap(group, ring)
        var texts: [AuditTexts] = []
        var changed = 0
        for (index, entry) in group.entries.enumerated() {
          let text = try file.open(entry, index, of: group, keys, ring, sealer)
          if text.salts != nil, isChosen(text.resource) {
            texts.append(AuditTexts(resource: replacement, detail: nil, salts: nil))
            changed += 1
          } else {
            texts.append(text)
          }
        }
        if changed > 0 { groups.append((group, texts)) }
        changes += changed
      }
      if changes == 0 { continue }
      try rewriteUnderNewSlot(file) { (group, slot) throws(StorageError) in
        guard let changed = groups.first(where: { $0.group.offset == group.offset }) else {
          return try file.rewrapped(group, to: slot, self.ring)
        }
        let events = zip(group.entries, changed.texts).map { (sequence: $0.sequence, texts: $1.bytes[...]) }
        return try SaltFile.seal(
          events, tenant: tenant, first: first, slot: slot, ring: self.ring, sealer: sealer)
      }
      forgotten += changes
    }
    return forgotten
  }

  /// Wraps the keys of a tenant's events under its current KEK; the sealed texts stay as they are. Idempotent.
  ///
  /// - Returns: the keys wrapped anew.
  @discardableResult
  package func rewrap(_ tenant: TenantID) throws(StorageError) -> Int {
    let absorbed = try absorb()
    let version = ring.currentKEKVersion(tenant)
    var keys = 0
    for (first, count) in files(absorbed.count) {
      let file = try readSalts(first, count)
      let old = file.groups.filter { $0.tenant == tenant && $0.kekVersion != version }
      if old.isEmpty { continue }
      var next = SaltFile(first: file.first, slot: file.slot)
      for group in file.groups {
        let isOld = group.tenant == tenant && group.kekVersion != version
        next.groups.append(isOld ? try file.rewrapped(group, to: file.slot, ring) : group)
      }
      // Its blocks keep their sizes and its slot, so what is known of the file stays true.
      let bytes = next.bytes
      try changing { () throws(StorageError) in try device.replace(SaltFile.path(first), with: bytes) }
      keys += old.reduce(0) { $0 + $1.entries.count }
    }
    return keys
  }

  /// The slots that the salt files use. Any slot of the ring that neither they nor segments nor WAL files name is left from a
  /// crash and must be dropped on open: an interrupted `forget` may have left one.
  package func slotsInUse() throws(StorageError) -> Set<SlotID> {
    var slots: Set<SlotID> = []
    for (first, _) in files(absorbed.count) {
      let file = try device.open(SaltFile.path(first), .read)
      slots.insert(
        try SaltFile(decoding: file.read(at: 0, count: SaltFile.headerBytes), first: first, count: 0).slot)
    }
    // One that was made for a file whose first events are not in the state yet.
    if let salts = state.withLock({ $0.salts }) { slots.insert(salts.slot) }
    return slots
  }

  /// Writes `file` anew under a new slot, then destroys the old one: an old copy of the file opens no more.
  private func rewriteUnderNewSlot(
    _ file: SaltFile, _ change: (SaltFile.Group, SlotID) throws(StorageError) -> SaltFile.Group
  ) throws(StorageError) {
    let slot = ring.newSlot()
    var next = SaltFile(first: file.first, slot: slot)
    for group in file.groups { next.groups.append(try change(group, slot)) }
    try ring.commitRing()
    let bytes = next.bytes
    try changing { () throws(StorageError) in
      try device.replace(SaltFile.path(file.first), with: bytes)
      ring.dropSlots([file.slot])
      try ring.commitRing()
    }
    state.withLock { state in
      if state.salts?.first == file.first { state.salts = (file.first, slot, bytes.count) }
    }
  }
}
