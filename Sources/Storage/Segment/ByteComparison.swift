#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Order of two byte strings, a prefix first: negative, 0 or positive.
func compareBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
  let shorter = min(a.count, b.count)
  // Both buffers are at least `shorter` bytes long; an empty one has no address, and nothing to compare.
  let order = unsafe a.withUnsafeBytes { a -> Int32 in
    unsafe b.withUnsafeBytes { b -> Int32 in
      guard shorter > 0, let first = a.baseAddress, let second = b.baseAddress else { return 0 }
      return unsafe memcmp(first, second, shorter)
    }
  }
  return order != 0 ? Int(order) : a.count - b.count
}

func equalBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool { a.count == b.count && compareBytes(a, b) == 0 }

/// A hash under this process's secret seed: no input can be made to collide.
func hashBytes(_ bytes: Span<UInt8>) -> UInt64 {
  var hasher = Hasher()
  unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  return UInt64(bitPattern: Int64(hasher.finalize()))
}

extension Span<UInt8> {
  /// The 8 bytes from `index` on, all within the span, the first the highest.
  func bigEndianWord(at index: Int) -> UInt64 {
    precondition(index >= 0 && index <= count - 8, "a word lies within its span")
    return unsafe UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
}

extension [UInt8] {
  mutating func append(_ span: Span<UInt8>) { unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) } }
}
