/// Finds the byte strings that many entities share in texts, and of those what saves most.
///
/// Longer strings grow out of shorter ones by a byte at a time: a string is known by the number of what it grew from and its last
/// byte, so two are one only where all their bytes are, and each is counted exactly. No string is shared by more entities
/// than its parts are, so only those grow that are shared enough. Work is bounded by the texts' bytes.
struct PieceSearch {
  struct Found {
    var bytes: [UInt8]
    var entities: UInt32
    /// Bytes that it saves in the texts, about.
    var score: Int
  }

  /// Positions looked at, for each byte of the texts.
  private static let workPerByte = 24
  /// What pointing at a piece takes, where its own bytes would stand.
  private static let pointerBytes = 3

  private let bytes: [UInt8]
  /// By position: where its text ends, and whose it is.
  private let ends: [Int32]
  private let owners: [Int32]
  private let leastEntities: UInt32
  // Strings that enough entities share, by number: what each grew from (−1: nothing), its length, where it stands first.
  private var parents: [Int32] = []
  private var lengths: [UInt8] = []
  private var firsts: [Int32] = []
  private var entities: [UInt32] = []
  /// By position: the longest string that begins there; −1: none does.
  private var longest: [Int32]

  /// - Parameters:
  ///   - texts: entity by entity.
  ///   - entities: of each text.
  init(_ texts: RowBytes, entities: [Int], leastEntities: Int) {
    bytes = texts.bytes
    self.leastEntities = UInt32(leastEntities)
    var (ends, owners): ([Int32], [Int32]) = ([], [])
    for text in 0..<texts.count {
      let range = texts.range(text)
      ends.append(contentsOf: repeatElement(Int32(range.upperBound), count: range.count))
      owners.append(contentsOf: repeatElement(Int32(entities[text]), count: range.count))
    }
    (self.ends, self.owners) = (ends, owners)
    longest = Array(repeating: -1, count: bytes.count)
    grow()
  }

  /// The best of them, at most `limit` bytes in all; best first. None is part of one before it.
  func best(limit: Int) -> [Found] {
    // What is counted in a parse with all of them is shared out among too many: twice it is counted again with the best.
    var chosen = ranked(uses(allowed: nil), limit: 8 * limit)
    chosen = ranked(uses(allowed: chosen.map(\.string)), limit: 2 * limit)
    chosen = ranked(uses(allowed: chosen.map(\.string)), limit: .max)
    var covered = [Bool](repeating: false, count: parents.count)
    var found: [Found] = []
    var size = 0
    for (string, score) in chosen {
      let length = Int(lengths[string])
      // Its bytes in the dictionary, half of which are left when that is compressed.
      if covered[string] || score <= length / 2 + 4 { continue }
      if size + length + 1 > limit { break }
      size += length + 1
      let first = Int(firsts[string])
      cover(first..<first + length, &covered)
      found.append(
        Found(bytes: Array(bytes[first..<first + length]), entities: entities[string], score: score))
    }
    return found
  }

  // MARK: Growing

  private mutating func grow() {
    let least = SharedDictionary.leastPieceBytes
    var positions = (0..<Int32(bytes.count)).filter { $0 + Int32(least) <= ends[Int($0)] }
    var work = bytes.count * Self.workPerByte
    level(least, &positions)
    for length in least + 1...SharedDictionary.mostPieceBytes {
      positions.removeAll { position in
        let next = Int(position) + 1
        return position + Int32(length) > ends[Int(position)] || longest[next] < 0
          || Int(lengths[Int(longest[next])]) < length - 1
      }
      work -= positions.count
      if positions.isEmpty || work < 0 { return }
      level(length, &positions)
    }
  }

