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

  /// From 64 hexadecimal digits, lower case; nil for anything else.
  init?(hex: ArraySlice<UInt8>) {
    guard hex.count == 2 * Self.byteCount else { return nil }
    var isHex = true
    unsafe withUnsafeMutableBytes(of: &words) { target in
      for index in 0..<Self.byteCount {
        let at = hex.startIndex + 2 * index
        let (high, low) = (Hex.value(hex[at]), Hex.value(hex[at + 1]))
        if high | low > 15 { isHex = false }
        unsafe target[index] = high << 4 | low & 15
      }
    }
    if !isHex { return nil }
  }

  /// Appends 64 hexadecimal digits.
  func appendHex(to text: inout [UInt8]) {
    Hex.append(words.0.bigEndian, to: &text)
    Hex.append(words.1.bigEndian, to: &text)
    Hex.append(words.2.bigEndian, to: &text)
    Hex.append(words.3.bigEndian, to: &text)
  }

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
    var text: [UInt8] = []
    for byte in bytes { append(byte, to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is an even number of hexadecimal digits.
  package static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for digit in text {
      let isUpper = digit >= UInt8(ascii: "A") && digit <= UInt8(ascii: "F")
      let value = value(isUpper ? digit + 32 : digit)
      guard value < 16 else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  /// 0 to 15 for a digit in lower case, 255 for anything else.
  static func value(_ digit: UInt8) -> UInt8 {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: 255
    }
  }

  /// Appends two digits.
  static func append(_ byte: UInt8, to text: inout [UInt8]) {
    text.append(digit(byte >> 4))
    text.append(digit(byte & 15))
  }

  /// Appends the 16 digits of a number.
  static func append(_ value: UInt64, to text: inout [UInt8]) {
    for half in [UInt32(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value)] {
      unsafe withUnsafeBytes(of: digits(half)) { unsafe text.append(contentsOf: $0) }
    }
  }

  /// Writes the 16 digits of a number to 16 bytes that the caller owns.
  @inline(__always) static func write(_ value: UInt64, to target: UnsafeMutableRawPointer) {
    unsafe target.storeBytes(of: digits(UInt32(truncatingIfNeeded: value >> 32)), as: UInt64.self)
    unsafe (target + 8).storeBytes(of: digits(UInt32(truncatingIfNeeded: value)), as: UInt64.self)
  }

  /// Eight digits, in memory order.
  @inline(__always) private static func digits(_ half: UInt32) -> UInt64 {
    // A nibble a byte, the highest first in the number.
    var digits = UInt64(half)
    digits = (digits << 16 | digits) & 0x0000_ffff_0000_ffff
    digits = (digits << 8 | digits) & 0x00ff_00ff_00ff_00ff
    digits = (digits << 4 | digits) & 0x0f0f_0f0f_0f0f_0f0f
    // 10 to 15 are letters, 39 places after where the figures would go on.
    let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}
