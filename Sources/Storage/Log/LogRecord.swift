import VSQLSchema

/// What one frame says: a commit, or events alone.
struct LogRecord: Sendable {
  /// The head's version after it; for events alone, the version they were written under.
  var version: UInt64
  var catalog: [CommitDraft.CatalogChange] = []
  /// Ascending row ids.
  var deletes: [PartitionKey: [RowID]] = [:]
  /// Segments that the commit wrote itself.
  var segments: [SegmentManifest] = []
  /// Rows with consecutive ids.
  var inserts: [PartitionKey: [MemoryChunk]] = [:]
  /// As the audit chain encoded them.
  var events: [UInt8] = []

  init(version: UInt64) { self.version = version }
}

/// The sealed part of a frame: everything but the rows, and where each row's unit lies.
struct LogManifest: Sendable {
  struct Rows: Sendable {
    var partition: PartitionKey
    var kekVersion: UInt32
    var firstRowID: RowID
    /// Sealed bytes of each row's unit.
    var unitBytes: [Int]

    var blockCount: Int { (unitBytes.count + KeyBlock.capacity - 1) / KeyBlock.capacity }

    /// Keys of block `index`.
    func keys(inBlock index: Int) -> Int {
      min(KeyBlock.capacity, unitBytes.count - index * KeyBlock.capacity)
    }
  }

  var version: UInt64
  var catalog: [CommitDraft.CatalogChange]
  var deletes: [(PartitionKey, [RowID])]
  var segments: [SegmentManifest]
  var rows: [Rows]
  /// As the file's format has them (`AuditRun`).
  var events: [UInt8]
  let format: FormatVersion

  func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.varint(version)
    writer.varint(UInt64(catalog.count))
    for change in catalog { Self.encode(change, to: &writer) }
    writer.varint(UInt64(deletes.count))
    for (partition, rows) in deletes {
      Self.encode(partition, to: &writer)
      writer.varint(UInt64(rows.count))
      var before: RowID = 0
      for row in rows {
        writer.varint(row &- before)
        before = row
      }
    }
    writer.varint(UInt64(segments.count))
    for segment in segments { segment.encode(to: &writer) }
    writer.varint(UInt64(rows.count))
    for run in rows {
      Self.encode(run.partition, to: &writer)
      writer.u32(run.kekVersion)
      writer.varint(run.firstRowID)
      writer.varint(UInt64(run.unitBytes.count))
      for size in run.unitBytes { writer.varint(UInt64(size)) }
    }
    writer.counted(events)
    return writer.bytes
  }

  init(
    version: UInt64, catalog: [CommitDraft.CatalogChange], deletes: [(PartitionKey, [RowID])],
    segments: [SegmentManifest], rows: [Rows], events: [UInt8]
  ) {
    self.version = version
    self.catalog = catalog
    self.deletes = deletes
    self.segments = segments
    self.rows = rows
    self.events = events
    format = .current
  }

  init(_ bytes: [UInt8], path: String, offset: Int, format: FormatVersion) throws(StorageError) {
    self.format = format
    var reader = ByteReader(bytes, path: path, base: offset, format: format)
    version = try reader.varint()
    catalog = []
    for _ in 0..<(try reader.count(ofAtLeast: 9)) { catalog.append(try Self.change(&reader)) }
    deletes = []
    for _ in 0..<(try reader.count(ofAtLeast: 17)) {
      let partition = try Self.partition(&reader)
      var rows: [RowID] = []
      var before: RowID = 0
      for _ in 0..<(try reader.count()) {
        before &+= try reader.varint()
        rows.append(before)
      }
      deletes.append((partition, rows))
    }
    segments = []
    for _ in 0..<(try reader.count(ofAtLeast: 100)) { segments.append(try SegmentManifest(from: &reader)) }
    rows = []
    for _ in 0..<(try reader.count(ofAtLeast: 22)) {
      let partition = try Self.partition(&reader)
      let kekVersion = try reader.u32()
      let first = try reader.varint()
      var sizes: [Int] = []
      for _ in 0..<(try reader.count()) {
        let size = try reader.varint()
        guard size < UInt64(LogFormat.maxBodyBytes) else {
          throw reader.malformed("a row longer than a frame")
        }
        sizes.append(Int(size))
      }
      rows.append(Rows(partition: partition, kekVersion: kekVersion, firstRowID: first, unitBytes: sizes))
    }
    events = Array(try reader.counted())
    try reader.finish()
  }

  private static func encode(_ partition: PartitionKey, to writer: inout ByteWriter) {
    writer.u64(partition.table.raw)
    writer.u64(partition.tenant.raw)
  }

  private static func partition(_ reader: inout ByteReader) throws(StorageError) -> PartitionKey {
    let table = TableID(try reader.u64())
    return PartitionKey(table, TenantID(try reader.u64()))
  }

  private static func encode(_ change: CommitDraft.CatalogChange, to writer: inout ByteWriter) {
    switch change {
    case .createTable(let table):
      writer.u8(1)
      TableCodec.encode(table, to: &writer)
    case .dropTable(let table):
      writer.u8(2)
      TableCodec.encode(table, to: &writer)
    case .createIndex(let table, let index):
      writer.u8(4)
      writer.u64(table.raw)
      TableCodec.encode(index, to: &writer)
    case .dropIndex(let table, let index):
      writer.u8(5)
      writer.u64(table.raw)
      writer.u64(index.raw)
    case .createTenant(let tenant):
      writer.u8(3)
      writer.u64(tenant.id.raw)
      writer.string(tenant.name)
    }
  }

  private static func change(_ reader: inout ByteReader) throws(StorageError) -> CommitDraft.CatalogChange {
    switch try reader.u8() {
    case 1: return .createTable(try TableCodec.decode(&reader))
    case 2: return .dropTable(try TableCodec.decode(&reader))
    case 3:
      let id = TenantID(try reader.u64())
      return .createTenant(TenantName(name: try reader.string(), id: id))
    case 4:
      let table = TableID(try reader.u64())
      return .createIndex(table, try TableCodec.decodeIndex(&reader, columnCount: Int.max))
    case 5:
      let table = TableID(try reader.u64())
      return .dropIndex(table, IndexID(try reader.u64()))
    default: throw reader.malformed("an unknown change of the catalog")
    }
  }
}