  /// Strings of one length at `positions`, ascending, of which those remain where one stands that is shared enough.
  private mutating func level(_ length: Int, _ positions: inout [Int32]) {
    var bits = 6
    while 1 << bits < 2 * positions.count { bits += 1 }
    var slots = [Int32](repeating: -1, count: 1 << bits)
    var (keys, counts, last, first): ([UInt64], [UInt32], [Int32], [Int32]) = ([], [], [], [])
    var strings: [Int32] = []
    strings.reserveCapacity(positions.count)
    for position in positions {
      let key = key(Int(position), length)
      var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - bits))
      while slots[slot] >= 0, keys[Int(slots[slot])] != key { slot = (slot + 1) & (slots.count - 1) }
      if slots[slot] < 0 {
        slots[slot] = Int32(keys.count)
        keys.append(key)
        counts.append(0)
        last.append(-1)
        first.append(position)
      }
      let string = Int(slots[slot])
      if last[string] != owners[Int(position)] {
        last[string] = owners[Int(position)]
        counts[string] += 1
      }
      strings.append(Int32(string))
    }
    var numbers = [Int32](repeating: -1, count: keys.count)
    var kept: [Int32] = []
    for (index, position) in positions.enumerated() {
      let string = Int(strings[index])
      if counts[string] < leastEntities { continue }
      if numbers[string] < 0 {
        numbers[string] = Int32(parents.count)
        parents.append(longest[Int(position)])
        lengths.append(UInt8(length))
        firsts.append(first[string])
        entities.append(counts[string])
      }
      kept.append(position)
    }
    // Only now: a position's parent was read from here.
    for (index, position) in positions.enumerated() where numbers[Int(strings[index])] >= 0 {
      longest[Int(position)] = numbers[Int(strings[index])]
    }
    positions = kept
  }

  /// The same for the same string alone: what it grew from and its last byte; of the shortest, its bytes.
  @inline(__always)
  private func key(_ position: Int, _ length: Int) -> UInt64 {
    if length > SharedDictionary.leastPieceBytes {
      return UInt64(UInt32(bitPattern: longest[position])) << 8 | UInt64(bytes[position + length - 1])
    }
    var word: UInt64 = 0
    for offset in 0..<length { word = word << 8 | UInt64(bytes[position + offset]) }
    return word
  }

  // MARK: Choosing

  /// How often each string is taken when all texts are read from the left, always by the longest that is allowed.
  ///
  /// - Parameter allowed: nil: those that do not end just behind a fork.
  private func uses(allowed: [Int]?) -> [UInt32] {
    var uses = [UInt32](repeating: 0, count: parents.count)
    var isAllowed = [Bool](repeating: false, count: parents.count)
    if let allowed {
      for string in allowed { isAllowed[string] = true }
    } else {
      // A last byte that most others of the same string do not have begins what comes next.
      for string in parents.indices {
        let parent = Int(parents[string])
        isAllowed[string] = parent < 0 || 2 * entities[string] >= entities[parent]
      }
    }
    var position = 0
    while position < longest.count {
      var string = longest[position]
      while string >= 0, !isAllowed[Int(string)] { string = parents[Int(string)] }
      if string < 0 {
        position += 1
      } else {
        uses[Int(string)] += 1
        position += Int(lengths[Int(string)])
      }
    }
    return uses
  }

  /// By bytes saved, most first, and at most `limit` bytes in all.
  private func ranked(_ uses: [UInt32], limit: Int) -> [(string: Int, score: Int)] {
    var list: [(string: Int, score: Int)] = []
    for (string, count) in uses.enumerated() where count > 0 {
      let score = Int(count) * (Int(lengths[string]) - Self.pointerBytes)
      list.append((string, score))
    }
    list.sort { ($1.score, $0.string) < ($0.score, $1.string) }
    var size = 0
    return Array(
      list.prefix { entry in
        size += Int(lengths[entry.string]) + 1
        return size <= limit
      })
  }

  /// Marks every string that stands in these bytes.
  private func cover(_ range: Range<Int>, _ covered: inout [Bool]) {
    for position in range {
      var string = longest[position]
      while string >= 0, position + Int(lengths[Int(string)]) > range.upperBound {
        string = parents[Int(string)]
      }
      while string >= 0, !covered[Int(string)] {
        covered[Int(string)] = true
        string = parents[Int(string)]
      }
    }
  }
}
