import VSQLSchema
import VSQLTrust

/// The state against the keys, and against itself.
struct StateCheck {
  let state: StoreState
  let path: String
  let ring: KeyRing
  let notes: CheckNotes

  func run() throws {
    if ring.generation < state.ringGeneration {
      try notes.note(
        .malformed(
          path: KeyRing.ringPath, offset: 0,
          what: "an older ring of slot keys (\(ring.generation)) than the state's (\(state.ringGeneration))"))
    }
    for tenant in state.catalog.tenants where ring.currentKEKVersion(tenant.id) == nil {
      try notes.note(.missing(path: "keys/\(tenant.id.hex)-1.kek"))
    }
    if state.catalog.tenant(state.mainTenant) == nil { try fault("the main tenant is not among the tenants") }
    let versions = Set(ring.keys.map { KeyRing.KEKName(tenant: $0.tenant, version: $0.version) })
    for segment in state.segments { try check(segment, versions) }
    if zip(state.erasures, state.erasures.dropFirst()).contains(where: { $0 >= $1 }) {
      try fault("the pseudonyms of erased entities are not in order")
    }
  }

  private func check(_ segment: StoreState.Segment, _ versions: Set<KeyRing.KEKName>) throws {
    let manifest = segment.manifest
    let name = "segment \(manifest.id.hex)"
    if state.catalog.table(manifest.table) == nil { try fault("\(name) is of a table that does not exist") }
    if state.catalog.tenant(manifest.tenant) == nil {
      try fault("\(name) is of a tenant that does not exist")
    }
    let kek = KeyRing.KEKName(tenant: manifest.tenant, version: manifest.kekVersion)
    if !versions.contains(kek) { try notes.note(.missing(path: kek.path)) }
    for (index, slot) in manifest.slots.enumerated() where !ring.hasSlot(slot) {
      try notes.note(
        .malformed(path: KeyRing.ringPath, offset: 0, what: "no slot key \(index) of \(name)"))
    }
    if manifest.lastRowID >= state.nextRowID || manifest.firstRowID > manifest.lastRowID {
      let rows = "\(manifest.firstRowID) to \(manifest.lastRowID)"
      try fault("\(name) has rows \(rows), the next is \(state.nextRowID)")
    }
    if segment.deleted.count < manifest.rowCount - manifest.liveCount {
      try fault("\(name) has more erased rows than deleted ones")
    }
  }

  private func fault(_ what: String) throws { try notes.note(.malformed(path: path, offset: 0, what: what)) }
}
