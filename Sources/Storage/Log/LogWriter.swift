import VSQLSchema

/// The log file that commits are appended to. A process begins a new file, so that no key seals two frames of one index.
///
/// Not Sendable: it lives behind the store's lock.
final class LogWriter {
  let number: UInt64
  let slot: SlotID
  let file: any DeviceFile
  /// One key, which seals the manifest of every frame under a random nonce.
  private let keys: KeyBlock
  private let ring: KeyRing
  private let sealer = Sealer()
  private let digester = Digester()
  /// Where the next frame goes.
  private(set) var end: Int
  private(set) var nextIndex: UInt64 = 0
  private var reserved: Int

  /// Makes the file, its name and header durable. Its slot must be committed to the ring before.
  ///
  /// - Parameter main: the tenant whose KEK wraps the file's key.
  init(
    number: UInt64, slot: SlotID, main: TenantID, ring: KeyRing, device: any Device
  ) throws(StorageError) {
    guard let kekVersion = ring.currentKEKVersion(main) else { throw .missing(path: "keys") }
    let keys = KeyBlock(random: ring.randomness, count: 1)
    let wrapped = try ring.wrap(
      keys, tenant: main, kekVersion: kekVersion, slot: slot,
      place: LogFormat.keyPlace(ring.database, main: main, number: number))
    let header = LogHeader(number: number, slot: slot, kekVersion: kekVersion, wrappedKey: wrapped).encode()
    let path = LogFormat.path(number)
    // A file of this number can only be left from an attempt that no frame followed.
    try device.remove(path)
    file = try device.open(path, .create)
    self.number = number
    self.slot = slot
    self.ring = ring
    self.keys = keys
    end = LogFormat.aligned(header.count)
    // Room comes first: a log that nobody closed and that ends elsewhere was cut.
    reserved = LogFormat.reservedBytes.lowerBound
    try file.preallocate(to: reserved)
    try file.write(header + [UInt8](repeating: 0, count: end - header.count), at: 0)
    try file.sync()
    try device.syncDirectory(LogFormat.directory)
  }

  /// Appends a frame, not yet durable. On an error nothing was appended: the next frame takes the place.
  func append(_ record: LogRecord) throws(StorageError) {
    let body = try seal(record)
    guard body.count < LogFormat.maxBodyBytes else {
      throw .limit(what: "a commit of \(body.count) bytes; the log takes less than \(LogFormat.maxBodyBytes)")
    }
    var frame = ByteWriter(capacity: LogFormat.frameHeaderBytes + body.count)
    frame.u32(UInt32(body.count))
    frame.u32(0)
    frame.u64(nextIndex)
    frame.u64(LogFormat.checksum(body[...], number: number, index: nextIndex, digester))
    frame.raw(body)
    frame.raw(repeatElement(0, count: LogFormat.aligned(frame.bytes.count) - frame.bytes.count))
    try reserve(end + frame.bytes.count)
    try file.write(frame.bytes, at: end)
    end += frame.bytes.count
    nextIndex += 1
  }

  /// Gives back what was reserved beyond the last frame.
  func trim() throws(StorageError) {
    try file.truncate(to: end)
    reserved = end
    try file.sync()
  }

  private func reserve(_ size: Int) throws(StorageError) {
    if size <= reserved { return }
    let bounds = LogFormat.reservedBytes
    let step = min(max(reserved, bounds.lowerBound), bounds.upperBound)
    let wanted = (size + step - 1) / step * step
    try file.preallocate(to: wanted)
    reserved = wanted
  }

  /// Sealed bytes of the manifest (4), the manifest's unit, then for each run of rows its blocks of keys and its units.
  private func seal(_ record: LogRecord) throws(StorageError) -> [UInt8] {
    var content: [UInt8] = []
    var runs: [LogManifest.Rows] = []
    for (partition, chunks) in record.inserts.sorted(by: {
      ($0.key.table, $0.key.tenant) < ($1.key.table, $1.key.tenant)
    }) {
      runs.append(try seal(chunks, of: partition, run: runs.count, appendingTo: &content))
    }
    let deletes = record.deletes.sorted { ($0.key.table, $0.key.tenant) < ($1.key.table, $1.key.tenant) }
    let manifest = LogManifest(
      version: record.version, catalog: record.catalog, deletes: deletes.map { ($0.key, $0.value.sorted()) },
      segments: record.segments, rows: runs, events: record.events)
    let place = LogPlaces(database: ring.database, number: number, index: nextIndex)
    let nonce = Nonce.random(ring.randomness)
    var sealed = nonce.bytes
    try sealer.seal(
      manifest.encode(), key: keys, index: 0, nonce: nonce, associatedData: place.manifest.associatedData,
      appendingTo: &sealed)
    var body = ByteWriter(capacity: 4 + sealed.count + content.count)
    body.u32(UInt32(truncatingIfNeeded: sealed.count))
    body.raw(sealed)
    body.raw(content)
    return body.bytes
  }

