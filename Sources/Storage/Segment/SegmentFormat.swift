import VSQLSchema

/// The fixed numbers of a segment's three files, as `docs/format/segments.md` draws them.
package enum SegmentFormat {
  static let directory = "segments"
  /// Rows whose zone map is one.
  package static let pageRows = 1_024
  /// Record DEKs that one slot key answers for: 16 blocks of 64.
  static let blocksPerSlot = 16
  static let blockKeys = KeyBlock.capacity
  /// So that ordinals fit 32 bits with room, and a segment's arrays fit memory.
  package static let maxRows = 1 << 22
  /// Text or blob columns of a larger average are groups of their own.
  static let longAverageBytes = 256

  static let cellMagic = Array("VSQLSEG1".utf8)
  static let keyMagic = Array("VSQLDEK1".utf8)
  static let directoryMagic = Array("VSQLDIR1".utf8)

  /// `.seg`: magic, segment id.
  static let cellHeaderBytes = 16
  /// `.dir`: magic, segment id, generation.
  static let directoryHeaderBytes = 20

  static func cellHeader(_ id: SegmentID) -> [UInt8] {
    var writer = ByteWriter(capacity: cellHeaderBytes)
    writer.raw(cellMagic)
    writer.u64(id.raw)
    return writer.bytes
  }

  static func directoryHeader(_ id: SegmentID, generation: UInt32) -> [UInt8] {
    var writer = ByteWriter(capacity: directoryHeaderBytes)
    writer.raw(directoryMagic)
    writer.u64(id.raw)
    writer.u32(generation)
    return writer.bytes
  }

  static func cellPath(_ id: SegmentID) -> String { "\(directory)/\(id.hex).seg" }
  static func keyPath(_ id: SegmentID, generation: UInt32) -> String {
    "\(directory)/\(id.hex).\(generation).dek"
  }
  static func directoryPath(_ id: SegmentID, generation: UInt32) -> String {
    "\(directory)/\(id.hex).\(generation).dir"
  }

  /// Blocks of `count` DEKs of records or pages; the segment's own block is not counted.
  static func keyBlocks(_ count: Int) -> Int { (count + blockKeys - 1) / blockKeys }

  /// Keys in block `block` of `count`: 64, or what is left in the last.
  static func keys(inBlock block: Int, of count: Int) -> Int { min(blockKeys, count - block * blockKeys) }

  /// The segment's own slot and one for each 16 blocks.
  static func slots(keys count: Int) -> Int { 1 + (keyBlocks(count) + blocksPerSlot - 1) / blocksPerSlot }

  static func pages(rows: Int) -> Int { (rows + pageRows - 1) / pageRows }
}

/// A sealed unit of a `.dir` file.
struct SealedUnit: Sendable {
  var kind: UnitPlace.Kind
  /// Its place among the units, from 0: its nonce.
  var number: Int
  /// Of an index run, the index's id; else 0.
  var ordinal: UInt64
  /// For messages.
  var name: String
  var offset: Int
  var sizeBytes: Int
}

/// The sealed units that every `.dir` file has, in their order there. Each is sealed under the segment's DEK, once, with its own nonce.
enum DirectoryUnit: Int, CaseIterable, Sendable {
  case directory = 0
  case valueTables = 1
  case entityIndex = 2
  case keyRun = 3

  var kind: UnitPlace.Kind {
    switch self {
    case .directory: .directory
    case .valueTables: .valueTables
    case .entityIndex: .entityIndex
    case .keyRun: .keyRun
    }
  }

  /// For messages.
  var name: String {
    switch self {
    case .directory: "segment directory"
    case .valueTables: "value tables"
    case .entityIndex: "entity index"
    case .keyRun: "primary key run"
    }
  }
}
