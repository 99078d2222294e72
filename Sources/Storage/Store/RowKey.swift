/// A row's key in a hash table: `KeyEncoder` bytes, hashed as a whole, not byte by byte.
struct RowKey: Hashable, Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func == (left: RowKey, right: RowKey) -> Bool { left.bytes == right.bytes }

  func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}
