import VSQLSchema

/// A value of fixed size, as a column's array holds it and pages decode to it.
protocol PagedValue: BitwiseCopyable, Sendable {
  /// Stands where a row has none.
  static var absent: Self { get }

  /// Writes the first `count` places of `out`: the values that a page of `form` has.
  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Self>
  ) throws(StorageError)
}

extension PagedValue {
  static func mismatch(_ form: PageForm, _ content: borrowing ByteReader) -> StorageError {
    content.malformed("a page of form \(form.rawValue), which this column's type does not have")
  }
}

extension Bool: PagedValue {
  static var absent: Bool { false }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Bool>
  ) throws(StorageError) {
    guard form == .bits else { throw mismatch(form, content) }
    let bits = try content.raw((count + 7) / 8)
    content.bytes.span.flags(count: count, from: bits.startIndex, into: &out)
  }
}

extension Int64: PagedValue {
  static var absent: Int64 { 0 }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Int64>
  ) throws(StorageError) {
    if let fixed = try FixedBytes(form, &content, count: count, width: 8) {
      for index in 0..<count { out[index] = Int64(bitPattern: fixed.number(UInt64.self, index)) }
      return
    }
    let numbers = try PageNumbers(form, &content, count: count)
    guard numbers.form == .integer else { throw mismatch(form, content) }
    numbers.unpack(content.bytes.span, into: &out)
  }
}

extension Int32: PagedValue {
  static var absent: Int32 { 0 }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Int32>
  ) throws(StorageError) {
    if let fixed = try FixedBytes(form, &content, count: count, width: 4) {
      for index in 0..<count { out[index] = Int32(bitPattern: fixed.number(UInt32.self, index)) }
      return
    }
    let numbers = try PageNumbers(form, &content, count: count)
    guard numbers.form == .integer else { throw mismatch(form, content) }
    var list = scratch.mutableSpan
    numbers.unpack(content.bytes.span, into: &list)
    var over: Int64 = 0
    for index in 0..<count {
      let narrow = Int32(truncatingIfNeeded: list[index])
      over |= list[index] ^ Int64(narrow)
      out[index] = narrow
    }
    if over != 0 { throw content.malformed("a date out of range") }
  }
}

extension Double: PagedValue {
  static var absent: Double { 0 }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Double>
  ) throws(StorageError) {
    if let fixed = try FixedBytes(form, &content, count: count, width: 8) {
      for index in 0..<count { out[index] = Double(bitPattern: fixed.number(UInt64.self, index)) }
      return
    }
    let numbers = try PageNumbers(form, &content, count: count)
    var list = scratch.mutableSpan
    switch numbers.form {
    case .scaledDouble(let scale):
      let power = PackedForm.power(scale)
      numbers.unpack(content.bytes.span, into: &list)
      for index in 0..<count { out[index] = Double(list[index]) / power }
    case .doubleBits:
      numbers.unpack(content.bytes.span, into: &list)
      for index in 0..<count { out[index] = Double(bitPattern: UInt64(bitPattern: list[index])) }
    case .integer, .decimal: throw mismatch(form, content)
    }
  }
}

extension Decimal: PagedValue {
  static var absent: Decimal { Decimal(unscaled: 0, scale: 0) }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<Decimal>
  ) throws(StorageError) {
    if form == .decimals {
      let start = try content.raw(count * 17).startIndex
      let bytes = content.bytes.span
      for index in 0..<count {
        let at = start + index * 17
        out[index] = Decimal(
          unscaled: Int128(bitPattern: bytes.number(UInt128.self, at: at + 1)), scale: bytes[at])
      }
      return
    }
    let numbers = try PageNumbers(form, &content, count: count)
    guard case .decimal(let scale) = numbers.form else { throw mismatch(form, content) }
    var list = scratch.mutableSpan
    numbers.unpack(content.bytes.span, into: &list)
    for index in 0..<count { out[index] = Decimal(unscaled: Int128(list[index]), scale: scale) }
  }
}

/// UUIDs.
extension UInt128: PagedValue {
  static var absent: UInt128 { 0 }

  static func decode(
    _ form: PageForm, _ content: inout ByteReader, count: Int, scratch: inout [Int64],
    into out: inout MutableSpan<UInt128>
  ) throws(StorageError) {
    guard let fixed = try FixedBytes(form, &content, count: count, width: 16) else {
      throw mismatch(form, content)
    }
    for index in 0..<count { out[index] = fixed.number(UInt128.self, index) }
  }
}

/// Values of so many bytes each: plain, or by significance.
private struct FixedBytes {
  private let bytes: [UInt8]
  private let start: Int
  private let width: Int

  /// Nil: the page is of another form.
  init?(_ form: PageForm, _ content: inout ByteReader, count: Int, width: Int) throws(StorageError) {
    self.width = width
    switch form {
    case .fixed:
      start = try content.raw(count * width).startIndex
      bytes = content.bytes
    case .planes:
      let planes = try content.raw(count * width)
      // Planes of planes of as many rows as bytes: the transposition back.
      (start, bytes) = (0, PageEncoder.planes(Array(planes), max(1, count)))
    case .bits, .packed, .deltas, .decimals, .texts, .tabled: return nil
    }
  }

  @inline(__always) func number<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, _ index: Int) -> T {
    bytes.span.number(T.self, at: start + index * width)
  }
}
