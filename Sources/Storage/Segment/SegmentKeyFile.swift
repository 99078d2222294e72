import VSQLSchema

/// Where segments live: the device, and the keys.
package struct SegmentSite: Sendable {
  package let device: any Device
  package let keys: KeyRing

  package init(device: any Device, keys: KeyRing) {
    self.device = device
    self.keys = keys
  }
}

/// The `.dek` file: a header that repeats the manifest, the segment's own block of one key, then blocks of 64 record DEKs.
///
/// Each block is bound to the file's generation, so that an older file put back under the new name does not open.
struct SegmentKeyFile: Sendable {
  let site: SegmentSite
  let manifest: SegmentManifest

  var headerBytes: Int { 28 + 8 * manifest.slots.count }

  private var header: [UInt8] {
    var writer = ByteWriter(capacity: headerBytes)
    writer.raw(SegmentFormat.keyMagic)
    writer.u64(manifest.id.raw)
    writer.u32(manifest.keyGeneration)
    writer.u32(manifest.kekVersion)
    writer.u32(UInt32(manifest.slots.count))
    for slot in manifest.slots { writer.u64(slot.raw) }
    return writer.bytes
  }

  /// Where record block `block` begins.
  private func offset(_ block: Int) -> Int {
    headerBytes + KeyRing.wrappedBytes(count: 1)
      + block * KeyRing.wrappedBytes(count: SegmentFormat.blockKeys)
  }

  private func size(_ block: Int) -> Int {
    KeyRing.wrappedBytes(count: SegmentFormat.keys(inBlock: block, rows: manifest.rowCount))
  }

  /// - Parameter ordinal: 0 for the segment's own block, else the record block's number plus 1.
  private func place(_ ordinal: Int) -> UnitPlace {
    UnitPlace(
      database: site.keys.database, tenant: manifest.tenant, table: manifest.table, file: manifest.id.raw,
      kind: .dekBlock, group: manifest.keyGeneration, ordinal: UInt64(ordinal))
  }

  private func slot(ofBlock block: Int) -> SlotID { manifest.slots[1 + block / SegmentFormat.blocksPerSlot] }

  /// The file's bytes, every block wrapped as the manifest says.
  func encode(own: KeyBlock, blocks: [KeyBlock]) throws(StorageError) -> [UInt8] {
    var bytes = header
    bytes.reserveCapacity(offset(blocks.count))
    bytes.append(contentsOf: try wrap(own, slot: manifest.slots[0], ordinal: 0))
    for (index, block) in blocks.enumerated() {
      bytes.append(contentsOf: try wrap(block, slot: slot(ofBlock: index), ordinal: index + 1))
    }
    return bytes
  }

  private func wrap(_ block: KeyBlock, slot: SlotID, ordinal: Int) throws(StorageError) -> [UInt8] {
    try site.keys.wrap(
      block, tenant: manifest.tenant, kekVersion: manifest.kekVersion, slot: slot, place: place(ordinal))
  }

  /// Opens the file and compares its header with the manifest.
  func open() throws(StorageError) -> any DeviceFile {
    let file = try site.device.open(manifest.keyPath, .read)
    let expected = header
    let found = try file.read(at: 0, count: expected.count)
    if let wrong = expected.indices.first(where: { expected[$0] != found[$0] }) {
      throw .malformed(path: manifest.keyPath, offset: wrong, what: "the header is not what the state says")
    }
    return file
  }

  func ownKeys(_ file: any DeviceFile) throws(StorageError) -> KeyBlock {
    let bytes = try file.read(at: headerBytes, count: KeyRing.wrappedBytes(count: 1))
    return try site.keys.unwrap(
      bytes[...], tenant: manifest.tenant, kekVersion: manifest.kekVersion, slot: manifest.slots[0],
      place: place(0),
      path: manifest.keyPath, offset: headerBytes)
  }

  /// The record DEKs of `blocks`, read at once.
  func recordKeys(_ blocks: Range<Int>, _ file: any DeviceFile) throws(StorageError) -> [KeyBlock] {
    guard let last = blocks.last else { return [] }
    let start = offset(blocks.lowerBound)
    let bytes = try file.read(at: start, count: offset(last) + size(last) - start)
    var keys: [KeyBlock] = []
    for block in blocks {
      let from = offset(block) - start
      let opened = try site.keys.unwrap(
        bytes[from..<from + size(block)], tenant: manifest.tenant, kekVersion: manifest.kekVersion,
        slot: slot(ofBlock: block), place: place(block + 1), path: manifest.keyPath, offset: offset(block))
      guard opened.count == SegmentFormat.keys(inBlock: block, rows: manifest.rowCount) else {
        throw .malformed(
          path: manifest.keyPath, offset: offset(block), what: "a block of another number of keys")
      }
      keys.append(opened)
    }
    return keys
  }
}
