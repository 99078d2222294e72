/// Writes a file from its beginning, a block of its `BlockTree` at a time, and hashes each on the way.
final class TreeFileWriter {
  private let file: any DeviceFile
  private let digester = Digester()
  private var buffer: [UInt8] = []
  private var written = 0
  private var leaves: [Digest] = []

  /// - Parameter file: empty.
  init(_ file: any DeviceFile) {
    self.file = file
    buffer.reserveCapacity(2 * BlockTree.blockBytes)
  }

  /// Takes what `body` appends to the buffer, a block's bytes or less.
  func append<Result>(
    _ body: (inout [UInt8]) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    let result = try body(&buffer)
    if buffer.count >= BlockTree.blockBytes { try write(BlockTree.blockBytes) }
    return result
  }

  /// Writes what is left and makes the file durable; the directory is still to be synced.
  ///
  /// - Returns: the file's size, bytes, and the root of its tree.
  func finish() throws(StorageError) -> (size: Int, root: Digest) {
    if !buffer.isEmpty { try write(buffer.count) }
    try file.sync()
    return (written, BlockTree.root(leaves, digester))
  }

  private func write(_ count: Int) throws(StorageError) {
    leaves.append(digester.leaf(buffer[..<count]))
    try file.write(Array(buffer[..<count]), at: written)
    written += count
    buffer.removeFirst(count)
  }
}
