import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// LIKE patterns of one literal and a `%` at an end, both, or none: a comparison of bytes, or a search, for each row.
///
/// Unsafe pointers are sound here because every range comes from the lane's checked offsets, and its end is checked against the bytes.
enum LiteralMatching {
  enum Place { case equal, prefix, suffix, contains }

  static func match(
    _ place: Place, _ literal: [UInt8], _ lane: TextLane, _ arguments: StrictArguments, negated: Bool,
    _ flags: inout [Bool]
  ) {
    let bytes = lane.list.bytes.span
    switch place {
    case .equal:
      each(literal, lane, arguments, negated, &flags) { $0.count == literal.count ? $0.lowerBound : nil }
    case .prefix:
      each(literal, lane, arguments, negated, &flags) { $0.count >= literal.count ? $0.lowerBound : nil }
    case .suffix:
      each(literal, lane, arguments, negated, &flags) {
        $0.count >= literal.count ? $0.upperBound - literal.count : nil
      }
    case .contains:
      arguments.extent.forEachSelected(arguments.validity) { row in
        flags[row] = (NeedleSearch.first(literal, in: bytes, lane.range(row)) != nil) != negated
      }
    }
  }

  /// Compares the literal with the bytes at the place that `start` gives within a row's range; nil: no match.
  @inline(__always)
  private static func each(
    _ literal: [UInt8], _ lane: TextLane, _ arguments: StrictArguments, _ negated: Bool,
    _ flags: inout [Bool],
    _ start: (Range<Int>) -> Int?
  ) {
    let count = literal.count
    unsafe lane.list.bytes.withUnsafeBufferPointer { bytes in
      unsafe literal.withUnsafeBufferPointer { wanted in
        arguments.extent.forEachSelected(arguments.validity) { row in
          let range = lane.range(row)
          precondition(range.upperBound <= bytes.count, "a text lies within its column's bytes")
          guard let at = start(range) else {
            flags[row] = negated
            return
          }
          guard count > 0, let base = bytes.baseAddress, let pattern = wanted.baseAddress else {
            flags[row] = !negated
            return
          }
          // The first byte settles most rows without a call.
          let isSame = unsafe base[at] == pattern[0] && memcmp(base + at, pattern, count) == 0
          flags[row] = isSame != negated
        }
      }
    }
  }
}
