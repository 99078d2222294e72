/// The one reader of on-disk integers: every length and bound is checked, nothing traps on hostile bytes.
package struct ByteReader: Sendable {
  package let bytes: [UInt8]
  package private(set) var offset: Int
  /// What the bytes were written in.
  var format: FormatVersion
  private let end: Int
  /// For errors: the file, and where `bytes` begins in it.
  private let path: String
  private let base: Int

  package init(_ bytes: [UInt8], path: String, base: Int = 0) {
    self.init(bytes, path: path, base: base, format: .current)
  }

  init(_ bytes: [UInt8], path: String, base: Int, format: FormatVersion) {
    self.bytes = bytes
    self.format = format
    self.path = path
    self.base = base
    offset = 0
    end = bytes.count
  }

  package var remaining: Int { end - offset }
  package var isAtEnd: Bool { offset == end }

  /// An error at the present place.
  package func malformed(_ what: String) -> StorageError {
    .malformed(path: path, offset: base + offset, what: what)
  }

  package mutating func u8() throws(StorageError) -> UInt8 { try integer(UInt8.self) }
  package mutating func u16() throws(StorageError) -> UInt16 { try integer(UInt16.self) }
  package mutating func u32() throws(StorageError) -> UInt32 { try integer(UInt32.self) }
  package mutating func u64() throws(StorageError) -> UInt64 { try integer(UInt64.self) }
  package mutating func u128() throws(StorageError) -> UInt128 { try integer(UInt128.self) }

  package mutating func varint() throws(StorageError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try u8()
      if shift == 63, byte > 1 { throw malformed("a varint over 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 { throw malformed("a varint over 64 bits") }
    }
  }

  package mutating func signedVarint() throws(StorageError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A count of things of at least `size` bytes each, so that a hostile count cannot ask for memory that the input cannot fill.
  package mutating func count(ofAtLeast size: Int = 1) throws(StorageError) -> Int {
    let value = try varint()
    guard value <= UInt64(remaining / max(1, size)) else { throw malformed("a count larger than the rest") }
    return Int(value)
  }

  package mutating func raw(_ count: Int) throws(StorageError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw malformed("\(count) bytes expected, \(remaining) left")
    }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  package mutating func counted() throws(StorageError) -> ArraySlice<UInt8> { try raw(try count()) }

  package mutating func string() throws(StorageError) -> String {
    let content = try counted()
    guard let text = String(validating: content, as: UTF8.self) else {
      throw malformed("text that is not UTF-8")
    }
    return text
  }

  /// - Throws: when bytes are left over.
  package func finish() throws(StorageError) {
    if !isAtEnd { throw malformed("\(remaining) bytes too many") }
  }

  private mutating func integer<T: FixedWidthInteger>(_: T.Type) throws(StorageError) -> T {
    let width = T.bitWidth / 8
    guard width <= remaining else { throw malformed("\(width) bytes expected, \(remaining) left") }
    var value: T = 0
    for index in (0..<width).reversed() {
      value = (value << 8) | T(truncatingIfNeeded: bytes[offset + index])
    }
    offset += width
    return value
  }
}
