/// Finds which of a dictionary's pieces stand in a text.
struct PieceMatcher: Sendable {
  /// Of one column: their indices in the dictionary, and where they stand in its bytes.
  private let pieces: [(index: Int, range: Range<Int>)]
  private let bytes: [UInt8]
  /// First in a chain for each hash of a piece's first four bytes; −1: none.
  private var heads = [Int32](repeating: -1, count: 1 << 12)
  private var next: [Int32] = []

  init(_ dictionary: SharedDictionary, column: Int) {
    bytes = dictionary.bytes
    pieces = dictionary.pieces.indices.filter { dictionary.pieces[$0].column == column }.map {
      ($0, dictionary.pieces[$0].range)
    }
    for (place, piece) in pieces.enumerated() {
      let hash = Self.hash(bytes.span, at: piece.range.lowerBound)
      next.append(heads[hash])
      heads[hash] = Int32(place)
    }
  }

  /// Calls `body` with the index of each piece, once for each place in `text` where it stands.
  func matches(in text: Span<UInt8>, _ body: (Int) -> Void) {
    if text.count < SharedDictionary.leastPieceBytes { return }
    for start in 0...text.count - SharedDictionary.leastPieceBytes {
      var place = heads[Self.hash(text, at: start)]
      while place >= 0 {
        let (index, range) = pieces[Int(place)]
        if start + range.count <= text.count,
          equalBytes(text.extracting(start..<start + range.count), bytes.span.extracting(range))
        {
          body(index)
        }
        place = next[Int(place)]
      }
    }
  }

  @inline(__always)
  private static func hash(_ bytes: Span<UInt8>, at index: Int) -> Int {
    let word =
      UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
      | UInt32(bytes[index + 3]) << 24
    return Int((word &* 0x9e37_79b1) >> 20)
  }
}

/// Counts, for each piece of a dictionary, the entities that share it. Values come entity by entity.
struct PieceCounter {
  /// By piece.
  private(set) var entities: [UInt32]
  private var last: [Int]
  private var matchers: [Int: PieceMatcher] = [:]

  init(_ dictionary: SharedDictionary) {
    entities = Array(repeating: 0, count: dictionary.pieces.count)
    last = Array(repeating: -1, count: dictionary.pieces.count)
    for column in dictionary.columns { matchers[column] = PieceMatcher(dictionary, column: column) }
  }

  /// - Parameter entity: from 0 on; all values of one come one after the other, in each column by itself.
  mutating func add(_ value: Span<UInt8>, column: Int, entity: Int) {
    guard let matcher = matchers[column] else { return }
    matcher.matches(in: value.extracting(first: SharedSample.valueBytes)) { piece in
      if last[piece] != entity {
        last[piece] = entity
        entities[piece] += 1
      }
    }
  }
}
