/// What the short texts of a segment's records are compressed with: nothing but byte strings that many entities share, so that it says
/// nothing of any one of them. Sealed under the segment's DEK.
///
/// Its bytes are a dictionary of zstd's. They end with the pieces, each followed by a byte that no text has; the entropy tables
/// before them are counted in texts made of pieces alone (`PieceMix`).
///
/// Invariant: each piece stands in the values that `SharedSample` takes of `leastEntities` entities or more, rows that are erased
/// left out. An erasure that would break it has the segment written anew.
struct SharedDictionary: Hashable, Sendable {
  /// Entities whose values must have a piece in common; in a table without an ENTITY column each record is one.
  static let leastEntities = 20
  /// Those that a new dictionary asks for: with none to spare, the first erasure of any of them would have the segment written anew.
  static let leastEntitiesAtFirst = 32
  /// Ends each piece. No UTF-8 has this byte, so what stands in the dictionary across a joint stands in no value.
  static let separator: UInt8 = 0xff
  /// Shorter ones are no match for zstd.
  static let leastPieceBytes = 4
  static let mostPieceBytes = 64
  /// Of one column's pieces.
  static let mostColumnBytes = 8 << 10

  struct Piece: Hashable, Sendable {
    /// Its column's ordinal in the table.
    var column: Int
    /// In the dictionary's bytes.
    var range: Range<Int>
    /// Entities that share it, of those sampled.
    var entities: UInt32
  }

  /// In the order in which they stand: the most useful last, as it is the cheapest to point at.
  private(set) var pieces: [Piece]
  let bytes: [UInt8]
  let sample: SharedSample

  /// - Parameters:
  ///   - pieces: of each its column, its bytes, and entities that share it.
  ///   - mix: texts that the entropy tables are counted in, made of pieces.
  /// - Returns: nil when there are too few of them for zstd.
  init?(_ pieces: [(column: Int, bytes: [UInt8], entities: UInt32)], sample: SharedSample) {
    var content: [UInt8] = []
    for piece in pieces {
      content += piece.bytes
      content.append(Self.separator)
    }
    guard pieces.count > 1,
      let bytes = ZstdDictionary.trained(content, samples: PieceMix(pieces.map(\.bytes)).texts())
    else { return nil }
    self.bytes = bytes
    self.sample = sample
    self.pieces = []
    var start = bytes.count - content.count
    for piece in pieces {
      self.pieces.append(
        Piece(column: piece.column, range: start..<start + piece.bytes.count, entities: piece.entities))
      start += piece.bytes.count + 1
    }
  }

  /// The same with each piece counted anew; nil when fewer than `leastEntities` share some piece.
  func counted(_ entities: [UInt32]) -> SharedDictionary? {
    guard entities.allSatisfy({ $0 >= UInt32(Self.leastEntities) }) else { return nil }
    var counted = self
    for (index, count) in entities.enumerated() { counted.pieces[index].entities = count }
    return counted
  }

  /// - Parameter gone: by piece: entities that are gone and had it.
  /// - Returns: nil when fewer than `leastEntities` are left that share some piece.
  func removing(_ gone: [UInt32]) -> SharedDictionary? {
    counted(zip(pieces, gone).map { $0.entities - min($0.entities, $1) })
  }

  /// Ordinals of the columns that have pieces, ascending.
  var columns: [Int] { Set(pieces.map(\.column)).sorted() }
}

extension SharedDictionary {
  func encode() -> [UInt8] {
    var writer = ByteWriter(capacity: bytes.count + 4 * pieces.count + 16)
    writer.counted(bytes)
    writer.varint(UInt64(sample.stride))
    writer.varint(UInt64(pieces.count))
    for piece in pieces {
      writer.varint(UInt64(piece.column))
      writer.varint(UInt64(piece.range.count))
      writer.varint(UInt64(piece.entities))
    }
    return writer.bytes
  }

  /// - Throws: `.malformed` also when the pieces are not the end of the dictionary, or too few entities share one.
  init(from reader: inout ByteReader) throws(StorageError) {
    bytes = Array(try reader.counted())
    sample = SharedSample(stride: max(1, try reader.size(atMost: SegmentFormat.maxRows)))
    pieces = []
    var size = 0
    for _ in 0..<(try reader.count(ofAtLeast: 3)) {
      let column = try reader.size(atMost: SegmentFormat.maxRows)
      let count = try reader.size(atMost: Self.mostPieceBytes)
      let entities = UInt32(try reader.size(atMost: SegmentFormat.maxRows))
      guard entities >= UInt32(Self.leastEntities) else {
        throw reader.malformed("a piece of a dictionary that \(entities) entities share")
      }
      guard count >= Self.leastPieceBytes else {
        throw reader.malformed("a piece of a dictionary of \(count) bytes")
      }
      pieces.append(Piece(column: column, range: size..<size + count, entities: entities))
      size += count + 1
    }
    try reader.finish()
    guard size <= bytes.count else { throw reader.malformed("pieces longer than their dictionary") }
    for index in pieces.indices {
      let range = pieces[index].range
      let start = bytes.count - size + range.lowerBound
      pieces[index].range = start..<start + range.count
      guard bytes[start + range.count] == Self.separator else {
        throw reader.malformed("a piece of a dictionary that does not end")
      }
    }
  }
}

/// Whose values a dictionary is made of, and its pieces are counted in: a fixed part of the rows, so that both are bounded.
struct SharedSample: Hashable, Sendable {
  /// One of so many rows, about.
  var stride: Int
  /// Of each value, so many of its first bytes.
  static let valueBytes = 1 << 10

  /// By a hash of the ordinal, so that rows that come in turns are not taken or left by their turn.
  func holds(row: Int) -> Bool {
    stride == 1 || DistinctSketch.mix(UInt64(row)) % UInt64(stride) == 0
  }
}

/// Texts to count entropy tables in: pieces in any order between single bytes of pieces, much as records are. Of no value more than
/// the pieces say.
struct PieceMix {
  private static let textCount = 1_000
  private let pieces: [[UInt8]]
  private var state: UInt64 = 0

  init(_ pieces: [[UInt8]]) { self.pieces = pieces }

  /// The same for the same pieces.
  consuming func texts() -> RowBytes {
    var texts = RowBytes()
    for _ in 0..<Self.textCount {
      for _ in 0..<2 + below(4) {
        for _ in 0..<1 + below(8) {
          let piece = pieces[below(pieces.count)]
          texts.bytes.append(piece[below(piece.count)])
        }
        texts.bytes += pieces[below(pieces.count)]
      }
      texts.ends.append(texts.bytes.count)
    }
    return texts
  }

  private mutating func below(_ limit: Int) -> Int {
    state &+= 1
    return Int(DistinctSketch.mix(state) % UInt64(limit))
  }
}
