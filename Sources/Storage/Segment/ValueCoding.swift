import VSQLSchema

/// Single values in the directory (bounds of columns): a tag byte, then the value.
extension ByteWriter {
  mutating func value(_ value: Value) {
    switch value {
    case .null: u8(0)
    case .boolean(let item): u8(1); u8(item ? 1 : 0)
    case .integer(let item): u8(2); signedVarint(item)
    case .double(let item): u8(3); u64(item.bitPattern)
    case .decimal(let item): u8(4); u128(UInt128(bitPattern: item.unscaled)); u8(item.scale)
    case .text(let item): u8(5); string(item)
    case .blob(let item): u8(6); counted(item)
    case .date(let item): u8(7); signedVarint(Int64(item))
    case .timestamp(let item): u8(8); signedVarint(item)
    case .timestamptz(let item): u8(9); signedVarint(item)
    case .uuid(let item): u8(10); u128(item)
    // Vectors have no order, so they bound nothing.
    case .vector: u8(0)
    }
  }
}

extension ByteReader {
  mutating func value() throws(StorageError) -> Value {
    switch try u8() {
    case 0: return .null
    case 1: return .boolean(try u8() != 0)
    case 2: return .integer(try signedVarint())
    case 3: return .double(Double(bitPattern: try u64()))
    case 4: return .decimal(Decimal(unscaled: Int128(bitPattern: try u128()), scale: try u8()))
    case 5: return .text(try string())
    case 6: return .blob(Array(try counted()))
    case 7:
      guard let days = Int32(exactly: try signedVarint()) else { throw malformed("a date out of range") }
      return .date(days)
    case 8: return .timestamp(try signedVarint())
    case 9: return .timestamptz(try signedVarint())
    case 10: return .uuid(try u128())
    case let tag: throw malformed("value tag \(tag)")
    }
  }
}
