import VSQLSchema
import VSQLTrust

/// The state's bytes; `docs/format/store.md` draws them.
extension StoreState {
  func encode() -> [UInt8] {
    var writer = ByteWriter(capacity: 1_024)
    writer.varint(version)
    writer.varint(nextRowID)
    writer.u64(mainTenant.raw)
    writer.u64(owner.raw)
    writer.varint(UInt64(catalog.tenants.count))
    for tenant in catalog.tenants {
      writer.u64(tenant.id.raw)
      writer.string(tenant.name)
    }
    writer.varint(UInt64(catalog.tables.count))
    for table in catalog.tables { TableCodec.encode(table, to: &writer) }
    writer.varint(UInt64(segments.count))
    for segment in segments {
      segment.manifest.encode(to: &writer)
      writer.ordinals(segment.deleted)
    }
    writer.varint(firstLog)
    writer.u8(cleanEnd == nil ? 0 : 1)
    if let cleanEnd {
      writer.varint(cleanEnd.log)
      writer.varint(cleanEnd.offset)
    }
    audit.encode(to: &writer)
    writer.varint(ringGeneration)
    writer.varint(erasureEpoch)
    writer.u32(rootVersion)
    writer.pseudonyms(erasures)
    writer.varint(UInt64(intents.count))
    for intent in intents { intent.encode(to: &writer) }
    return writer.bytes
  }

  init(_ bytes: [UInt8], path: String, offset: Int, format: FormatVersion) throws(StorageError) {
    var reader = ByteReader(bytes, path: path, base: offset, format: format)
    version = try reader.varint()
    nextRowID = try reader.varint()
    mainTenant = TenantID(try reader.u64())
    owner = ActorID(try reader.u64())
    for _ in 0..<(try reader.count(ofAtLeast: 9)) {
      let id = TenantID(try reader.u64())
      let name = TenantName(name: try reader.string(), id: id)
      guard (try? catalog.add(name)) != nil else { throw reader.malformed("a tenant twice") }
    }
    for _ in 0..<(try reader.count(ofAtLeast: 12)) {
      let table = try TableCodec.decode(&reader)
      guard (try? catalog.add(table)) != nil else { throw reader.malformed("a table twice") }
    }
    for _ in 0..<(try reader.count(ofAtLeast: 100)) {
      let manifest = try SegmentManifest(from: &reader)
      segments.append(Segment(manifest: manifest, deleted: try reader.ordinals(below: manifest.rowCount)))
    }
    firstLog = try reader.varint()
    if try TableCodec.flag(&reader) {
      let log = try reader.varint()
      cleanEnd = CleanEnd(log: log, offset: try reader.varint())
    }
    audit = try AuditState(from: &reader)
    ringGeneration = try reader.varint()
    erasureEpoch = try reader.varint()
    rootVersion = try reader.u32()
    erasures = try reader.pseudonyms()
    for _ in 0..<(try reader.count(ofAtLeast: 9)) { intents.append(try Intent(from: &reader)) }
    try reader.finish()
  }
}

extension Intent {
  func encode(to writer: inout ByteWriter) {
    switch self {
    case .erase(let erase):
      writer.u8(1)
      erase.encode(to: &writer)
    case .purge(let purge):
      writer.u8(2)
      purge.erase.encode(to: &writer)
      writer.varint(UInt64(purge.slots.count))
      for slot in purge.slots { writer.u64(slot.raw) }
      writer.varint(UInt64(purge.paths.count))
      for path in purge.paths { writer.string(path) }
      writer.varint(UInt64(purge.keysDestroyed))
      writer.varint(UInt64(purge.indexEntries))
    case .rotate(let tenant, let version, let actor):
      writer.u8(3)
      writer.u64(tenant.raw)
      writer.u32(version)
      writer.u64(actor.raw)
    }
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    switch try reader.u8() {
    case 1: self = .erase(try Erase(from: &reader))
    case 2:
      let erase = try Erase(from: &reader)
      var slots: [SlotID] = []
      for _ in 0..<(try reader.count(ofAtLeast: 8)) { slots.append(SlotID(try reader.u64())) }
      var paths: [String] = []
      for _ in 0..<(try reader.count()) { paths.append(try reader.string()) }
      let keys = try reader.size()
      self = .purge(
        Purge(
          erase: erase, slots: slots, paths: paths, keysDestroyed: keys, indexEntries: try reader.size()))
    case 3:
      let tenant = TenantID(try reader.u64())
      let version = try reader.u32()
      self = .rotate(tenant: tenant, version: version, actor: ActorID(try reader.u64()))
    default: throw reader.malformed("an unknown intent")
    }
  }
}

extension Intent.Erase {
  func encode(to writer: inout ByteWriter) {
    writer.u64(tenant.raw)
    writer.u64(actor.raw)
    writer.pseudonyms(pseudonyms)
    writer.string(label)
    writer.varint(UInt64(segments.count))
    for part in segments {
      writer.u64(part.segment.raw)
      writer.ordinals(part.ordinals)
    }
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    tenant = TenantID(try reader.u64())
    actor = ActorID(try reader.u64())
    pseudonyms = try reader.pseudonyms()
    label = try reader.string()
    segments = []
    for _ in 0..<(try reader.count(ofAtLeast: 9)) {
      let segment = SegmentID(try reader.u64())
      segments.append(
        Intent.Part(segment: segment, ordinals: try reader.ordinals(below: SegmentFormat.maxRows)))
    }
  }
}

extension ByteWriter {
  /// An ascending list: its count, then the distance of each from the one before.
  mutating func ordinals(_ list: [Int]) {
    varint(UInt64(list.count))
    var before = 0
    for ordinal in list {
      varint(UInt64(ordinal - before))
      before = ordinal
    }
  }

  mutating func pseudonyms(_ list: [ConsentPseudonym]) {
    varint(UInt64(list.count))
    for pseudonym in list { raw(pseudonym.bytes) }
  }
}

extension ByteReader {
  mutating func ordinals(below limit: Int) throws(StorageError) -> [Int] {
    var list: [Int] = []
    var before: UInt64 = 0
    for _ in 0..<(try count()) {
      let (next, overflow) = before.addingReportingOverflow(try varint())
      guard !overflow, next < UInt64(limit) else { throw malformed("an ordinal past the last row") }
      list.append(Int(next))
      before = next
    }
    return list
  }

  mutating func pseudonyms() throws(StorageError) -> [ConsentPseudonym] {
    var list: [ConsentPseudonym] = []
    for _ in 0..<(try count(ofAtLeast: 32)) { list.append(ConsentPseudonym(bytes: Array(try raw(32)))) }
    return list
  }
}
