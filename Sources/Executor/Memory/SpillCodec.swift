import VSQLDiagnostics
import VSQLSchema
import VSQLStorage

/// Rows and their sort keys as the bytes of one spilled frame: counts, then each column's flags and values. Read by the process that
/// wrote them, out of a sealed frame: what does not fit is our own mistake.
enum SpillCodec {
  static func encode(_ columns: [Column], keys: EncodedKeys, count: Int) -> [UInt8] {
    var writer = ByteWriter(capacity: keys.bytes.count + 64 * count)
    writer.varint(UInt64(count))
    for end in keys.offsets.dropFirst() { writer.u32(UInt32(bitPattern: end)) }
    writer.counted(keys.bytes)
    for column in columns { encode(Columns.flattened(column), to: &writer) }
    return writer.bytes
  }

  private static func encode(_ column: Column, to writer: inout ByteWriter) {
    writer.u8(column.validity == nil ? 0 : 1)
    if let validity = column.validity { for flag in validity { writer.u8(flag ? 1 : 0) } }
    switch column.values {
    case .booleans(let list): for value in list { writer.u8(value ? 1 : 0) }
    case .int32s(let list): for value in list { writer.u32(UInt32(bitPattern: value)) }
    case .int64s(let list): for value in list { writer.u64(UInt64(bitPattern: value)) }
    case .doubles(let list): for value in list { writer.u64(value.bitPattern) }
    case .decimals(let list):
      for value in list {
        writer.u128(UInt128(bitPattern: value.unscaled))
        writer.u8(value.scale)
      }
    case .uuids(let list): for value in list { writer.u128(value) }
    case .texts(let list):
      for row in 0..<column.count { writer.varint(UInt64(list.range(at: row).count)) }
      if column.count > 0 {
        writer.raw(list.bytes[Int(list.offsets[list.first])..<Int(list.offsets[list.first + column.count])])
      }
    case .vectors(let list):
      let width = list.shape.byteCount
      writer.raw(list.bytes[list.first * width..<(list.first + column.count) * width])
    }
  }

  static func decode(
    _ bytes: [UInt8], types: [SQLType], path: String
  ) throws -> (batch: Batch, keys: EncodedKeys) {
    var reader = ByteReader(bytes, path: path)
    let count = try reader.count()
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(count + 1)
    for _ in 0..<count { offsets.append(Int32(bitPattern: try reader.u32())) }
    let keys = EncodedKeys(bytes: Array(try reader.counted()), offsets: offsets)
    var columns: [Column] = []
    for type in types { columns.append(try decode(type, count, &reader)) }
    try reader.finish()
    return (Batch(columns: columns, count: count), keys)
  }

  private static func decode(_ type: SQLType, _ count: Int, _ reader: inout ByteReader) throws -> Column {
    func list<T>(_ read: (inout ByteReader) throws -> T) throws -> [T] {
      var list: [T] = []
      list.reserveCapacity(count)
      for _ in 0..<count { list.append(try read(&reader)) }
      return list
    }
    let validity = try reader.u8() == 1 ? try list { try $0.u8() == 1 } : nil
    let values: ColumnValues
    switch type.physicalKind {
    case .boolean: values = .booleans(try list { try $0.u8() == 1 })
    case .int32: values = .int32s(try list { Int32(bitPattern: try $0.u32()) })
    case .int64: values = .int64s(try list { Int64(bitPattern: try $0.u64()) })
    case .double: values = .doubles(try list { Double(bitPattern: try $0.u64()) })
    case .decimal:
      values = .decimals(
        try list { Decimal(unscaled: Int128(bitPattern: try $0.u128()), scale: try $0.u8()) })
    case .uuid: values = .uuids(try list { try $0.u128() })
    case .text: values = .texts(try texts(count, &reader))
    case .vector:
      guard case .vector(let shape) = type else {
        values = .texts(try texts(count, &reader))
        break
      }
      values = .vectors(VectorValues(shape: shape, bytes: Array(try reader.raw(count * shape.byteCount))))
    }
    return Column(type: type, values: values, validity: validity, count: count)
  }

  private static func texts(_ count: Int, _ reader: inout ByteReader) throws -> TextValues {
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    var end = 0
    for _ in 0..<count {
      end += Int(try reader.varint())
      offsets.append(UInt32(truncatingIfNeeded: end))
    }
    return TextValues(offsets: offsets, bytes: Array(try reader.raw(end)))
  }
}
