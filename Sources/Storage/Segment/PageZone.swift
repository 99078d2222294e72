import VSQLSchema

/// What a page's rows have in one column: bounds as key bytes (`KeyEncoder`), cut to 24, and how many are NULL.
struct PageZone: Hashable, Sendable {
  static let maxBytes = 24

  /// False after an erasure in the page: nothing is known, nothing skipped.
  var isKnown: Bool = true
  var nullCount: Int = 0
  /// Empty: no row has a value.
  var low: [UInt8] = []
  /// May be a prefix of the greatest key, when it is `maxBytes` long.
  var high: [UInt8] = []

  static let unknown = PageZone(isKnown: false)

  mutating func include(low newLow: [UInt8], high newHigh: [UInt8]) {
    let (newLow, newHigh) = (Array(newLow.prefix(Self.maxBytes)), Array(newHigh.prefix(Self.maxBytes)))
    if low.isEmpty || compareBytes(newLow.span, low.span) < 0 { low = newLow }
    if high.isEmpty || compareBytes(newHigh.span, high.span) > 0 { high = newHigh }
  }

  /// Whether a row of the page may meet the comparison with the value of `key` (its `KeyEncoder` bytes; unused for `isNull`).
  func mayMeet(_ comparison: ZonePredicate.Comparison, key: [UInt8]) -> Bool {
    if !isKnown { return true }
    if comparison == .isNull { return nullCount > 0 }
    if low.isEmpty { return false }
    // A cut low bound is below the true one, which is safe as it stands. A cut high bound is compared with as much of the key.
    let belowLow = compareBytes(key.span, low.span)
    let aboveHigh = compareBytes(
      key.span.extracting(first: high.count == Self.maxBytes ? high.count : key.count), high.span)
    switch comparison {
    case .equal: return belowLow >= 0 && aboveHigh <= 0
    case .less: return belowLow > 0
    case .lessOrEqual: return belowLow >= 0
    // Equal to a cut bound, the true one may still be greater.
    case .greater: return high.count == Self.maxBytes ? aboveHigh <= 0 : aboveHigh < 0
    case .greaterOrEqual: return aboveHigh <= 0
    case .isNull: return nullCount > 0
    }
  }

  func encode(to writer: inout ByteWriter) {
    writer.u8(isKnown ? 1 : 0)
    guard isKnown else { return }
    writer.varint(UInt64(nullCount))
    writer.counted(low)
    writer.counted(high)
  }

  init(isKnown: Bool = true) { self.isKnown = isKnown }

  init(from reader: inout ByteReader) throws(StorageError) {
    isKnown = try reader.u8() != 0
    guard isKnown else { return }
    nullCount = try reader.size(atMost: SegmentFormat.pageRows)
    low = Array(try reader.counted())
    high = Array(try reader.counted())
  }
}
