/// Byte strings, one after the other: string i is `bytes[offsets[i] ..< offsets[i + 1]]`. At most 4 GiB.
struct ByteStrings: Hashable, Sendable {
  private(set) var offsets: [UInt32] = [0]
  private(set) var bytes: [UInt8] = []

  var count: Int { offsets.count - 1 }

  func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }

  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  mutating func append(_ string: some Collection<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  mutating func append(_ string: Span<UInt8>) {
    bytes.append(string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  mutating func reserve(_ count: Int, bytes byteCount: Int) {
    offsets.reserveCapacity(count + 1)
    bytes.reserveCapacity(byteCount)
  }

  /// Order of string `index` and `other`: negative, 0 or positive.
  func compare(_ index: Int, _ other: Span<UInt8>) -> Int {
    compareBytes(bytes.span.extracting(range(index)), other)
  }

  func compare(_ a: Int, _ b: Int) -> Int {
    let all = bytes.span
    return compareBytes(all.extracting(range(a)), all.extracting(range(b)))
  }
}
