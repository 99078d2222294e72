import Testing
import VSQLExecutor
import VSQLSchema
import VSQLStorage

/// What does not fit goes to a sealed file, and no answer shows it.
@Suite struct SpillTests {
  /// 20,000 rows of every kind of column, with NULLs and many ties, the same for each database.
  private func fill(_ database: TestDatabase) throws {
    try database.run(
      "CREATE TABLE t (id BIGINT, tie INTEGER, name TEXT, real DOUBLE, price DECIMAL(20, 3), flag BOOLEAN, day DATE, key UUID, v VECTOR(3))"
    )
    let table = try #require(
      database.store.snapshot(tenant: database.store.mainTenant).tables.first { $0.name == "t" })
    var bits: UInt64 = 7
    func next() -> UInt64 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return bits >> 20
    }
    for start in stride(from: 0, to: 20_000, by: 2_000) {
      var builders = table.columns.map { ColumnBuilder(type: $0.type) }
      for id in start..<start + 2_000 {
        let isNull = next() % 11 == 0
        let values: [Value] = [
          .integer(Int64(id)), isNull ? .null : .integer(Int64(next() % 50)),
          next() % 13 == 0
            ? .null : .text(String(repeating: "ab", count: Int(next() % 40)) + "\(next() % 900)"),
          .double(Double(next() % 1_000) / 8 - 50),
          .decimal(Decimal(unscaled: Int128(next() % 90_000), scale: 3)),
          isNull ? .null : .boolean(next() % 2 == 0), .date(Int32(next() % 9_000)),
          .uuid(UInt128(next()) << 64 | UInt128(next())),
          .vector(
            VectorValue(
              shape: VectorShape(dimension: 3, element: .float32),
              bytes: (0..<3).flatMap { _ in withUnsafeBytes(of: Float(next() % 100).bitPattern) { Array($0) }
              })),
        ]
        for (column, value) in values.enumerated() { try builders[column].append(value) }
      }
      let batch = Batch(columns: builders.map { $0.finish() }, count: 2_000)
      let transaction = try database.store.begin(
        tenant: database.store.mainTenant, actor: database.store.owner, readOnly: false)
      try transaction.insert(batch, into: table.id)
      try transaction.commit()
    }
  }

  static let statements = [
    "SELECT * FROM t ORDER BY tie", "SELECT * FROM t ORDER BY name DESC NULLS LAST, tie",
    "SELECT * FROM t ORDER BY real, price DESC",
    "SELECT id, v FROM t ORDER BY flag NULLS FIRST, day DESC", "SELECT * FROM t ORDER BY key",
    "SELECT id, name FROM t ORDER BY tie, name LIMIT 15000 OFFSET 100",
    "SELECT id FROM t ORDER BY tie LIMIT 0",
    "SELECT id FROM t ORDER BY tie DESC LIMIT 7",
  ]

  /// Little memory makes some hundred runs, which take several passes to merge; a little more, one pass.
  @Test(arguments: [16 << 10, 256 << 10]) func sortsAreTheSameSpilled(leastBytes: Int) throws {
    let roomy = try TestDatabase()
    let tight = try TestDatabase(StoreOptions(memoryLimitBytes: 0, operatorMinimumBytes: leastBytes))
    try fill(roomy)
    try fill(tight)
    for statement in Self.statements {
      let expected = try roomy.run(statement).rows
      #expect(try tight.run(statement).rows == expected, "\(statement)")
    }
    #expect(tight.store.memory.reservedBytes == 0 && roomy.store.memory.reservedBytes == 0)
  }

  @Test func framesComeBackAndNoFileStays() throws {
    let device = MemoryDevice()
    let store = try Store.open(.device(device), key: .bytes([UInt8](repeating: 7, count: 32)))
    let before = Set(device.snapshotFiles().keys)
    let spill = try store.makeSpillFile()
    let contents: [[UInt8]] = [[], [1, 2, 3], [UInt8](repeating: 9, count: 100_000)]
    let frames = try contents.map { try spill.append($0) }
    #expect(Set(device.snapshotFiles().keys) == before)
    for (frame, content) in zip(frames, contents).reversed() { #expect(try spill.read(frame) == content) }
    #expect(spill.sizeBytes == 100_003 + 3 * 16)
  }
}