  private func seal(
    _ chunks: [MemoryChunk], of partition: PartitionKey, run: Int, appendingTo out: inout [UInt8]
  ) throws(StorageError) -> LogManifest.Rows {
    guard let kekVersion = ring.currentKEKVersion(partition.tenant) else {
      throw .missing(path: "keys/\(partition.tenant.hex)")
    }
    var places = LogPlaces(database: ring.database, number: number, index: nextIndex)
    places.enter(partition, run: run)
    let count = chunks.reduce(0) { $0 + $1.count }
    var rows = LogManifest.Rows(
      partition: partition, kekVersion: kekVersion, firstRowID: chunks.first?.rowIDs.first ?? 0, unitBytes: []
    )
    rows.unitBytes.reserveCapacity(count)
    var blocks: [KeyBlock] = []
    try KeyBlock.reserve((count + KeyBlock.capacity - 1) / KeyBlock.capacity)
    for start in stride(from: 0, to: count, by: KeyBlock.capacity) {
      let block = KeyBlock(random: ring.randomness, count: min(KeyBlock.capacity, count - start))
      out.append(
        contentsOf: try ring.wrap(
          block, tenant: partition.tenant, kekVersion: kekVersion, slot: slot,
          place: places.block(blocks.count)))
      blocks.append(block)
    }
    var index = 0
    for chunk in chunks {
      let plain = RowCodec.encode(chunk.columns, count: chunk.count)
      var end = out.count
      out.append(contentsOf: repeatElement(0, count: plain.bytes.count + chunk.count * Sealer.tagBytes))
      for row in 0..<chunk.count {
        let range = plain.range(row)
        // A DEK of the log seals this one unit only: the fixed nonce is used once.
        try sealer.sealCell(
          plain.bytes.span.extracting(range), keys: blocks[index / KeyBlock.capacity],
          index: index % KeyBlock.capacity, nonce: .fixed(group: 0), place: places.row(index), into: &out,
          at: end)
        rows.unitBytes.append(range.count + Sealer.tagBytes)
        end += range.count + Sealer.tagBytes
        index += 1
      }
    }
    return rows
  }
}

/// The places of a frame's units. `ordinal` is the frame's index; `group` the unit's index within the frame, runs apart.
struct LogPlaces {
  private let database: DatabaseID
  private let number: UInt64
  private let index: UInt64
  private var partition = PartitionKey(TableID(0), TenantID(0))
  private var rowData: AssociatedData

  init(database: DatabaseID, number: UInt64, index: UInt64) {
    self.database = database
    self.number = number
    self.index = index
    rowData = AssociatedData(UnitPlace(database: database, file: number, kind: .walRow, ordinal: index))
  }

  /// The units that follow are of this run. A run is one partition's, and a partition has one run in a frame.
  mutating func enter(_ partition: PartitionKey, run: Int) {
    self.partition = partition
    rowData = AssociatedData(place(.walRow, group: 0))
  }

  var manifest: UnitPlace { UnitPlace(database: database, file: number, kind: .walFrame, ordinal: index) }

  func block(_ block: Int) -> UnitPlace { place(.dekBlock, group: UInt32(truncatingIfNeeded: block)) }

  /// For the call that it is given to: what is kept of it is copied by the next.
  mutating func row(_ row: Int) -> AssociatedData {
    rowData.set(group: UInt32(truncatingIfNeeded: row))
    return rowData
  }

  private func place(_ kind: UnitPlace.Kind, group: UInt32) -> UnitPlace {
    UnitPlace(
      database: database, tenant: partition.tenant, table: partition.table, file: number, kind: kind,
      group: group,
      ordinal: index)
  }
}
