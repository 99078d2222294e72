import Testing
import VSQLSchema
import VSQLStorage

@Suite struct SegmentDamageTests {
  /// One bit of every byte of a small segment, before and after an erasure: found, and named by its file.
  @Test(arguments: [false, true])
  func everyFlippedByteIsFound(erased: Bool) throws {
    let fixture = try SegmentFixture()
    var manifest = try fixture.write(9)
    if erased {
      let reader = fixture.reader(manifest)
      let result = try #require(try reader.erase([3]))
      reader.adopt(result.manifest)
      try reader.punchErased()
      manifest = result.manifest
    }
    for path in manifest.paths {
      let bytes = try #require(fixture.device.snapshotFiles()[path])
      let file = try fixture.device.open(path, .write)
      for index in bytes.indices {
        let flipped = bytes[index] ^ (1 << UInt8(index % 8))
        try file.write([flipped], at: index)
        let error = #expect(throws: StorageError.self) { try fixture.reader(manifest).check() }
        #expect(error.flatMap(place)?.path == path, "\(path), byte \(index): \(String(describing: error))")
        #expect((error.flatMap(place)?.offset ?? .max) <= index)
        try file.write([bytes[index]], at: index)
      }
    }
    try fixture.reader(manifest).check()
  }

  @Test func cutFilesAreFound() throws {
    let fixture = try SegmentFixture()
    let manifest = try fixture.write(100)
    for path in manifest.paths {
      let bytes = try #require(fixture.device.snapshotFiles()[path])
      for size in [0, 1, bytes.count / 2, bytes.count - 1] {
        try fixture.device.remove(path)
        try fixture.device.writeNew(path, Array(bytes[..<size]))
        #expect(throws: StorageError.self) { try fixture.reader(manifest).check() }
      }
      try fixture.device.remove(path)
      try fixture.device.writeNew(path, bytes + [0])
      #expect(throws: StorageError.self) { try fixture.reader(manifest).check() }
      try fixture.device.remove(path)
      try fixture.device.writeNew(path, bytes)
    }
    try fixture.reader(manifest).check()
  }

  /// Cells of one row moved to another row's place, and files of another segment under this one's name.
  @Test func movedUnitsDoNotOpen() throws {
    let fixture = try SegmentFixture()
    let table = TableDefinition(
      id: TableID(9), name: "v", columns: [ColumnDefinition(name: "v", type: .vector(SegmentFixture.shape))])
    let writer = SegmentWriter(fixture.site, table: table, tenant: SegmentFixture.tenant)
    let rows = (0..<10).map { [SegmentFixture.row($0, nulls: false)[11]] }
    let (a, b) = (
      try writer.write(try SegmentFixture.batches(rows, of: table), id: SegmentID(1)),
      try writer.write(try SegmentFixture.batches(rows, of: table), id: SegmentID(2))
    )
    let file = try fixture.device.open(a.cellPath, .write)
    let cell = (a.cellBytes - 16) / 10
    let (first, second) = (try file.read(at: 16, count: cell), try file.read(at: 16 + cell, count: cell))
    try file.write(second + first, at: 16)
    let error = #expect(throws: StorageError.self) {
      try SegmentReader(fixture.site, manifest: a, table: table).columns([0])
    }
    #expect(error.flatMap(place).map { $0.path == a.cellPath && $0.offset == 16 } ?? false)
    for (from, to) in zip(a.paths, b.paths) {
      let bytes = try fixture.device.readAll(from)
      let kept = try fixture.device.readAll(to)
      try fixture.device.remove(to)
      try fixture.device.writeNew(to, bytes)
      #expect(throws: StorageError.self) {
        try SegmentReader(fixture.site, manifest: b, table: table).check()
      }
      try fixture.device.remove(to)
      try fixture.device.writeNew(to, kept)
    }
    try SegmentReader(fixture.site, manifest: b, table: table).check()
  }

  private func place(_ error: StorageError) -> (path: String, offset: Int)? {
    switch error {
    case .malformed(let path, let offset, _), .unauthentic(let path, let offset, _): (path, offset)
    case .system, .diskFull, .outOfMemory, .missing, .unchained, .wrongKey, .noKey, .locked, .readOnly,
      .readOnlyTransaction,
      .conflict,
      .snapshotErased,
      .uniqueViolation, .duplicateKeys,
      .notNullViolation, .limit:
      nil
    }
  }
}
