import Testing
import VSQLSchema
import VSQLStorage

@Suite struct StorageReportTests {
  @Test func everyByteOfASegmentIsAccountedFor() throws {
    let (store, _) = try MergeTests.filled(MemoryDevice(), commits: 2, of: 1_500)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people"))
    let parts = try store.storage(of: definition, tenant: store.mainTenant)
    let columns = parts.filter { $0.kind == .column }
    #expect(columns.map(\.name) == ["id", "name", "patient", "v"])
    #expect(columns[0].rawBytes == 3_000 * 8)
    #expect(columns[0].encoding == "offset, 11 bits; offset, 12 bits")
    #expect(columns[0].storedBytes <= 3_000 * 3)
    #expect(columns[2].encoding == "value table, 4 bits")
    #expect(columns[2].storedBytes < columns[2].rawBytes)
    #expect(columns[3].encoding == "plain" && columns[3].storedBytes == 3_000 * 16)
    let cells = columns.reduce(0) { $0 + $1.storedBytes }
    #expect(cells > 3_000 * 17)
    // Rounding aside, what the columns and the overhead take is what the files have.
    let sealed = parts.reduce(0) { $0 + $1.storedBytes }
    let files = store.storage().reduce(0) { $0 + $1.sizeBytes }
    #expect((files - 16...files).contains(sealed), "\(sealed) of \(files)")
    let keys = try #require(parts.first { $0.name == "record keys" })
    #expect((3_000 * 32...3_000 * 36).contains(keys.storedBytes))
    #expect(parts.first { $0.name == "seals of cells" }?.storedBytes == 2 * 3_000 * 16)
    #expect(parts.last?.kind == .memory && parts.last?.rawBytes == 0)
  }

  @Test func whatIsErasedIsNotCounted() throws {
    let (store, _) = try MergeTests.filled(MemoryDevice(), commits: 1, of: 100)
    let definition = try #require(store.snapshot(tenant: store.mainTenant).table(named: "people"))
    _ = try store.eraseEntity(ErasureTests.request(store, "p-3"))
    let parts = try store.storage(of: definition, tenant: store.mainTenant)
    #expect(parts[0].rawBytes == 90 * 8 && parts[3].storedBytes == 90 * 16)
    try store.write { try $0.insert(peopleBatch([1_000]), into: definition.id) }
    #expect(try store.storage(of: definition, tenant: store.mainTenant).last?.rawBytes ?? 0 > 0)
  }
}
