import VSQLSchema
import VSQLTrust

/// Finds what a database still holds of entities that are known by their pseudonyms alone.
struct ErasureList {
  let state: StoreState
  let site: SegmentSite

  /// For each tenant and pseudonym with records: an erasure to be done. Reads every entity index.
  func intents(of pseudonyms: Set<ConsentPseudonym>) throws(StorageError) -> [Intent.Erase] {
    var found: [Name: [SegmentID: [Int]]] = [:]
    for segment in state.segments {
      let manifest = segment.manifest
      guard let table = state.catalog.table(manifest.table), let entity = table.entity,
        let run = try SegmentGeneration(site, manifest: manifest, table: table).contents().entityIndex
      else { continue }
      var last: [UInt8] = []
      var name: Name?
      for index in 0..<run.count {
        let key = Array(run.keys[index])
        if index == 0 || key != last {
          last = key
          let pseudonym = site.keys.pseudonym(tenant: manifest.tenant, type: entity.type, value: key)
          name = pseudonyms.contains(pseudonym) ? Name(tenant: manifest.tenant, pseudonym: pseudonym) : nil
        }
        if let name { found[name, default: [:]][manifest.id, default: []].append(Int(run.ordinals[index])) }
      }
    }
    return found.sorted { ($0.key.tenant, $0.key.pseudonym) < ($1.key.tenant, $1.key.pseudonym) }.map {
      name, parts in
      Intent.Erase(
        tenant: name.tenant, actor: state.owner, pseudonyms: [name.pseudonym],
        label: "entity:" + Hex.text(name.pseudonym.bytes.prefix(8)),
        segments: parts.map { Intent.Part(segment: $0.key, ordinals: $0.value.sorted()) }
          .sorted { $0.segment < $1.segment })
    }
  }

  private struct Name: Hashable {
    let tenant: TenantID
    let pseudonym: ConsentPseudonym
  }
}
