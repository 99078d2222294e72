import VSQLSchema

/// `audit/N.salt`: the sealed texts of the events of `audit/N.log`. Magic (8), N (8), slot (8), then groups; a group is
/// tenant (8), KEK version (4), count (1), a wrapped block of `count` keys, and for each event its sequence (8), length (4) and
/// sealed texts.
///
/// Each event has a key of its own, so that one can be forgotten: the file is then written anew under a new slot.
struct SaltFile {
  static let magic = Array("vsqlSLT1".utf8)
  static let headerBytes = 24
  static let groupHeaderBytes = 13
  /// Sequence and length.
  static let entryHeaderBytes = 12

  struct Entry {
    let sequence: UInt64
    /// Where `sealed` begins in the file.
    let offset: Int
    let sealed: [UInt8]
  }

  struct Group {
    let tenant: TenantID
    let kekVersion: UInt32
    /// Where the wrapped block begins in the file.
    let offset: Int
    let wrapped: [UInt8]
    let entries: [Entry]

    var bytes: [UInt8] {
      var writer = ByteWriter(capacity: SaltFile.groupHeaderBytes + wrapped.count + entries.count * 96)
      writer.u64(tenant.raw)
      writer.u32(kekVersion)
      writer.u8(UInt8(truncatingIfNeeded: entries.count))
      writer.raw(wrapped)
      for entry in entries {
        writer.u64(entry.sequence)
        writer.u32(UInt32(truncatingIfNeeded: entry.sealed.count))
        writer.raw(entry.sealed)
      }
      return writer.bytes
    }
  }

  /// The first event's sequence: the file's name.
  let first: UInt64
  let slot: SlotID
  var groups: [Group] = []
  /// Bytes of header and groups; what follows in a file is left from a crash.
  private(set) var byteCount = SaltFile.headerBytes
  /// Whether something follows.
  private(set) var hasMore = false

  static func path(_ first: UInt64) -> String { "audit/\(SegmentID(first).hex).salt" }

  var header: [UInt8] {
    var writer = ByteWriter(capacity: Self.headerBytes)
    writer.raw(Self.magic)
    writer.u64(first)
    writer.u64(slot.raw)
    return writer.bytes
  }

  var bytes: [UInt8] { groups.reduce(into: header) { $0 += $1.bytes } }

  init(first: UInt64, slot: SlotID) {
    self.first = first
    self.slot = slot
  }

  /// Reads groups until they hold `count` events.
  init(decoding bytes: [UInt8], first: UInt64, count: Int) throws(StorageError) {
    let path = Self.path(first)
    var reader = ByteReader(bytes, path: path)
    guard try Array(reader.raw(8)) == Self.magic else {
      throw .malformed(path: path, offset: 0, what: "not a file of audit salts")
    }
    guard try reader.u64() == first else {
      throw .malformed(path: path, offset: 8, what: "another file's number")
    }
    self.first = first
    slot = SlotID(try reader.u64())
    var found = 0
    while found < count {
      let tenant = TenantID(try reader.u64())
      let version = try reader.u32()
      let events = Int(try reader.u8())
      guard 1...KeyBlock.capacity ~= events else { throw reader.malformed("a group of \(events) events") }
      let offset = reader.offset
      let wrapped = Array(try reader.raw(KeyRing.wrappedBytes(count: events)))
      var entries: [Entry] = []
      for _ in 0..<events {
        let sequence = try reader.u64()
        let length = Int(try reader.u32())
        let at = reader.offset
        entries.append(Entry(sequence: sequence, offset: at, sealed: Array(try reader.raw(length))))
      }
      groups.append(
        Group(tenant: tenant, kekVersion: version, offset: offset, wrapped: wrapped, entries: entries))
      found += events
      byteCount = reader.offset
    }
    hasMore = !reader.isAtEnd
    guard found == count else {
      throw .malformed(path: path, offset: byteCount, what: "\(found) events, \(count) expected")
    }
  }
}

