#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Finding bytes in bytes, in time linear in both.
///
/// Unsafe pointers are sound here because each call first checks that the range lies within the span.
enum NeedleSearch {
  /// The first place of `needle` in `range`; of an empty one its begin.
  ///
  /// Places of its first byte are found by the C library's vector code and compared. Where texts are made so that many places
  /// nearly match, that would cost the product of the lengths; after as many false places the rest is searched by Knuth, Morris and Pratt.
  @inline(__always)
  static func first(_ needle: [UInt8], in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= text.count, "the range lies within the text")
    if needle.isEmpty { return range.lowerBound }
    if range.count < needle.count { return nil }
    var start = range.lowerBound
    let found: Int? = unsafe text.withUnsafeBufferPointer { bytes in
      unsafe needle.withUnsafeBufferPointer { wanted in
        guard let base = bytes.baseAddress, let pattern = wanted.baseAddress else { return nil }
        let last = range.upperBound - wanted.count
        var falsePlaces = 0
        while start <= last {
          guard let place = unsafe memchr(base + start, Int32(pattern[0]), last - start + 1) else {
            start = last + 1
            return nil
          }
          let at = unsafe UnsafeRawPointer(place) - UnsafeRawPointer(base)
          if unsafe memcmp(base + at, pattern, wanted.count) == 0 { return at }
          start = at + 1
          falsePlaces += 1
          if falsePlaces == 64 { return nil }
        }
        return nil
      }
    }
    if found != nil || start > range.upperBound - needle.count { return found }
    return firstByTable(needle, in: text, start..<range.upperBound)
  }

  private static func firstByTable(_ needle: [UInt8], in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    // borders[i]: the longest proper beginning of the needle that ends at i.
    var borders = [Int](repeating: 0, count: needle.count)
    var length = 0
    for index in 1..<max(needle.count, 1) {
      while length > 0, needle[index] != needle[length] { length = borders[length - 1] }
      if needle[index] == needle[length] { length += 1 }
      borders[index] = length
    }
    length = 0
    for at in range {
      while length > 0, text[at] != needle[length] { length = borders[length - 1] }
      if text[at] == needle[length] { length += 1 }
      if length == needle.count { return at - length + 1 }
    }
    return nil
  }

  static func hasZero(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= text.count, "the range lies within the text")
    return unsafe text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return unsafe memchr(base + range.lowerBound, 0, range.count) != nil
    }
  }

  /// Whether `needle` stands at `start`.
  @inline(__always)
  static func isAt(_ start: Int, _ needle: [UInt8], in text: Span<UInt8>) -> Bool {
    guard start >= 0, start + needle.count <= text.count else { return false }
    return unsafe text.withUnsafeBufferPointer { bytes in
      unsafe needle.withUnsafeBufferPointer { wanted in
        guard let base = bytes.baseAddress, let pattern = wanted.baseAddress else { return needle.isEmpty }
        return unsafe memcmp(base + start, pattern, wanted.count) == 0
      }
    }
  }
}
