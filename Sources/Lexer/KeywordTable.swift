/// A word of at most 24 bytes, letters in lower case, packed so that comparing words compares three integers.
struct PackedWord: Hashable, Sendable {
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private(set) var count = 0

  static let longest = 24

  /// Appends an ASCII byte, folded; a word longer than `longest` is no keyword, so its rest only counts.
  mutating func append(_ byte: UInt8) {
    let folded = UInt64(ByteClass.folded(byte))
    switch count {
    case 0..<8: first |= folded << UInt64(count * 8)
    case 8..<16: second |= folded << UInt64((count - 8) * 8)
    case 16..<24: third |= folded << UInt64((count - 16) * 8)
    default: break
    }
    count += 1
  }

  /// Spread over 64 bits; the table takes the upper ones.
  var mixed: UInt64 {
    (first ^ (second &* 0x9E37_79B9_7F4A_7C15) ^ (third &* 0xC2B2_AE3D_27D4_EB4F)) &* 0xD6E8_FEB8_6659_FD93
  }
}

/// Spelling to keyword: open addressing, at most a quarter full, built once.
struct KeywordTable: Sendable {
  static let shared = KeywordTable()

  private static let slotBits = 9
  private var slots: [(word: PackedWord, keyword: Keyword)?]

  private init() {
    slots = Array(repeating: nil, count: 1 << Self.slotBits)
    for keyword in Keyword.allCases {
      var word = PackedWord()
      for byte in keyword.rawValue.utf8 { word.append(byte) }
      var slot = Self.slot(of: word)
      while slots[slot] != nil { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = (word, keyword)
    }
  }

  private static func slot(of word: PackedWord) -> Int { Int(word.mixed >> UInt64(64 - slotBits)) }

  func keyword(of word: PackedWord) -> Keyword? {
    guard word.count <= PackedWord.longest else { return nil }
    var slot = Self.slot(of: word)
    while let entry = slots[slot] {
      if entry.word == word { return entry.keyword }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  func keyword(of text: String) -> Keyword? {
    var word = PackedWord()
    for byte in text.utf8 { word.append(byte) }
    return keyword(of: word)
  }
}
