import VSQLSchema

/// One row as bytes: what a unit of the log seals. For each column a byte (0: NULL, 1: a value follows) and the value.
///
/// Integers are zigzag varints, DOUBLE and UUID their bits, DECIMAL scale and 16 bytes, TEXT and BLOB counted bytes, vectors
/// their elements as they lie in memory.
enum RowCodec {
  /// All rows of a chunk, column by column in typed loops: each column is met twice, for its sizes and for its bytes.
  static func encode(_ columns: [Column], count: Int) -> RowBytes {
    var cursors = [Int](repeating: 0, count: count)
    for column in columns { column.addRowBytes(to: &cursors) }
    var (ends, end) = (cursors, 0)
    for row in 0..<count {
      let size = cursors[row]
      cursors[row] = end
      end += size
      ends[row] = end
    }
    var bytes = [UInt8](repeating: 0, count: end)
    for column in columns { column.writeRows(to: &bytes, &cursors) }
    return RowBytes(bytes: bytes, ends: ends)
  }

  /// The values of one row.
  static func decode(_ types: [SQLType], _ reader: inout ByteReader) throws(StorageError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(types.count)
    for type in types {
      switch try reader.u8() {
      case 0: values.append(.null)
      case 1: values.append(try value(type, &reader))
      default: throw reader.malformed("a value that is neither NULL nor there")
      }
    }
    try reader.finish()
    return values
  }

  private static func value(_ type: SQLType, _ reader: inout ByteReader) throws(StorageError) -> Value {
    switch type {
    case .boolean: return .boolean(try reader.u8() != 0)
    case .integer: return .integer(try reader.signedVarint())
    case .timestamp: return .timestamp(try reader.signedVarint())
    case .timestamptz: return .timestamptz(try reader.signedVarint())
    case .date:
      guard let days = Int32(exactly: try reader.signedVarint()) else {
        throw reader.malformed("a date out of range")
      }
      return .date(days)
    case .double: return .double(Double(bitPattern: try reader.u64()))
    case .decimal:
      let scale = try reader.u8()
      return .decimal(Decimal(unscaled: Int128(bitPattern: try reader.u128()), scale: scale))
    case .uuid: return .uuid(try reader.u128())
    case .unknown, .text: return .text(try reader.string())
    case .blob: return .blob(Array(try reader.counted()))
    case .vector(let shape):
      return .vector(VectorValue(shape: shape, bytes: Array(try reader.raw(shape.byteCount))))
    }
  }
}
