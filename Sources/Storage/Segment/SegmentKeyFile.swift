import VSQLSchema

/// Where segments live: the device, and the keys.
package struct SegmentSite: Sendable {
  package let device: any Device
  package let keys: KeyRing
  /// What opened columns count against.
  package let memory: MemoryBudget

  package init(device: any Device, keys: KeyRing, memory: MemoryBudget = MemoryBudget()) {
    self.device = device
    self.keys = keys
    self.memory = memory
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

  /// Where the block of an ordinal begins, as `place` counts; one past the last gives the file's size.
  private func offset(ofOrdinal ordinal: Int) -> Int {
    if ordinal == 0 { return headerBytes }
    let blocks = SegmentFormat.keyBlocks(manifest.keyCount)
    return ordinal <= blocks ? offset(ordinal - 1) : offset(blocks - 1) + size(blocks - 1)
  }

  private func size(_ block: Int) -> Int {
    KeyRing.wrappedBytes(count: SegmentFormat.keys(inBlock: block, of: manifest.keyCount))
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

  /// Writes the file anew as `next`, every block wrapped under the KEK and at the place that `next` names; durable on return.
  ///
  /// A run of blocks that share a slot at a time, so that no more than such a run lies in memory.
  ///
  /// - Returns: the new file's size, bytes, and the root of its tree.
  func rewrap(as next: SegmentKeyFile) throws(StorageError) -> (size: Int, root: Digest) {
    let file = try open()
    try site.device.remove(next.manifest.keyPath)
    let writer = TreeFileWriter(try site.device.open(next.manifest.keyPath, .create))
    let transfer = KeyTransfer(site.keys.randomness)
    try writer.append { $0 += next.header }
    try rewrap(0..<1, file, as: next, transfer, writer)
    let blocks = SegmentFormat.keyBlocks(manifest.keyCount)
    for first in stride(from: 0, to: blocks, by: SegmentFormat.blocksPerSlot) {
      let run = first..<min(blocks, first + SegmentFormat.blocksPerSlot)
      try rewrap(run.lowerBound + 1..<run.upperBound + 1, file, as: next, transfer, writer)
    }
    return try writer.finish()
  }

  /// - Parameter ordinals: of blocks of one slot; 0 is the segment's own block, then come the record blocks.
  private func rewrap(
    _ ordinals: Range<Int>, _ file: any DeviceFile, as next: SegmentKeyFile, _ transfer: KeyTransfer,
    _ writer: TreeFileWriter
  ) throws(StorageError) {
    let start = offset(ofOrdinal: ordinals.lowerBound)
    let bytes = try file.read(at: start, count: offset(ofOrdinal: ordinals.upperBound) - start)
    let (old, new) = (try wrappingKey(ordinals.lowerBound), try next.wrappingKey(ordinals.lowerBound))
    var (oldPlace, newPlace) = (AssociatedData(place(0)), AssociatedData(next.place(0)))
    for ordinal in ordinals {
      oldPlace.set(ordinal: UInt64(ordinal))
      newPlace.set(ordinal: UInt64(ordinal))
      let from = offset(ofOrdinal: ordinal) - start
      let wrapped = bytes[from..<offset(ofOrdinal: ordinal + 1) - start]
      let isDone = try writer.append { out throws(StorageError) in
        try transfer.rewrap(wrapped, from: old, at: oldPlace, to: new, at: newPlace, appendingTo: &out)
      }
      if !isDone {
        throw .unauthentic(path: manifest.keyPath, offset: start + from, what: "block of keys")
      }
    }
  }

  private func wrappingKey(_ ordinal: Int) throws(StorageError) -> KeyBox {
    try site.keys.wrappingKey(
      tenant: manifest.tenant, kekVersion: manifest.kekVersion,
      slot: ordinal == 0 ? manifest.slots[0] : slot(ofBlock: ordinal - 1))
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

  /// The wrapped bytes of `blocks`, one after the other, over the first of `buffer`.
  func read(_ blocks: Range<Int>, _ file: any DeviceFile, into buffer: inout [UInt8]) throws(StorageError) {
    guard let last = blocks.last else { return }
    let start = offset(blocks.lowerBound)
    try file.read(at: start, count: offset(last) + size(last) - start, into: &buffer)
  }

  /// Opens record block `block`, whose wrapped bytes are given, into `keys`.
  func open(
    _ block: Int, _ wrapped: Span<UInt8>, sealer: Sealer, key: KeyBox, into keys: KeyBlockBuffer
  ) throws(StorageError) {
    guard keys.open(wrapped, sealer: sealer, key: key, place: AssociatedData(place(block + 1))) else {
      throw .unauthentic(path: manifest.keyPath, offset: offset(block), what: "block of keys")
    }
    guard keys.count == SegmentFormat.keys(inBlock: block, of: manifest.keyCount) else {
      throw .malformed(
        path: manifest.keyPath, offset: offset(block), what: "a block of another number of keys")
    }
  }

  /// What wraps record block `block`.
  ///
  /// - Throws: `.unauthentic` when its slot was dropped, `.missing` without the KEK.
  func wrappingKey(ofBlock block: Int) throws(StorageError) -> KeyBox {
    guard site.keys.hasSlot(slot(ofBlock: block)) else {
      throw .unauthentic(path: manifest.keyPath, offset: offset(block), what: "block of keys")
    }
    return try wrappingKey(block + 1)
  }

  /// Of a whole wrapped block.
  static let wrappedBlockBytes = KeyRing.wrappedBytes(count: SegmentFormat.blockKeys)

  func wrappedBytes(ofBlock block: Int) -> Int { size(block) }

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
      guard opened.count == SegmentFormat.keys(inBlock: block, of: manifest.keyCount) else {
        throw .malformed(
          path: manifest.keyPath, offset: offset(block), what: "a block of another number of keys")
      }
      keys.append(opened)
    }
    return keys
  }
}
