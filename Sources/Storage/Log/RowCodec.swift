import VSQLSchema

/// One row as bytes: what a unit of the log seals. For each column a byte (0: NULL, 1: a value follows) and the value.
///
/// Integers are zigzag varints, DOUBLE and UUID their bits, DECIMAL scale and 16 bytes, TEXT and BLOB counted bytes, vectors
/// their elements as they lie in memory.
enum RowCodec {
  static func encode(_ columns: [Column], row: Int, to writer: inout ByteWriter) {
    for column in columns {
      if column.isNull(row) {
        writer.u8(0)
        continue
      }
      writer.u8(1)
      switch column.values {
      case .booleans(let list): writer.u8(list[row] ? 1 : 0)
      case .int32s(let list): writer.signedVarint(Int64(list[row]))
      case .int64s(let list): writer.signedVarint(list[row])
      case .doubles(let list): writer.u64(list[row].bitPattern)
      case .decimals(let list):
        writer.u8(list[row].scale)
        writer.u128(UInt128(bitPattern: list[row].unscaled))
      case .uuids(let list): writer.u128(list[row])
      case .texts(let list): writer.counted(list.bytes[list.range(row)])
      case .vectors(let list):
        let width = list.shape.byteCount
        let start = (list.first + row) * width
        writer.raw(list.bytes[start..<start + width])
      }
    }
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