/// Sealing and opening a group: one key an event.
extension SaltFile {
  /// Seals the texts of up to 64 events of one tenant under fresh keys.
  static func seal(
    _ events: [(sequence: UInt64, texts: ArraySlice<UInt8>)], tenant: TenantID, first: UInt64, slot: SlotID,
    ring: KeyRing, sealer: Sealer
  ) throws(StorageError) -> Group {
    guard let version = ring.currentKEKVersion(tenant), let lead = events.first else {
      throw .missing(path: "keys/\(tenant.hex)-1.kek")
    }
    try KeyBlock.reserve(1)
    let keys = KeyBlock(random: ring.randomness, count: events.count)
    var entries: [Entry] = []
    entries.reserveCapacity(events.count)
    var place = AssociatedData(place(ring, tenant, first, lead.sequence))
    for (index, event) in events.enumerated() {
      var sealed: [UInt8] = []
      sealed.reserveCapacity(event.texts.count + Sealer.tagBytes)
      place.set(ordinal: event.sequence)
      // A key seals one event's texts, once: the fixed nonce is safe.
      try sealer.seal(
        Array(event.texts), key: keys, index: index, nonce: .fixed(group: 0),
        associatedData: place.bytes, appendingTo: &sealed)
      entries.append(Entry(sequence: event.sequence, offset: 0, sealed: sealed))
    }
    let wrapped = try ring.wrap(
      keys, tenant: tenant, kekVersion: version, slot: slot,
      place: blockPlace(ring, tenant, first, lead.sequence))
    return Group(tenant: tenant, kekVersion: version, offset: 0, wrapped: wrapped, entries: entries)
  }

  func unwrap(_ group: Group, _ ring: KeyRing) throws(StorageError) -> KeyBlock {
    do throws(StorageError) {
      return try ring.unwrap(
        group.wrapped[...], tenant: group.tenant, kekVersion: group.kekVersion, slot: slot,
        place: Self.blockPlace(ring, group.tenant, first, group.entries.first?.sequence ?? 0),
        path: Self.path(first),
        offset: group.offset)
    } catch {
      // Tenant and version stand before the block and are bound to it: a key that they name in vain is a fault of this file.
      if case .missing = error {
        throw .unauthentic(path: Self.path(first), offset: group.offset - 13, what: "block of keys")
      }
      throw error
    }
  }

  func open(
    _ entry: Entry, _ index: Int, of group: Group, _ keys: KeyBlock, _ ring: KeyRing, _ sealer: Sealer
  ) throws(StorageError) -> AuditTexts {
    var plain: [UInt8] = []
    guard
      sealer.open(
        entry.sealed[...], key: keys, index: index, nonce: .fixed(group: 0),
        associatedData: Self.place(ring, group.tenant, first, entry.sequence).associatedData,
        appendingTo: &plain)
    else { throw .unauthentic(path: Self.path(first), offset: entry.offset, what: "text of an audit event") }
    var reader = ByteReader(plain, path: Self.path(first), base: entry.offset)
    let texts = try AuditTexts(from: &reader)
    try reader.finish()
    return texts
  }

  /// The same group with its keys wrapped anew under the tenant's current KEK and `slot`, its events untouched.
  func rewrapped(_ group: Group, to slot: SlotID, _ ring: KeyRing) throws(StorageError) -> Group {
    let keys = try unwrap(group, ring)
    guard let version = ring.currentKEKVersion(group.tenant) else {
      throw .missing(path: "keys/\(group.tenant.hex)-1.kek")
    }
    let wrapped = try ring.wrap(
      keys, tenant: group.tenant, kekVersion: version, slot: slot,
      place: Self.blockPlace(ring, group.tenant, first, group.entries.first?.sequence ?? 0))
    return Group(
      tenant: group.tenant, kekVersion: version, offset: group.offset, wrapped: wrapped,
      entries: group.entries)
  }

  private static func place(_ ring: KeyRing, _ tenant: TenantID, _ first: UInt64, _ sequence: UInt64)
    -> UnitPlace
  {
    UnitPlace(database: ring.database, tenant: tenant, file: first, kind: .auditSalt, ordinal: sequence)
  }

  /// Group 1 of the unit kind: a block of keys is no event's text.
  private static func blockPlace(
    _ ring: KeyRing, _ tenant: TenantID, _ first: UInt64, _ sequence: UInt64
  ) -> UnitPlace {
    UnitPlace(
      database: ring.database, tenant: tenant, file: first, kind: .auditSalt, group: 1, ordinal: sequence)
  }
}
