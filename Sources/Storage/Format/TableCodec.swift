import VSQLSchema

/// Table definitions and types as bytes: in the state, and in frames that make a table.
enum TableCodec {
  static func encode(_ table: TableDefinition, to writer: inout ByteWriter) {
    writer.u64(table.id.raw)
    writer.string(table.name)
    writer.varint(UInt64(table.columns.count))
    for column in table.columns {
      writer.string(column.name)
      encode(column.type, to: &writer)
      writer.u8(column.isNotNull ? 1 : 0)
      writer.u8(column.defaultSQL == nil ? 0 : 1)
      if let sql = column.defaultSQL { writer.string(sql) }
    }
    writer.varint(UInt64(table.primaryKey.count))
    for ordinal in table.primaryKey { writer.varint(UInt64(ordinal)) }
    if !table.primaryKey.isEmpty { writer.string(table.primaryKeyName) }
    writer.u8(table.entity == nil ? 0 : 1)
    if let entity = table.entity {
      writer.varint(UInt64(entity.ordinal))
      writer.string(entity.type)
    }
    writer.varint(UInt64(table.indexes.count))
    for index in table.indexes { encode(index, to: &writer) }
    writer.u8(table.seal.rawValue)
  }

  static func encode(_ index: IndexDefinition, to writer: inout ByteWriter) {
    writer.u64(index.id.raw)
    writer.string(index.name)
    writer.u8((index.isUnique ? 1 : 0) | (index.isConstraint ? 2 : 0))
    writer.varint(UInt64(index.columns.count))
    for ordinal in index.columns { writer.varint(UInt64(ordinal)) }
  }

  /// - Parameter columnCount: of the table.
  static func decodeIndex(
    _ reader: inout ByteReader, columnCount: Int
  ) throws(StorageError) -> IndexDefinition {
    let id = IndexID(try reader.u64())
    let name = try reader.string()
    let flags = try reader.u8()
    guard flags < 4 else { throw reader.malformed("index flags \(flags)") }
    var columns: [Int] = []
    for _ in 0..<(try reader.count()) {
      let ordinal = try reader.varint()
      guard ordinal < UInt64(columnCount) else {
        throw reader.malformed("a column that the table does not have")
      }
      columns.append(Int(ordinal))
    }
    guard !columns.isEmpty else { throw reader.malformed("an index of no column") }
    return IndexDefinition(
      id: id, name: name, columns: columns, isUnique: flags & 1 != 0, isConstraint: flags & 2 != 0)
  }

  static func decode(_ reader: inout ByteReader) throws(StorageError) -> TableDefinition {
    let id = TableID(try reader.u64())
    let name = try reader.string()
    var columns: [ColumnDefinition] = []
    for _ in 0..<(try reader.count(ofAtLeast: 4)) {
      let name = try reader.string()
      let type = try decodeType(&reader)
      let isNotNull = try flag(&reader)
      let hasDefault = try flag(&reader)
      columns.append(
        ColumnDefinition(
          name: name, type: type, isNotNull: isNotNull, defaultSQL: hasDefault ? try reader.string() : nil))
    }
    var primaryKey: [Int] = []
    for _ in 0..<(try reader.count()) { primaryKey.append(try ordinal(columns, &reader)) }
    let keyName = primaryKey.isEmpty || reader.format < .second ? nil : try reader.string()
    var entity: EntityColumn?
    if try flag(&reader) {
      let ordinal = try ordinal(columns, &reader)
      entity = EntityColumn(ordinal: ordinal, type: try reader.string())
    }
    var indexes: [IndexDefinition] = []
    for _ in 0..<(reader.format >= .second ? try reader.count(ofAtLeast: 12) : 0) {
      indexes.append(try decodeIndex(&reader, columnCount: columns.count))
    }
    let seal = reader.format >= .second ? try seal(&reader) : .record
    guard seal == .record || entity == nil else {
      throw reader.malformed("a table with an entity that is sealed by page")
    }
    return TableDefinition(
      id: id, name: name, columns: columns, primaryKey: primaryKey, primaryKeyName: keyName, entity: entity,
      seal: seal, indexes: indexes)
  }

  static func seal(_ reader: inout ByteReader) throws(StorageError) -> TableDefinition.Seal {
    let byte = try reader.u8()
    guard let seal = TableDefinition.Seal(rawValue: byte) else { throw reader.malformed("seal \(byte)") }
    return seal
  }

  static func flag(_ reader: inout ByteReader) throws(StorageError) -> Bool {
    switch try reader.u8() {
    case 0: return false
    case 1: return true
    default: throw reader.malformed("a flag that is neither 0 nor 1")
    }
  }

  private static func ordinal(_ columns: [ColumnDefinition], _ reader: inout ByteReader) throws(StorageError)
    -> Int
  {
    let value = try reader.varint()
    guard value < UInt64(columns.count) else {
      throw reader.malformed("a column that the table does not have")
    }
    return Int(value)
  }

  private static func encode(_ type: SQLType, to writer: inout ByteWriter) {
    switch type {
    case .unknown: writer.u8(0)
    case .boolean: writer.u8(1)
    case .integer(let range):
      writer.u8(2)
      writer.u8(range.rawValue)
    case .double: writer.u8(3)
    case .decimal(let shape):
      writer.u8(4)
      writer.u8(shape?.precision ?? 0)
      writer.u8(shape?.scale ?? 0)
    case .text(let maxLength):
      writer.u8(5)
      writer.varint(maxLength.map { UInt64($0) + 1 } ?? 0)
    case .blob: writer.u8(6)
    case .date: writer.u8(7)
    case .timestamp: writer.u8(8)
    case .timestamptz: writer.u8(9)
    case .uuid: writer.u8(10)
    case .vector(let shape):
      writer.u8(11)
      writer.u8(shape.element.rawValue)
      writer.varint(UInt64(shape.dimension))
    }
  }

  private static func decodeType(_ reader: inout ByteReader) throws(StorageError) -> SQLType {
    switch try reader.u8() {
    case 0: return .unknown
    case 1: return .boolean
    case 2:
      guard let range = IntegerRange(rawValue: try reader.u8()) else {
        throw reader.malformed("an unknown integer range")
      }
      return .integer(range)
    case 3: return .double
    case 4:
      let precision = try reader.u8()
      let scale = try reader.u8()
      guard precision <= DecimalShape.maxPrecision, scale <= precision else {
        throw reader.malformed("a decimal shape out of range")
      }
      return .decimal(precision == 0 ? nil : DecimalShape(precision: precision, scale: scale))
    case 5:
      let length = try reader.varint()
      guard length <= UInt64(UInt32.max) else { throw reader.malformed("a text length out of range") }
      return .text(maxLength: length == 0 ? nil : Int(length) - 1)
    case 6: return .blob
    case 7: return .date
    case 8: return .timestamp
    case 9: return .timestamptz
    case 10: return .uuid
    case 11:
      guard let element = VectorElement(rawValue: try reader.u8()) else {
        throw reader.malformed("an unknown vector element")
      }
      let dimension = try reader.varint()
      guard 1...UInt64(VectorShape.maxDimension) ~= dimension else {
        throw reader.malformed("a dimension out of range")
      }
      return .vector(VectorShape(dimension: Int(dimension), element: element))
    default: throw reader.malformed("an unknown type")
    }
  }
}
