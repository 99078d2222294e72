import VSQLSchema

/// Reads one log file, frame by frame, and says where and how it ends.
struct LogReader {
  /// How a file's frames end.
  enum End: Hashable, Sendable {
    /// At the last frame; only zeros follow.
    case clean
    /// Bytes that are no whole frame, and no frame after them: a write that a crash cut.
    case torn(bytes: Int)
  }

  let number: UInt64
  let slot: SlotID
  private let format: FormatVersion
  private let path: String
  private let bytes: [UInt8]
  private let keys: KeyBlock
  private let ring: KeyRing
  private let sealer = Sealer()
  private let digester = Digester()
  /// After the frames read so far.
  private(set) var offset: Int
  private(set) var nextIndex: UInt64 = 0

  init(number: UInt64, main: TenantID, ring: KeyRing, device: any Device) throws(StorageError) {
    path = LogFormat.path(number)
    bytes = try device.readAll(path)
    guard bytes.count >= LogFormat.aligned(LogFormat.headerBytes) else {
      throw .malformed(path: path, offset: bytes.count, what: "the header is cut")
    }
    let header = try LogHeader(Array(bytes[..<LogFormat.headerBytes]), path: path, number: number)
    // Slot and version stand before the unit and are bound to it: a fault of either is one of this header.
    let keys: KeyBlock
    do throws(StorageError) {
      keys = try ring.unwrap(
        header.wrappedKey[...], tenant: main, kekVersion: header.kekVersion, slot: header.slot,
        place: LogFormat.keyPlace(ring.database, main: main, number: number, format: header.format),
        path: path,
        offset: LogFormat.keyOffset)
    } catch {
      throw .unauthentic(path: path, offset: LogFormat.keyOffset, what: "key of the log file")
    }
    guard keys.count == 1 else {
      throw .malformed(path: path, offset: LogFormat.keyOffset, what: "a log file's key is one key")
    }
    offset = LogFormat.aligned(LogFormat.headerBytes)
    guard bytes[LogFormat.headerBytes..<offset].allSatisfy({ $0 == 0 }) else {
      throw .malformed(path: path, offset: LogFormat.headerBytes, what: "padding that is not zero")
    }
    self.number = number
    self.slot = header.slot
    format = header.format
    self.keys = keys
    self.ring = ring
  }

  /// Of the whole file.
  var byteCount: Int { bytes.count }

  /// The next frame; nil where no whole frame follows.
  ///
  /// - Throws: `.malformed` or `.unauthentic` when the frame is whole but does not open.
  mutating func next() throws(StorageError) -> LogFrame? {
    guard let body = frame(at: offset, index: nextIndex) else { return nil }
    let start = body.lowerBound
    var reader = ByteReader(Array(bytes[body]), path: path, base: start)
    let manifestBytes = Int(try reader.u32())
    let sealed = try reader.raw(manifestBytes)
    let places = LogPlaces(database: ring.database, number: number, index: nextIndex)
    var plain: [UInt8] = []
    guard let nonce = Nonce(bytes: sealed.prefix(Nonce.byteCount)),
      sealer.open(
        sealed.dropFirst(Nonce.byteCount), key: keys, index: 0, nonce: nonce,
        associatedData: places.manifest.associatedData, appendingTo: &plain)
    else {
      throw .unauthentic(path: path, offset: start + 4, what: "log frame")
    }
    let manifest = try LogManifest(plain, path: path, offset: start + 4, format: format)
    let frame = LogFrame(
      manifest: manifest, content: Array(bytes[(start + 4 + manifestBytes)..<body.upperBound]), path: path,
      offset: start + 4 + manifestBytes, slot: slot, places: places)
    // The zeros behind the last frame may have been cut off.
    offset = min(bytes.count, LogFormat.aligned(body.upperBound))
    nextIndex += 1
    return frame
  }

  /// What follows the frames read.
  ///
  /// - Throws: `.malformed` when a whole frame follows later: then the middle is damaged, and nothing may be cut.
  func end() throws(StorageError) -> End {
    guard let last = bytes[offset...].lastIndex(where: { $0 != 0 }) else { return .clean }
    var candidate = offset + LogFormat.alignment
    while candidate + LogFormat.frameHeaderBytes <= bytes.count {
      if let index = index(at: candidate), index >= nextIndex, index - nextIndex < 1 << 32,
        frame(at: candidate, index: index) != nil
      {
        throw .malformed(path: path, offset: offset, what: "a damaged log frame with whole frames after it")
      }
      candidate += LogFormat.alignment
    }
    return .torn(bytes: last + 1 - offset)
  }

