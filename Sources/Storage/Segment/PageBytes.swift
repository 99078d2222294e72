import VSQLSchema

/// The loops of pages that work on bare bytes.
extension Span<UInt8> {
  /// `count` packed numbers whose fields follow each other from byte `start` on, into the first places of `out`.
  func numbers(_ packing: Packing, count: Int, from start: Int, into out: inout MutableSpan<Int64>) {
    let width = packing.width
    precondition(start >= 0 && start + (count * width + 7) / 8 <= self.count, "fields lie within their bytes")
    precondition(count <= out.count && width <= BitField.maxWidth, "fields have places")
    if width == 0 {
      for index in 0..<count { out[index] = packing.base }
      return
    }
    // So many have the 8 bytes of a whole word from their first on.
    let room = (self.count - start - 8) * 8
    let whole = room < 0 ? 0 : Swift.min(count, room / width)
    let (mask, base, step) = (BitField.mask(width), packing.base, Int64(bitPattern: packing.step))
    // `whole` keeps every load within the bytes, and is at most the places.
    unsafe withUnsafeBytes { source in
      unsafe out.withUnsafeMutableBufferPointer { out in
        var bit = start * 8
        if step == 1 {
          for index in 0..<whole {
            let word = unsafe source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
            let code = UInt64(littleEndian: word) >> UInt64(bit & 7) & mask
            unsafe out[index] = base &+ Int64(bitPattern: code)
            bit += width
          }
        } else {
          for index in 0..<whole {
            let word = unsafe source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
            let code = UInt64(littleEndian: word) >> UInt64(bit & 7) & mask
            unsafe out[index] = base &+ step &* Int64(bitPattern: code)
            bit += width
          }
        }
      }
    }
    for index in whole..<count {
      out[index] = packing.value(field(at: index * width, from: start, width: width))
    }
  }

  /// `count` bits from byte `start` on, low first, into the first places of `out`.
  func flags(count: Int, from start: Int, into out: inout MutableSpan<Bool>) {
    precondition(
      start >= 0 && start + (count + 7) / 8 <= self.count && count <= out.count, "bits have places")
    let whole = count / 8
    // Eight flags are eight bytes of 0 or 1: the byte in each of eight lanes, of which each keeps its own bit, which then carries
    // into the lane's highest. `whole * 8` is at most the places.
    unsafe out.withUnsafeMutableBytes { out in
      for index in 0..<whole {
        let lanes = UInt64(self[start + index]) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
        let flags = (lanes &+ 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101
        unsafe out.storeBytes(of: flags.littleEndian, toByteOffset: index * 8, as: UInt64.self)
      }
    }
    for index in whole * 8..<count { out[index] = self[start + index / 8] >> UInt8(index % 8) & 1 == 1 }
  }

  /// A little-endian number.
  @inline(__always)
  func number<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at index: Int) -> T {
    precondition(index >= 0 && index <= count - T.bitWidth / 8, "a number lies within its bytes")
    return unsafe T(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: T.self))
  }
}
