/// Steps over well-formed UTF-8.
///
/// Unsafe buffers are sound here because each is read from its first to its last byte, by the count that it carries.
enum UTF8Steps {
  /// Bytes of the character that `lead` begins.
  @inline(__always)
  static func length(_ lead: UInt8) -> Int { lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }

  @inline(__always)
  static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// Characters in `range`.
  static func count(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    let part = text.extracting(range)
    return unsafe part.withUnsafeBufferPointer { bytes in
      var count = 0
      for index in 0..<bytes.count { count &+= unsafe isContinuation(bytes[index]) ? 0 : 1 }
      return count
    }
  }

  static func isASCII(_ text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBufferPointer { bytes in
      var all: UInt8 = 0
      for index in 0..<bytes.count { unsafe all |= bytes[index] }
      return all < 0x80
    }
  }

  /// The offset of the character that lies `count` behind the one at `start`; `end` when there are fewer.
  static func advance(_ text: Span<UInt8>, from start: Int, by count: Int, to end: Int) -> Int {
    var at = start
    var left = count
    while left > 0, at < end {
      at += length(text[at])
      left -= 1
    }
    return min(at, end)
  }
}
