import VSQLSchema

/// Fields of up to 56 bits at any bit of a byte string, low bits first: so that one word of 8 bytes always covers a field.
enum BitField {
  static let maxWidth = 56

  @inline(__always) static func mask(_ width: Int) -> UInt64 { (1 << UInt64(width)) - 1 }

  /// Bits that `value` takes.
  @inline(__always) static func width(of value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }

  /// Sets a field whose bits are all 0 so far.
  @inline(__always)
  static func set(_ value: UInt64, at bit: Int, in bytes: inout [UInt8], from start: Int) {
    var rest = value << UInt64(bit & 7)
    var index = start + bit >> 3
    while rest != 0 {
      bytes[index] |= UInt8(truncatingIfNeeded: rest)
      rest >>= 8
      index += 1
    }
  }
}

extension Span<UInt8> {
  /// The field of `width` bits at bit `bit` of the bytes from `start` on.
  @inline(__always)
  func field(at bit: Int, from start: Int, width: Int) -> UInt64 {
    let first = start + bit >> 3
    precondition(first >= 0 && first <= count, "a field begins within its bytes")
    let word: UInt64
    if first + 8 <= count {
      // Eight bytes from `first` on lie within the span.
      word = unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: first, as: UInt64.self))
    } else {
      var part: UInt64 = 0
      for index in first..<count { part |= UInt64(self[index]) << UInt64(8 * (index - first)) }
      word = part
    }
    return word >> UInt64(bit & 7) & BitField.mask(width)
  }
}
