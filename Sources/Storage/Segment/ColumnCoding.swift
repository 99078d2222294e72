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
  /// A field of the head: a whole number as `PackedForm` has it, packed.
  case packed(PackedForm, Packing)
  /// A field of the head of so many bits: n > 0 stands for entry n − 1 of the value table; 0: as `text`.
  case tabledField(width: Int)
  /// In pages: each says its own form.
  case paged

  /// Bits of the field in the head.
  var fieldWidth: Int? {
    switch self {
    case .packed(_, let packing): packing.width
    case .tabledField(let width): width
    case .bit, .offset, .signed, .double, .decimal, .uuid, .text, .tabled, .paged: nil
    }
  }

  /// The same with nothing in it that comes from values.
  var withoutBase: ValueCode {
    switch self {
    case .offset: .offset(base: 0)
    case .packed(let form, let packing): .packed(form, packing.withoutBase)
    case .bit, .signed, .double, .decimal, .uuid, .text, .tabled, .tabledField, .paged: self
    }
  }
}

/// A scalar column's place in the records of column group 0.
struct ColumnCoding: Hashable, Sendable {
  /// Its ordinal in the table.
  var column: Int
  var hasNulls: Bool
  var code: ValueCode
  /// Its code stands in the part of a record that is compressed with the segment's dictionary.
  var isShared = false
  /// Rows that have a value and are not erased; nil: not known, in segments of format 1. Once it is 0, the base goes.
  var valueCount: Int?

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
/// A record: head, then each column's code that is not NULL and not in the head, in column order. Head: bit 0, which is 0; NULL
/// bits and BOOLEANs; the fields of packed columns; 0 bits to the next byte. A cell whose first byte is 1 holds a zstd frame of the
/// record instead. Where columns share a dictionary their codes come first, as `SharedPart` has them.
struct RecordLayout: Hashable, Sendable {
  let columns: [ColumnCoding]
  /// By index in `columns`: the bit of the head that says NULL.
  let nullBits: [Int?]
  /// By index in `columns`: the bit of the head that holds a BOOLEAN.
  let valueBits: [Int?]
  /// By index in `columns`: the first bit of the head's field.
  let fieldBits: [Int?]
  let headBytes: Int
  /// Indices in `columns` by where their codes stand: first those that share the dictionary.
  let order: [Int]
  /// How many of `order` do; 0: the segment has no dictionary.
  let sharedCount: Int

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
    order = columns.indices.filter { columns[$0].isShared } + columns.indices.filter { !columns[$0].isShared }
    sharedCount = columns.count { $0.isShared }
    self.nullBits = nullBits
    self.valueBits = valueBits
    fieldBits = columns.map { column in
      guard let width = column.code.fieldWidth else { return nil }
      defer { next += width }
      return next
    }
    headBytes = (next + 7) / 8
  }

  /// Whether column `index` has bytes of its own after the head.
  func hasPiece(_ index: Int) -> Bool {
    switch columns[index].code {
    case .bit, .packed, .paged: false
    case .offset, .signed, .double, .decimal, .uuid, .text, .tabled, .tabledField: true
    }
  }

  /// After rows went that had `counts` values, by index in `columns`: a column of which no value is left loses its base, as alone, a
  /// row's base is close to its value.
  ///
  /// - Parameter isEmpty: no row is left at all.
  func removing(_ counts: [Int], isEmpty: Bool) -> RecordLayout {
    RecordLayout(
      zip(columns, counts).map { column, count in
        var column = column
        column.valueCount = column.valueCount.map { max(0, $0 - count) }
        if isEmpty || column.valueCount == 0 { column.code = column.code.withoutBase }
        return column
      })
  }
}

extension ColumnCoding {
  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(column))
    writer.u8((hasNulls ? 1 : 0) | (isShared ? 2 : 0))
    switch code {
    case .bit: writer.u8(0)
    case .offset(let base): writer.u8(1); writer.signedVarint(base)
    case .signed: writer.u8(2)
    case .double: writer.u8(3)
    case .decimal: writer.u8(4)
    case .uuid: writer.u8(5)
    case .text: writer.u8(6)
    case .tabled: writer.u8(7)
    case .packed(.integer, let packing): writer.u8(8); packing.encode(to: &writer)
    case .packed(.decimal(let scale), let packing):
      writer.u8(9)
      writer.u8(scale)
      packing.encode(to: &writer)
    case .tabledField(let width): writer.u8(10); writer.u8(UInt8(width))
    case .packed(.scaledDouble(let scale), let packing):
      writer.u8(11)
      writer.u8(scale)
      packing.encode(to: &writer)
    case .packed(.doubleBits, let packing): writer.u8(12); packing.encode(to: &writer)
    case .paged: writer.u8(13)
    }
    writer.varint(UInt64(valueCount.map { $0 + 1 } ?? 0))
  }

  /// - Parameter types: the table's columns; a coding that does not fit its column's type is malformed.
  init(from reader: inout ByteReader, types: [SQLType]) throws(StorageError) {
    column = try reader.size(atMost: types.count - 1)
    let flags = try reader.u8()
    guard flags <= (reader.format >= .second ? 3 : 1) else { throw reader.malformed("column flags \(flags)") }
    hasNulls = flags & 1 != 0
    isShared = flags & 2 != 0
    switch (try reader.u8(), types[column].physicalKind) {
    case (0, .boolean): code = .bit
    case (1, .int32), (1, .int64): code = .offset(base: try reader.signedVarint())
    case (2, .int32), (2, .int64): code = .signed
    case (3, .double): code = .double
    case (4, .decimal): code = .decimal
    case (5, .uuid): code = .uuid
    case (6, .text): code = .text
    case (7, .text): code = .tabled
    case (8, .int32), (8, .int64): code = .packed(.integer, try Packing(from: &reader))
    case (9, .decimal): code = .packed(.decimal(scale: try reader.u8()), try Packing(from: &reader))
    case (10, .text):
      let width = Int(try reader.u8())
      guard width <= UInt32.bitWidth else { throw reader.malformed("codes of \(width) bits") }
      code = .tabledField(width: width)
    case (11, .double):
      let scale = try reader.u8()
      guard scale <= PackedForm.maxDoubleScale else { throw reader.malformed("a double of scale \(scale)") }
      code = .packed(.scaledDouble(scale: scale), try Packing(from: &reader))
    case (12, .double): code = .packed(.doubleBits, try Packing(from: &reader))
    case (13, _): code = .paged
    case (let tag, let kind): throw reader.malformed("coding \(tag) of a \(kind) column")
    }
    if isShared, types[column].physicalKind != .text || code == .paged {
      throw reader.malformed("a \(types[column].physicalKind) column that shares a dictionary")
    }
    if reader.format >= .second {
      let count = try reader.size(atMost: SegmentFormat.maxRows + 1)
      valueCount = count == 0 ? nil : count - 1
    }
  }
}
