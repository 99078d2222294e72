/// A SHA-256 value, kept inline.
package struct Digest: Hashable, Sendable {
  package static let byteCount = 32

  // Bytes 0 to 7, 8 to 15, 16 to 23 and 24 to 31, in memory order.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// All zero: where a chain begins.
  package init() {}

  /// From 32 stored bytes; nil for another count.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    unsafe withUnsafeMutableBytes(of: &words) { target in unsafe target.copyBytes(from: bytes) }
  }

  package var bytes: [UInt8] {
    unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
  }

  /// 64 hexadecimal digits.
  package var hex: String { Hex.text(bytes) }

  package static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  package func hash(into hasher: inout Swift.Hasher) { hasher.combine(words.0) }

  /// The bytes, to write a hash into.
  mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    unsafe withUnsafeMutableBytes(of: &words) { unsafe body($0) }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe withUnsafeBytes(of: words) { unsafe body($0) }
  }
}

/// Hexadecimal digits, lower case.
package enum Hex {
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return text
  }

  /// Nil unless `text` is an even number of hexadecimal digits.
  package static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for digit in text {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}
