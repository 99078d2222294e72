import VSQLSchema

/// Writes the `.seg` file: seals cells into a buffer that goes to the file in whole blocks of the tree, hashed on the way.
final class CellWriter {
  private static let bufferBytes = 1 << 20

  private let file: any DeviceFile
  private let cipher: CellCipher
  private let keys: [KeyBlock]
  private let digester = Digester()
  private var buffer: [UInt8]
  /// Filled bytes of the buffer.
  private var used = 0
  /// Bytes in the file.
  private var written = 0
  private(set) var leaves: [Digest] = []

  /// - Parameter keys: the blocks of record DEKs.
  init(_ file: any DeviceFile, id: SegmentID, cipher: CellCipher, keys: [KeyBlock]) {
    self.file = file
    self.cipher = cipher
    self.keys = keys
    buffer = Array(repeating: 0, count: Self.bufferBytes)
    for byte in SegmentFormat.cellHeader(id) {
      buffer[used] = byte
      used += 1
    }
  }

  /// Bytes of the file so far.
  var position: Int { written + used }

  func append(_ plain: Span<UInt8>, group: Int, row: Int) throws(StorageError) {
    let size = plain.count + Sealer.tagBytes
    if used + size > buffer.count { try flush(room: size) }
    try cipher.seal(
      plain, keys: keys[row / SegmentFormat.blockKeys], group: group, row: row, into: &buffer, at: used)
    used += size
  }

  /// Writes what is left and makes the file durable.
  func finish() throws(StorageError) {
    try write(used)
    try file.sync()
  }

  private func flush(room: Int) throws(StorageError) {
    let whole = used / BlockTree.blockBytes * BlockTree.blockBytes
    let rest = Array(buffer[whole..<used])
    try write(whole)
    if rest.count + room > buffer.count {
      buffer = Array(repeating: 0, count: rest.count + room + Self.bufferBytes)
    }
    buffer.replaceSubrange(..<rest.count, with: rest)
    used = rest.count
  }

  private func write(_ count: Int) throws(StorageError) {
    for start in stride(from: 0, to: count, by: BlockTree.blockBytes) {
      leaves.append(digester.leaf(buffer[start..<min(count, start + BlockTree.blockBytes)]))
    }
    try file.write(count == buffer.count ? buffer : Array(buffer[..<count]), at: written)
    written += count
    used -= count
  }
}
