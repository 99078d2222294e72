import VSQLSchema

/// How the values of one scalar column stand in the records of a segment.
enum ValueCode: Hashable, Sendable {
  /// In the record's head, beside the NULL bits.
  case bit
  /// varint of value − base: see `ColumnCoding.base`.
  case offset(base: Int64)
  /// Zigzag varint, where values are spread so widely that a base would not help.
  case signed
  /// 8 bytes.
  case double
  /// Scale (1 byte), then the zigzag of the unscaled number as a varint of up to 19 bytes.
  case decimal
  /// 16 bytes.
  case uuid
  /// varint length, bytes.
  case text
  /// varint: n > 0 stands for entry n − 1 of the column's value table; 0, then as `text`.
  case tabled
}

/// A scalar column's place in the records of column group 0.
struct ColumnCoding: Hashable, Sendable {
  /// Its ordinal in the table.
  var column: Int
  var hasNulls: Bool
  var code: ValueCode

  /// A base for offsets that says no more of the least record than its magnitude: the least value with as many low bits
  /// cleared as the range of all values takes. Nil: the range is too wide.
  static func base(least: Int64, greatest: Int64) -> Int64? {
    let range = UInt64(bitPattern: greatest &- least)
    let bits = UInt64.bitWidth - range.leadingZeroBitCount
    return bits > 48 ? nil : least & ~((1 << Int64(bits)) - 1)
  }
}

/// The codings of all scalar columns, and where their bits lie in a record's head.
///
/// A record: head bits, then each column's code that is not NULL and not a bit, in column order. Bit 0 of the first byte is 0;
/// a cell whose first byte is 1 holds a zstd frame of the record instead.
struct RecordLayout: Hashable, Sendable {
  let columns: [ColumnCoding]
  /// By index in `columns`: the bit of the head that says NULL.
  let nullBits: [Int?]
  /// By index in `columns`: the bit of the head that holds a BOOLEAN.
  let valueBits: [Int?]
  let headBytes: Int

  static let compressedFlag: UInt8 = 1

  init(_ columns: [ColumnCoding]) {
    self.columns = columns
    var next = 1
    func take() -> Int {
      defer { next += 1 }
      return next
    }
    var (nullBits, valueBits): ([Int?], [Int?]) = ([], [])
    for column in columns {
      nullBits.append(column.hasNulls ? take() : nil)
      valueBits.append(column.code == .bit ? take() : nil)
    }
    self.nullBits = nullBits
    self.valueBits = valueBits
    headBytes = (next + 7) / 8
  }

  /// The same with every base 0: of a segment whose rows are all erased.
  var withoutBases: RecordLayout {
    RecordLayout(
      columns.map { column in
        guard case .offset = column.code else { return column }
        return ColumnCoding(column: column.column, hasNulls: column.hasNulls, code: .offset(base: 0))
      })
  }
}

extension ColumnCoding {
  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(column))
    writer.u8(hasNulls ? 1 : 0)
    switch code {
    case .bit: writer.u8(0)
    case .offset(let base): writer.u8(1); writer.signedVarint(base)
    case .signed: writer.u8(2)
    case .double: writer.u8(3)
    case .decimal: writer.u8(4)
    case .uuid: writer.u8(5)
    case .text: writer.u8(6)
    case .tabled: writer.u8(7)
    }
  }

  /// - Parameter types: the table's columns; a coding that does not fit its column's type is malformed.
  init(from reader: inout ByteReader, types: [SQLType]) throws(StorageError) {
    column = try reader.size(atMost: types.count - 1)
    hasNulls = try reader.u8() != 0
    switch (try reader.u8(), types[column].physicalKind) {
    case (0, .boolean): code = .bit
    case (1, .int32), (1, .int64): code = .offset(base: try reader.signedVarint())
    case (2, .int32), (2, .int64): code = .signed
    case (3, .double): code = .double
    case (4, .decimal): code = .decimal
    case (5, .uuid): code = .uuid
    case (6, .text): code = .text
    case (7, .text): code = .tabled
    case (let tag, let kind): throw reader.malformed("coding \(tag) of a \(kind) column")
    }
  }
}
