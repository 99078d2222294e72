import Testing
import VSQLSchema
import VSQLStorage

/// A memory device with keys for one tenant, and a table with a column of every type.
struct SegmentFixture {
  static let shape = VectorShape(dimension: 12, element: .float16)
  static let tenant = TenantID(7)
  static let table = TableDefinition(
    id: TableID(3), name: "t",
    columns: [
      ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
      ColumnDefinition(name: "owner", type: .string),
      ColumnDefinition(name: "flag", type: .boolean),
      ColumnDefinition(name: "wide", type: .bigint),
      ColumnDefinition(name: "day", type: .date),
      ColumnDefinition(name: "at", type: .timestamptz),
      ColumnDefinition(name: "real", type: .double),
      ColumnDefinition(name: "price", type: .numeric),
      ColumnDefinition(name: "key", type: .uuid),
      ColumnDefinition(name: "note", type: .string),
      ColumnDefinition(name: "body", type: .blob),
      ColumnDefinition(name: "vector", type: .vector(shape)),
      ColumnDefinition(name: "bits", type: .vector(VectorShape(dimension: 9, element: .bit))),
    ],
    primaryKey: [0], entity: EntityColumn(ordinal: 1, type: "owner"))

  let device: MemoryDevice
  let ring: KeyRing
  let memory = MemoryBudget()
  var site: SegmentSite { SegmentSite(device: device, keys: ring, memory: memory) }
  var writer: SegmentWriter { SegmentWriter(site, table: Self.table, tenant: Self.tenant) }

  init(seed: UInt64 = 1) throws {
    device = MemoryDevice()
    let randomness = SeededRandomness(seed)
    ring = try KeyRing.create(
      device: device, database: testDatabase, root: KeyBox(random: randomness), randomness: randomness,
      clock: FixedClock())
    _ = try ring.createTenantKey(Self.tenant)
  }

  /// Row `index` in words: each 7th NULL where it may be, texts that repeat and texts that do not, extremes.
  static func row(_ index: Int, nulls: Bool = true) -> [Value] {
    func unlessNull(_ column: Int, _ value: Value) -> Value {
      nulls && (index + column) % 7 == 0 ? .null : value
    }
    var bits = UInt64(truncatingIfNeeded: index) &* 0x9e37_79b9_7f4a_7c15
    func next() -> UInt64 {
      bits = (bits ^ (bits >> 29)) &* 0xbf58_476d_1ce4_e5b9 &+ 1
      return bits
    }
    let bytes = (0..<24).map { _ in UInt8(truncatingIfNeeded: next() >> 13) }
    return [
      .integer(Int64(index * 3 - 50)),
      unlessNull(1, .text("owner \(index % 40)")),
      unlessNull(2, .boolean(index % 3 == 0)),
      unlessNull(3, .integer(index % 5 == 0 ? .min : index % 5 == 1 ? .max : Int64(index))),
      unlessNull(4, .date(Int32(index % 2 == 0 ? -index : 20_000 + index))),
      unlessNull(5, .timestamptz(1_700_000_000_000_000 + Int64(index) * 1_000_003)),
      unlessNull(6, .double(index % 11 == 0 ? .nan : index % 11 == 1 ? -.infinity : Double(index) / 7)),
      unlessNull(
        7,
        .decimal(
          Decimal(
            unscaled: Int128(index) * (index % 2 == 0 ? 1 : -1) << Int128(index % 90),
            scale: UInt8(index % 39)))),
      unlessNull(8, .uuid(UInt128(next()) << 64 | UInt128(next()))),
      unlessNull(
        9, .text(index % 4 == 0 ? "" : "note \(next()) ü\0 " + String(repeating: "again ", count: index % 60))
      ),
      unlessNull(10, .blob((0..<(index % 3) * 400).map { UInt8(truncatingIfNeeded: $0 &* $0 + index) })),
      unlessNull(11, .vector(VectorValue(shape: shape, bytes: bytes))),
      unlessNull(
        12, .vector(VectorValue(shape: VectorShape(dimension: 9, element: .bit), bytes: Array(bytes[..<2])))),
    ]
  }

  /// Rows in batches of `size`, with ids from 100 on, every 50th left out.
  static func batches(_ rows: [[Value]], of table: TableDefinition = table, size: Int = 700) throws -> [Batch]
  {
    var batches: [Batch] = []
    for start in stride(from: 0, to: rows.count, by: size) {
      let part = rows[start..<min(rows.count, start + size)]
      var builders = table.columns.map { ColumnBuilder(type: $0.type) }
      for row in part { for (column, value) in row.enumerated() { try builders[column].append(value) } }
      batches.append(
        Batch(
          columns: builders.map { $0.finish() }, count: part.count,
          rowIDs: part.indices.map { UInt64(100 + $0 + $0 / 50) }))
    }
    return batches
  }

  func write(_ count: Int, id: UInt64 = 0xabc) throws -> SegmentManifest {
    let manifest = try writer.write(
      try Self.batches((0..<count).map { Self.row($0) }), id: SegmentID(id))
    try ring.commitRing()
    return manifest
  }

  func reader(_ manifest: SegmentManifest) -> SegmentReader {
    SegmentReader(site, manifest: manifest, table: Self.table)
  }
}

/// Equal as stored: NaN equals itself.
func same(_ a: Value, _ b: Value) -> Bool {
  if case .double(let x) = a, case .double(let y) = b {
    return x.bitPattern == y.bitPattern || (x.isNaN && y.isNaN)
  }
  if case .decimal(let x) = a, case .decimal(let y) = b {
    return x.unscaled == y.unscaled && x.scale == y.scale
  }
  return a == b
}
