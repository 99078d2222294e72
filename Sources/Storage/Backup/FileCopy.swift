import VSQLSchema

/// Copies files a piece at a time, hashed on the way, durable under their final name or not there at all.
struct FileCopy {
  private static let pieceBytes = 16 * BlockTree.blockBytes
  let meter: CopyMeter

  /// - Returns: the tree's root of the bytes that were copied; nil, and nothing at `to`, when it is not `root`.
  /// - Throws: `.missing` or `.malformed` when the file is gone or shorter.
  func copy(
    _ path: String, size: Int, root: Digest?, from source: any Device, to target: any Device, at path2: String
  ) throws -> Digest? {
    let file = try source.open(path, .read)
    let beside = path2 + ".new"
    try target.remove(beside)
    let copy = try target.open(beside, .create)
    let digester = Digester()
    var leaves: [Digest] = []
    for start in stride(from: 0, to: size, by: Self.pieceBytes) {
      let bytes = try file.read(at: start, count: min(Self.pieceBytes, size - start))
      for block in stride(from: 0, to: bytes.count, by: BlockTree.blockBytes) {
        leaves.append(digester.leaf(bytes[block..<min(bytes.count, block + BlockTree.blockBytes)]))
      }
      try copy.write(bytes, at: start)
      try meter.advance(bytes.count)
    }
    let found = BlockTree.root(leaves, digester)
    if let root, found != root {
      try target.remove(beside)
      return nil
    }
    try copy.sync()
    try target.rename(beside, to: path2)
    return found
  }
}

/// How far the copying is.
final class CopyMeter {
  private let total: Int
  private let progress: CheckProgress?
  /// Throws when the copying shall stop.
  private let isCancelled: () throws -> Void
  private var done = 0

  init(total: Int, progress: CheckProgress?, isCancelled: @escaping () throws -> Void = {}) {
    self.total = total
    self.progress = progress
    self.isCancelled = isCancelled
  }

  func advance(_ bytes: Int) throws {
    try isCancelled()
    done += bytes
    progress?(done, total)
  }
}
