import VSQLSchema

/// The loops of pages that work on bare bytes.
extension Span<UInt8> {
  /// `count` fields of `width` bits that follow each other from byte `start` on, into the first places of `out`.
  func fields(width: Int, count: Int, from start: Int, into out: inout [UInt64]) {
    precondition(start >= 0 && start + (count * width + 7) / 8 <= self.count, "fields lie within their bytes")
    precondition(count <= out.count && width <= BitField.maxWidth, "fields have places")
    if width == 0 {
      for index in 0..<count { out[index] = 0 }
      return
    }
    // So many have the 8 bytes of a whole word from their first on.
    let room = (self.count - start - 8) * 8
    let whole = room < 0 ? 0 : Swift.min(count, room / width)
    let mask = BitField.mask(width)
    // `whole` keeps every load within the bytes, and is at most the places.
    unsafe withUnsafeBytes { source in
      unsafe out.withUnsafeMutableBufferPointer { out in
        var bit = 0
        for index in 0..<whole {
          let word = unsafe source.loadUnaligned(fromByteOffset: start + bit >> 3, as: UInt64.self)
          unsafe out[index] = UInt64(littleEndian: word) >> UInt64(bit & 7) & mask
          bit += width
        }
      }
    }
    for index in whole..<count { out[index] = field(at: index * width, from: start, width: width) }
  }

  /// A little-endian number.
  @inline(__always)
  func number<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at index: Int) -> T {
    precondition(index >= 0 && index <= count - T.bitWidth / 8, "a number lies within its bytes")
    return unsafe T(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: T.self))
  }
}

extension TextValues {
  /// Appends the bytes of `table`'s entries `codes`, all of which it has; offsets are the caller's.
  ///
  /// - Returns: how many bytes there are then.
  mutating func append(_ codes: ArraySlice<UInt64>, of table: ByteStrings) -> Int {
    /// Entries up to this long are copied as so many bytes whatever their length, and the next one overwrites what was too much.
    let step = 16
    var (sum, longest) = (0, 0)
    for code in codes {
      let length = table.range(Int(code)).count
      sum += length
      longest = max(longest, length)
    }
    if longest > step {
      // No capacity is reserved: an exact one would be outgrown, and all of it copied, at each page.
      let source = table.bytes.span
      for code in codes { bytes.append(source.extracting(table.range(Int(code)))) }
      return bytes.count
    }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: sum + step))
    let source = table.bytes + Array(repeating: 0, count: step)
    // Each entry begins within `table.bytes`, so a step from there is within `source`; the sum of all lengths before an entry is at most `sum`,
    // so a step from there is within `bytes`.
    unsafe source.withUnsafeBytes { source in
      unsafe bytes.withUnsafeMutableBytes { out in
        var at = start
        for code in codes {
          let range = table.range(Int(code))
          let word = unsafe source.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt128.self)
          unsafe out.storeBytes(of: word, toByteOffset: at, as: UInt128.self)
          at += range.count
        }
      }
    }
    bytes.removeLast(step)
    return bytes.count
  }
}
