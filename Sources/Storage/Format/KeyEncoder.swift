import VSQLSchema

/// Bytes of typed values that order, byte by byte, as the values do: a key's form in sorted runs and hash tables.
///
/// Two values of a column have equal bytes exactly when they are equal (1.0 and 1.00 as DECIMAL, 0.0 and −0.0 are). No
/// value's bytes are a prefix of another's of the same column, so keys of several columns are joined by concatenation.
package enum KeyEncoder {
  /// The key of one row; nil when one of its values is NULL.
  ///
  /// - Parameters:
  ///   - columns: the key's columns, in key order.
  ///   - row: below each column's `count`.
  package static func key(of columns: [Column], row: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    return append(columns, row: row, to: &bytes) ? bytes : nil
  }

  /// Appends the key of one row; false, and what was appended means nothing, when one of its values is NULL.
  static func append(_ columns: [Column], row: Int, to bytes: inout [UInt8]) -> Bool {
    for column in columns {
      if column.isNull(row) { return false }
      append(column, row: row, to: &bytes)
    }
    return true
  }

  /// Appends the key of the row that has these values; false, and what was appended means nothing, when one of the key's is NULL.
  ///
  /// - Parameter columns: ordinals of the key's columns, in key order.
  static func append(_ columns: [Int], in values: [Value], to bytes: inout [UInt8]) -> Bool {
    for column in columns where !append(values[column], to: &bytes) { return false }
    return true
  }

  /// The key of one row as far as its first NULL; nil when the first of its values is NULL.
  ///
  /// It equals no whole key, and begins as every key does that has the same first values.
  package static func prefix(of columns: [Column], row: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    for column in columns {
      if column.isNull(row) { break }
      append(column, row: row, to: &bytes)
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// The bytes of one value; nil for NULL.
  package static func key(of value: Value) -> [UInt8]? {
    var bytes: [UInt8] = []
    return append(value, to: &bytes) ? bytes : nil
  }

  /// False for NULL.
  private static func append(_ value: Value, to bytes: inout [UInt8]) -> Bool {
    switch value {
    case .null: return false
    case .boolean(let value): bytes.append(value ? 1 : 0)
    case .date(let value): append(value, to: &bytes)
    case .integer(let value), .timestamp(let value), .timestamptz(let value): append(value, to: &bytes)
    case .double(let value): append(value, to: &bytes)
    case .decimal(let value): append(value, to: &bytes)
    case .uuid(let value): append(bigEndian: value, to: &bytes)
    case .text(let value): appendEscaped(value.utf8, to: &bytes)
    case .blob(let value): appendEscaped(value, to: &bytes)
    case .vector(let value): bytes.append(contentsOf: value.bytes)
    }
    return true
  }

  private static func append(_ column: Column, row: Int, to bytes: inout [UInt8]) {
    let row = column.isConstant ? 0 : row
    switch column.values {
    case .booleans(let list): bytes.append(list[row] ? 1 : 0)
    case .int32s(let list): append(list[row], to: &bytes)
    case .int64s(let list): append(list[row], to: &bytes)
    case .doubles(let list): append(list[row], to: &bytes)
    case .decimals(let list): append(list[row], to: &bytes)
    case .uuids(let list): append(bigEndian: list[row], to: &bytes)
    case .texts(let list): appendEscaped(list.bytes[list.range(row)], to: &bytes)
    case .vectors(let list):
      let width = list.shape.byteCount
      let start = (list.first + row) * width
      bytes.append(contentsOf: list.bytes[start..<start + width])
    }
  }

  private static func append(_ value: Int32, to bytes: inout [UInt8]) {
    append(bigEndian: UInt32(bitPattern: value) ^ (1 << 31), to: &bytes)
  }

  private static func append(_ value: Int64, to bytes: inout [UInt8]) {
    append(bigEndian: UInt64(bitPattern: value) ^ (1 << 63), to: &bytes)
  }

  /// Negative numbers have all bits turned, others the sign bit; every NaN is one value, above all others.
  private static func append(_ value: Double, to bytes: inout [UInt8]) {
    let pattern = value.isNaN ? Double.nan.bitPattern : (value == 0 ? 0 : value.bitPattern)
    append(bigEndian: pattern >> 63 == 1 ? ~pattern : pattern | (1 << 63), to: &bytes)
  }

  /// A sign, then for numbers other than 0 the exponent e of 0.d₁d₂… · 10^e and the digits, ended by 0; turned when negative.
  private static func append(_ value: Decimal, to bytes: inout [UInt8]) {
    let form = value.canonical
    if form.unscaled == 0 {
      bytes.append(1)
      return
    }
    var digits: [UInt8] = []
    var rest = form.unscaled.magnitude
    while rest > 0 {
      digits.append(UInt8(rest % 10) + 1)
      rest /= 10
    }
    let exponent = digits.count - Int(form.scale)
    let trailing = digits.prefix { $0 == 1 }.count
    let turned: UInt8 = form.unscaled < 0 ? 0xff : 0
    bytes.append(form.unscaled < 0 ? 0 : 2)
    bytes.append(UInt8(truncatingIfNeeded: exponent + 128) ^ turned)
    for digit in digits[trailing...].reversed() { bytes.append(digit ^ turned) }
    bytes.append(turned)
  }

  private static func append(bigEndian value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Zero bytes as 00 FF, and 00 00 at the end, so that a shorter string comes first.
  private static func appendEscaped(_ string: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in string {
      bytes.append(byte)
      if byte == 0 { bytes.append(0xff) }
    }
    bytes.append(0)
    bytes.append(0)
  }
}
