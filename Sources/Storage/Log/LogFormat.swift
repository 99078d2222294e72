import VSQLSchema

/// The fixed numbers of a `wal/N.wal` file, as `docs/format/store.md` draws them.
package enum LogFormat {
  static let directory = "wal"
  static let letters: StaticString = "vsqlWAL"
  package static let magic = FormatVersion.current.magic(letters)
  /// Magic (8), number (8), slot (8), KEK version (4), wrapped key (68).
  package static let headerBytes = 28 + KeyRing.wrappedBytes(count: 1)
  /// Slot, KEK version and wrapped key begin here.
  static let keyOffset = 16
  /// Length (4), zero (4), index (8), checksum (8).
  package static let frameHeaderBytes = 24
  /// Frames begin at multiples of this; zeros fill up.
  package static let alignment = 8
  /// A body is shorter than this.
  static let maxBodyBytes = 1 << 30
  /// Space is reserved in steps: as much again as there is, within these bounds, all multiples of the least.
  package static let reservedBytes = 8 << 10...1 << 20

  /// The least size that a log with `size` bytes of frames has while it is written.
  static func reserved(_ size: Int) -> Int {
    let step = reservedBytes.lowerBound
    return max(1, (size + step - 1) / step) * step
  }

  static func path(_ number: UInt64) -> String { "\(directory)/\(SegmentID(number).hex).wal" }

  /// The number that a file's name says; nil: no log file.
  static func number(of name: String) -> UInt64? {
    guard name.hasSuffix(".wal"), let number = UInt64(name.dropLast(4), radix: 16),
      path(number) == "\(directory)/\(name)"
    else { return nil }
    return number
  }

  static func aligned(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }

  /// The first 8 bytes of SHA-256(number ‖ index ‖ length ‖ body): finds torn writes. What a body says is authentic by its seals.
  static func checksum(_ body: ArraySlice<UInt8>, number: UInt64, index: UInt64, _ digester: Digester)
    -> UInt64
  {
    var head = ByteWriter(capacity: 20)
    head.u64(number)
    head.u64(index)
    head.u32(UInt32(truncatingIfNeeded: body.count))
    return digester.hash(head.bytes, body).bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func keyPlace(
    _ database: DatabaseID, main: TenantID, number: UInt64, format: FormatVersion = .current
  ) -> UnitPlace {
    UnitPlace(database: database, tenant: main, file: number, kind: .walKey, group: format.group)
  }
}

/// A log file's header: which key seals its frames, and how that key is wrapped.
struct LogHeader: Sendable {
  let format: FormatVersion
  let number: UInt64
  let slot: SlotID
  let kekVersion: UInt32
  let wrappedKey: [UInt8]

  func encode() -> [UInt8] {
    var writer = ByteWriter(capacity: LogFormat.headerBytes)
    writer.raw(format.magic(LogFormat.letters))
    writer.u64(number)
    writer.u64(slot.raw)
    writer.u32(kekVersion)
    writer.raw(wrappedKey)
    return writer.bytes
  }

  init(number: UInt64, slot: SlotID, kekVersion: UInt32, wrappedKey: [UInt8]) {
    format = .current
    self.number = number
    self.slot = slot
    self.kekVersion = kekVersion
    self.wrappedKey = wrappedKey
  }

  /// - Parameter number: as the file's name says.
  init(_ bytes: [UInt8], path: String, number: UInt64) throws(StorageError) {
    var reader = ByteReader(bytes, path: path)
    guard let format = FormatVersion(magic: try reader.raw(8), LogFormat.letters) else {
      throw .malformed(path: path, offset: 0, what: "not the magic of a log file")
    }
    self.format = format
    guard try reader.u64() == number else {
      throw .malformed(path: path, offset: 8, what: "the number of another log file")
    }
    self.number = number
    slot = SlotID(try reader.u64())
    kekVersion = try reader.u32()
    wrappedKey = Array(try reader.raw(KeyRing.wrappedBytes(count: 1)))
    try reader.finish()
  }
}