  /// The body's range of a whole frame at `offset`.
  private func frame(at offset: Int, index: UInt64) -> Range<Int>? {
    let start = offset + LogFormat.frameHeaderBytes
    guard start <= bytes.count else { return nil }
    let length = Int(number(at: offset, bytes: 4))
    guard length > 0, length < LogFormat.maxBodyBytes, length <= bytes.count - start,
      self.index(at: offset) == index,
      number(at: offset + 4, bytes: 4) == 0
    else { return nil }
    let body = start..<start + length
    let padding = body.upperBound..<min(bytes.count, LogFormat.aligned(body.upperBound))
    guard bytes[padding].allSatisfy({ $0 == 0 }),
      LogFormat.checksum(bytes[body], number: number, index: index, digester)
        == number(at: offset + 16, bytes: 8)
    else { return nil }
    return body
  }

  private func index(at offset: Int) -> UInt64? {
    offset + 16 <= bytes.count ? number(at: offset + 8, bytes: 8) : nil
  }

  private func number(at offset: Int, bytes count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
  }
}

/// A frame that opened; its rows are still sealed.
struct LogFrame {
  let manifest: LogManifest
  fileprivate let content: [UInt8]
  fileprivate let path: String
  fileprivate let offset: Int
  fileprivate let slot: SlotID
  fileprivate let places: LogPlaces

  init(
    manifest: LogManifest, content: [UInt8], path: String, offset: Int, slot: SlotID, places: LogPlaces
  ) {
    self.manifest = manifest
    self.content = content
    self.path = path
    self.offset = offset
    self.slot = slot
    self.places = places
  }

  /// The rows of every run, opened.
  ///
  /// - Parameter types: the column types of a table; nil where it does not exist (then its rows are left out: the table was
  ///   dropped later, and its rows need no reading).
  func rows(
    types: (TableID) -> [SQLType]?, ring: KeyRing, sealer: Sealer
  ) throws -> [(PartitionKey, [MemoryChunk])] {
    var reader = ByteReader(content, path: path, base: offset)
    var result: [(PartitionKey, [MemoryChunk])] = []
    for (run, rows) in manifest.rows.enumerated() {
      var places = places
      places.enter(rows.partition, run: run)
      var blocks: [KeyBlock] = []
      for index in 0..<rows.blockCount {
        let at = offset + reader.offset
        let wrapped = try reader.raw(KeyRing.wrappedBytes(count: rows.keys(inBlock: index)))
        blocks.append(
          try ring.unwrap(
            wrapped, tenant: rows.partition.tenant, kekVersion: rows.kekVersion, slot: slot,
            place: places.block(index), path: path, offset: at))
      }
      let types = types(rows.partition.table)
      var builder = types.map { ChunkBuilder(types: $0, first: rows.firstRowID) }
      for (index, size) in rows.unitBytes.enumerated() {
        let at = offset + reader.offset
        let sealed = try reader.raw(size)
        guard let types else { continue }
        var plain: [UInt8] = []
        guard
          sealer.open(
            sealed, key: blocks[index / KeyBlock.capacity], index: index % KeyBlock.capacity,
            nonce: .fixed(group: 0),
            associatedData: places.row(index).bytes, appendingTo: &plain)
        else { throw StorageError.unauthentic(path: path, offset: at, what: "row of the log") }
        var row = ByteReader(plain, path: path, base: at)
        try builder?.append(try RowCodec.decode(types, &row))
      }
      if let builder { result.append((rows.partition, builder.finish())) }
    }
    try reader.finish()
    return result
  }
}

/// Collects rows of consecutive ids into chunks.
private struct ChunkBuilder {
  private let types: [SQLType]
  private var next: RowID
  private var builders: [ColumnBuilder]
  private var rowIDs: [RowID] = []
  private var chunks: [MemoryChunk] = []

  init(types: [SQLType], first: RowID) {
    self.types = types
    next = first
    builders = types.map { ColumnBuilder(type: $0) }
  }

  mutating func append(_ values: [Value]) throws {
    for (index, value) in values.enumerated() { try builders[index].append(value) }
    rowIDs.append(next)
    next += 1
    if rowIDs.count == Batch.capacity { cut() }
  }

  consuming func finish() -> [MemoryChunk] {
    if !rowIDs.isEmpty { cut() }
    return chunks
  }

  private mutating func cut() {
    chunks.append(MemoryChunk(rowIDs: rowIDs, columns: builders.map { $0.finish() }))
    rowIDs = []
    builders = types.map { ColumnBuilder(type: $0) }
  }
}

extension LogReader {
  /// The size of a log in which nothing follows the header; nil: something does. No frame is written before the header is
  /// durable, so such a file holds no commit, whatever a crash left of its header.
  static func sizeWithoutFrames(_ path: String, _ device: any Device) throws(StorageError) -> Int? {
    let bytes = try device.readAll(path)
    return bytes.dropFirst(LogFormat.aligned(LogFormat.headerBytes)).allSatisfy { $0 == 0 }
      ? bytes.count : nil
  }
}
