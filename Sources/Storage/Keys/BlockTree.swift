/// The SHA-256 tree of RFC 6962 over a file's blocks of 64 KiB (the last may be shorter): the root stands in the sealed
/// state, so that an old or altered file is refused; one block is checked when it is first read, a punch hashes its blocks anew.
package struct BlockTree: Hashable, Sendable {
  package static let blockBytes = 1 << 16

  /// The file's length, bytes.
  package let size: Int
  /// One hash a block.
  package private(set) var leaves: [Digest]
  package private(set) var root: Digest

  /// The tree of a file whose bytes are at hand.
  package init(_ bytes: [UInt8], _ digester: Digester = Digester()) {
    size = bytes.count
    leaves = Self.ranges(size).map { digester.leaf(bytes[$0]) }
    root = Self.root(leaves, digester)
  }

  /// Reads the whole file, a block at a time.
  package init(hashing file: any DeviceFile, _ digester: Digester = Digester()) throws(StorageError) {
    size = try file.size()
    leaves = []
    for range in Self.ranges(size) {
      leaves.append(digester.leaf(try file.read(at: range.lowerBound, count: range.count)[...]))
    }
    root = Self.root(leaves, digester)
  }

  /// From stored leaves; nil unless they belong to `size` and `root`.
  package init?(size: Int, leaves: [Digest], root: Digest, _ digester: Digester = Digester()) {
    guard size >= 0, leaves.count == Self.blockCount(size), Self.root(leaves, digester) == root else {
      return nil
    }
    self.size = size
    self.leaves = leaves
    self.root = root
  }

  package static func blockCount(_ size: Int) -> Int { (size + blockBytes - 1) / blockBytes }

  /// Bytes of block `index`.
  package func range(_ index: Int) -> Range<Int> {
    index * Self.blockBytes..<min(size, (index + 1) * Self.blockBytes)
  }

  /// The blocks that bytes `range` touch.
  package func blocks(touching range: Range<Int>) -> Range<Int> {
    range.isEmpty
      ? 0..<0
      : range.lowerBound / Self.blockBytes..<(range.upperBound + Self.blockBytes - 1) / Self.blockBytes
  }

  /// Whether `bytes` are block `index` as it was hashed.
  package func verify(block index: Int, _ bytes: ArraySlice<UInt8>, _ digester: Digester) -> Bool {
    leaves.indices.contains(index) && bytes.count == range(index).count
      && digester.leaf(bytes) == leaves[index]
  }

  /// Takes block `index` as it is now.
  package mutating func rehash(block index: Int, _ bytes: ArraySlice<UInt8>, _ digester: Digester) {
    guard leaves.indices.contains(index) else { return }
    leaves[index] = digester.leaf(bytes)
    root = Self.root(leaves, digester)
  }

  private static func ranges(_ size: Int) -> [Range<Int>] {
    stride(from: 0, to: size, by: blockBytes).map { $0..<min(size, $0 + blockBytes) }
  }

  /// RFC 6962's head of `leaves`: the left part of a node is the largest full tree, which pairing level by level gives.
  package static func root(_ leaves: [Digest], _ digester: Digester) -> Digest {
    guard !leaves.isEmpty else { return digester.hash([UInt8]()) }
    var level = leaves
    while level.count > 1 {
      var next: [Digest] = []
      next.reserveCapacity((level.count + 1) / 2)
      var index = 0
      while index + 1 < level.count {
        next.append(digester.node(level[index], level[index + 1]))
        index += 2
      }
      // An odd one climbs as it is.
      if index < level.count { next.append(level[index]) }
      level = next
    }
    return level[0]
  }
}
