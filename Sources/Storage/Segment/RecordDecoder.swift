import VSQLSchema

/// Turns opened records back into columns, column by column in typed loops. Rows come in any number of runs.
///
/// An empty record is a row that is gone (erased): it gets a place in each column, NULL.
struct RecordDecoder: Sendable {
  private let layout: RecordLayout
  /// By column ordinal.
  private let tables: [Int: ValueTable]
  /// By index in the layout.
  private var sinks: [ColumnSink]
  private var pieces = TextPieces()

  /// - Parameters:
  ///   - types: the table's columns.
  ///   - capacity: rows that will come, in all.
  init(layout: RecordLayout, types: [SQLType], tables: [Int: ValueTable], capacity: Int) {
    self.layout = layout
    self.tables = tables
    sinks = layout.columns.map { ColumnSink(type: types[$0.column], capacity: capacity) }
  }

  /// Appends `records`. Nil: fine; else the index of a record that is not what the layout says.
  mutating func decode(_ records: RowBytes) -> Int? {
    var cursors = [Int](repeating: 0, count: records.count)
    var isWhole = true
    for row in 0..<records.count {
      let range = records.range(row)
      if range.isEmpty { isWhole = false } else if range.count < layout.headBytes { return row }
      cursors[row] = range.lowerBound + layout.headBytes
    }
    for index in layout.order {
      let validity = isWhole && layout.nullBits[index] == nil ? nil : validity(index, records)
      if let bad = decodeColumn(index, records, validity, &cursors) { return bad }
    }
    for row in 0..<records.count {
      let range = records.range(row)
      if !range.isEmpty && cursors[row] != range.upperBound { return row }
    }
    return nil
  }

  /// The columns, by ordinal.
  consuming func finish() -> [Int: Column] {
    var columns: [Int: Column] = [:]
    for (index, coding) in layout.columns.enumerated() { columns[coding.column] = sinks[index].finish() }
    return columns
  }

  /// The columns, in the layout's order.
  consuming func columns() -> [Column] { sinks.map { $0.finish() } }

