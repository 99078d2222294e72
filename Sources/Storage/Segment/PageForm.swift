/// How the values of one column stand in a page.
///
/// A page's unit is packed as `Zstd` says. Its content: form (1 byte); whether there are NULLs (1 byte), and if so a bit for each row,
/// low first, 1 where NULL; then the values of the other rows, as the form says.
enum PageForm: UInt8, Hashable, Sendable {
  /// BOOLEAN: a bit each.
  case bits = 0
  /// What whole number stands for a value (1 byte, then a scale), packing, fields.
  case packed = 1
  /// The same, and the first number as a signed varint before the packing, which is of each number less the one before.
  case deltas = 2
  /// So many bytes each as the type has.
  case fixed = 3
  /// The same by significance: all lowest bytes first.
  case planes = 4
  /// DECIMAL: scale (1 byte) and 16 bytes each.
  case decimals = 5
  /// TEXT, BLOB: packing of the lengths, their fields, then the bytes.
  case texts = 6
  /// The same of the values that differ, their number before it; then the width of a code (1 byte), a field for each row.
  case tabled = 7

  var name: String {
    switch self {
    case .bits: "bit"
    case .packed: "offset in bits"
    case .deltas: "difference in bits"
    case .fixed: "plain"
    case .planes: "byte planes"
    case .decimals: "scale and number"
    case .texts: "plain"
    case .tabled: "value table"
    }
  }
}

extension PackedForm {
  func encode(to writer: inout ByteWriter) {
    switch self {
    case .integer: writer.u8(0); writer.u8(0)
    case .decimal(let scale): writer.u8(1); writer.u8(scale)
    case .scaledDouble(let scale): writer.u8(2); writer.u8(scale)
    case .doubleBits: writer.u8(3); writer.u8(0)
    }
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    let (tag, scale) = (try reader.u8(), try reader.u8())
    switch tag {
    case 0: self = .integer
    case 1: self = .decimal(scale: scale)
    case 2 where scale <= Self.maxDoubleScale: self = .scaledDouble(scale: scale)
    case 3: self = .doubleBits
    default: throw reader.malformed("packed numbers of kind \(tag), scale \(scale)")
    }
  }
}
