import Testing
import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// What was typed: kept sealed, gone with whoever is erased.
@Suite struct HistoryTests {
  @Test func isKeptSealed() throws {
    let device = MemoryDevice()
    var store = try Store.on(device)
    #expect(try store.history().isEmpty)
    for text in ["SELECT 1", "SELECT 'needle'\n, 2", "SELECT 'needle'\n, 2", "SELECT 1"] {
      try store.remember(text)
    }
    let kept = ["SELECT 1", "SELECT 'needle'\n, 2", "SELECT 1"]
    #expect(try store.history() == kept)
    try store.close()
    store = try Store.on(device)
    #expect(try store.history() == kept)
    try store.checkpoint()
    try store.close()
    store = try Store.on(device)
    #expect(try store.history() == kept)
    for bytes in device.snapshotFiles().values {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("needle"))
    }
  }

  @Test func hasLimits() throws {
    let store = try Store.on(MemoryDevice())
    for number in 0..<503 { try store.remember("SELECT \(number)") }
    #expect(try store.history() == (3..<503).map { "SELECT \($0)" })
    try store.remember(String(repeating: "x", count: 17_000))
    #expect(try store.history().last == "SELECT 502")
    for letter in "abcdefghijklmnopqrstuvwx" { try store.remember(String(repeating: letter, count: 16_000)) }
    #expect(try store.history().count == 16)
    #expect(try store.history().last?.first == "x")
  }

  /// Not even a copy of the file opens afterwards, with the keys of then or of now.
  @Test(arguments: [false, true])
  func goesWithAnErasureAndWithTheRootKey(byRoot: Bool) throws {
    let device = MemoryDevice()
    let (filled, _) = try ErasureTests.filled(device)
    var store = filled
    try store.remember("SELECT * FROM people WHERE name = 'ana'")
    let copy = try #require(device.snapshotFiles()["history"])
    if byRoot {
      _ = try store.rotateKeys(.root, actor: store.owner)
    } else {
      _ = try store.eraseEntity(
        ErasureRequest(
          entity: .text("nobody"), type: nil, tenant: store.mainTenant, actor: store.owner, reason: nil,
          isDryRun: false))
    }
    #expect(try store.history().isEmpty)
    #expect(device.snapshotFiles()["history"] == nil)
    try store.remember("SELECT 2")
    #expect(try store.history() == ["SELECT 2"])
    try store.close()
    var files = device.snapshotFiles()
    files["history"] = copy
    store = try Store.on(MemoryDevice(files: files))
    #expect(throws: StorageError.self) { try store.history() }
    // It begins anew, and nothing else suffers.
    try store.remember("SELECT 3")
    #expect(try store.history() == ["SELECT 3"])
  }

  @Test func everyFlippedBitIsNoticed() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    try store.remember("SELECT 1")
    try store.close()
    var files = device.snapshotFiles()
    let honest = try #require(files["history"])
    for index in honest.indices {
      for bit in 0..<8 {
        files["history"]?[index] = honest[index] ^ UInt8(1 << bit)
        let reader = try Store.on(MemoryDevice(files: files))
        let error = #expect(throws: StorageError.self) { try reader.history() }
        #expect("\(error.map { $0.diagnostic.message } ?? "")".contains("\"history\""))
      }
    }
  }

  @Test func aReaderKeepsNothing() throws {
    let device = MemoryDevice()
    let store = try Store.on(device)
    try store.remember("SELECT 1")
    try store.close()
    let before = device.snapshotFiles()
    let reader = try Store.on(device, StoreOptions(isReadOnly: true))
    #expect(try reader.history() == ["SELECT 1"])
    try reader.remember("SELECT 2")
    #expect(device.snapshotFiles() == before)
  }
}