  private mutating func decodeColumn(
    _ index: Int, _ records: RowBytes, _ validity: [Bool]?, _ cursors: inout [Int]
  ) -> Int? {
    let code = layout.columns[index].code
    let valueBit = layout.valueBits[index]
    let fieldBit = layout.fieldBits[index] ?? 0
    var sink = ColumnSink.empty
    swap(&sink, &sinks[index])
    defer { swap(&sink, &sinks[index]) }
    sink.append(validity: validity, count: records.count)
    let bytes = records.bytes.span
    switch (sink.values, code) {
    case (.booleans(var list), _):
      sink.values = .int32s([])
      defer { sink.values = .booleans(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, start, _ in
        guard let valueBit else { return false }
        list.append(bytes[start + valueBit / 8] >> UInt8(valueBit % 8) & 1 == 1)
        return true
      } absent: {
        $0.append(false)
      }
    case (.int32s(var list), .packed(_, let packing)):
      sink.values = .booleans([])
      defer { sink.values = .int32s(list) }
      return Self.each(records, validity, appendingTo: &list) { list, _, start, _ in
        let code = bytes.field(at: fieldBit, from: start, width: packing.width)
        guard let day = Int32(exactly: packing.value(code)) else { return false }
        list.append(day)
        return true
      } absent: {
        $0.append(0)
      }
    case (.int64s(var list), .packed(_, let packing)):
      sink.values = .booleans([])
      defer { sink.values = .int64s(list) }
      return Self.each(records, validity, appendingTo: &list) { list, _, start, _ in
        list.append(packing.value(bytes.field(at: fieldBit, from: start, width: packing.width)))
        return true
      } absent: {
        $0.append(0)
      }
    case (.decimals(var list), .packed(.decimal(let scale), let packing)):
      sink.values = .booleans([])
      defer { sink.values = .decimals(list) }
      return Self.each(records, validity, appendingTo: &list) { list, _, start, _ in
        let number = packing.value(bytes.field(at: fieldBit, from: start, width: packing.width))
        list.append(Decimal(unscaled: Int128(number), scale: scale))
        return true
      } absent: {
        $0.append(Decimal(unscaled: 0, scale: 0))
      }
    case (.doubles(var list), .packed(let form, let packing)):
      sink.values = .booleans([])
      defer { sink.values = .doubles(list) }
      let power: Double? = if case .scaledDouble(let scale) = form { PackedForm.power(scale) } else { nil }
      return Self.each(records, validity, appendingTo: &list) { list, _, start, _ in
        let number = packing.value(bytes.field(at: fieldBit, from: start, width: packing.width))
        list.append(power.map { Double(number) / $0 } ?? Double(bitPattern: UInt64(bitPattern: number)))
        return true
      } absent: {
        $0.append(0)
      }
    case (.int32s(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .int32s(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, _, end in
        guard let value = Self.integer(bytes, &cursors[row], end, code), let day = Int32(exactly: value)
        else { return false }
        list.append(day)
        return true
      } absent: {
        $0.append(0)
      }
    case (.int64s(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .int64s(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, _, end in
        guard let value = Self.integer(bytes, &cursors[row], end, code) else { return false }
        list.append(value)
        return true
      } absent: {
        $0.append(0)
      }
    case (.doubles(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .doubles(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, _, end in
        guard let pattern = Self.fixed(UInt64.self, bytes, &cursors[row], end) else { return false }
        list.append(Double(bitPattern: pattern))
        return true
      } absent: {
        $0.append(0)
      }
    case (.uuids(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .uuids(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, _, end in
        guard let value = Self.fixed(UInt128.self, bytes, &cursors[row], end) else { return false }
        list.append(value)
        return true
      } absent: {
        $0.append(0)
      }
    case (.decimals(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .decimals(list) }
      return Self.each(records, validity, appendingTo: &list) { list, row, _, end in
        guard let value = Self.decimal(bytes, &cursors[row], end) else { return false }
        list.append(value)
        return true
      } absent: {
        $0.append(Decimal(unscaled: 0, scale: 0))
      }
    case (.texts(var list), _):
      sink.values = .booleans([])
      defer { sink.values = .texts(list) }
      let table = tables[layout.columns[index].column]
      let width = code.fieldWidth
      pieces.removeAll()
      let bad = Self.each(records, validity, appendingTo: &pieces) { pieces, row, start, end in
        var entry: UInt64 = 0
        if let width {
          entry = bytes.field(at: fieldBit, from: start, width: width)
        } else if code == .tabled {
          guard let number = Self.varint(bytes, &cursors[row], end) else { return false }
          entry = number
        }
        if entry > 0 {
          guard let table, entry <= UInt64(table.values.count) else { return false }
          let range = table.values.range(Int(entry) - 1)
          pieces.append(range.lowerBound, range.count, isSecond: true)
          return true
        }
        guard let length = Self.varint(bytes, &cursors[row], end), length <= UInt64(end - cursors[row]) else {
          return false
        }
        pieces.append(cursors[row], Int(length))
        cursors[row] += Int(length)
        return true
      } absent: {
        $0.append(0, 0)
      }
      let entries = table?.values.bytes ?? []
      if bad == nil, !pieces.append(to: &list, first: bytes, second: entries.span) { return 0 }
      return bad
    case (.vectors, _): return 0
    }
  }

  /// False where a row is gone or NULL; nil: each has a value.
  private func validity(_ index: Int, _ records: RowBytes) -> [Bool]? {
    let bit = layout.nullBits[index]
    var result: [Bool]?
    for row in 0..<records.count {
      let range = records.range(row)
      let isNull =
        range.isEmpty
        || bit.map { records.bytes[range.lowerBound + $0 / 8] >> UInt8($0 % 8) & 1 == 1 } ?? false
      if isNull {
        if result == nil { result = Array(repeating: true, count: records.count) }
        result?[row] = false
      }
    }
    return result
  }

  /// Calls `present(list, row, start, end)` or `absent(list)` for each row, both of which append a value; the first row for which
  /// `present` says false, or nil.
  @inline(__always)
  private static func each<Value: BitwiseCopyable>(
    _ records: RowBytes, _ validity: [Bool]?, appendingTo list: inout [Value],
    _ present: (inout OutputSpan<Value>, Int, Int, Int) -> Bool, absent: (inout OutputSpan<Value>) -> Void
  ) -> Int? {
    var bad: Int?
    list.append(addingCapacity: records.count) { out in
      var start = 0
      for row in 0..<records.count {
        let end = records.ends[row]
        if validity?[row] ?? true {
          if !present(&out, row, start, end) {
            bad = row
            return
          }
        } else {
          absent(&out)
        }
        start = end
      }
    }
    return bad
  }

  @inline(__always)
  private static func each(
    _ records: RowBytes, _ validity: [Bool]?, appendingTo pieces: inout TextPieces,
    _ present: (inout TextPieces, Int, Int, Int) -> Bool, absent: (inout TextPieces) -> Void
  ) -> Int? {
    var start = 0
    for row in 0..<records.count {
      let end = records.ends[row]
      if validity?[row] ?? true {
        if !present(&pieces, row, start, end) { return row }
      } else {
        absent(&pieces)
      }
      start = end
    }
    return nil
  }

  @inline(__always)
  private static func varint(_ bytes: Span<UInt8>, _ cursor: inout Int, _ end: Int) -> UInt64? {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while cursor < end, shift < 64 {
      let byte = bytes[cursor]
      cursor += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  @inline(__always)
  private static func integer(_ bytes: Span<UInt8>, _ cursor: inout Int, _ end: Int, _ code: ValueCode)
    -> Int64?
  {
    guard let raw = varint(bytes, &cursor, end) else { return nil }
    if case .offset(let base) = code { return Int64(bitPattern: raw) &+ base }
    return unzigzag(raw)
  }

  @inline(__always)
  private static func fixed<T: FixedWidthInteger>(
    _: T.Type, _ bytes: Span<UInt8>, _ cursor: inout Int, _ end: Int
  ) -> T? {
    let width = T.bitWidth / 8
    guard end - cursor >= width else { return nil }
    var value: T = 0
    for index in 0..<width { value |= T(truncatingIfNeeded: bytes[cursor + index]) << T(8 * index) }
    cursor += width
    return value
  }

  private static func decimal(_ bytes: Span<UInt8>, _ cursor: inout Int, _ end: Int) -> Decimal? {
    guard let scale = fixed(UInt8.self, bytes, &cursor, end) else { return nil }
    var (value, shift): (UInt128, UInt128) = (0, 0)
    while cursor < end, shift < 128 {
      let byte = bytes[cursor]
      cursor += 1
      value |= UInt128(byte & 0x7f) << shift
      if byte < 0x80 {
        return Decimal(
          unscaled: Int128(bitPattern: value >> 1) ^ -Int128(bitPattern: value & 1), scale: scale)
      }
      shift += 7
    }
    return nil
  }
}
