import VSQLSchema

/// Byte strings of a run of rows, one a row: `bytes[ends[i - 1] ..< ends[i]]`.
struct RowBytes: Sendable {
  var bytes: [UInt8] = []
  var ends: [Int] = []

  var count: Int { ends.count }

  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  @inline(__always) mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  @inline(__always) mutating func fixed(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

/// Turns columns into records: column by column into pieces, in typed loops, then row by row into records.
struct RecordEncoder: Sendable {
  private let layout: RecordLayout
  /// By index in the layout: the code of each row of the segment, for tabled columns.
  private let codes: [[UInt32]]
  private var pieces: [RowBytes]

  init(layout: RecordLayout, codes: [[UInt32]]) {
    self.layout = layout
    self.codes = codes
    pieces = Array(repeating: RowBytes(), count: layout.columns.count)
  }

  /// Appends the records of all rows of `batch` to `out`; its first row is row `first` of the segment.
  mutating func encode(_ batch: Batch, first: Int, into out: inout RowBytes) {
    var heads = [UInt8](repeating: 0, count: batch.count * layout.headBytes)
    for (index, coding) in layout.columns.enumerated() {
      let column = batch.columns[coding.column]
      pieces[index].removeAll()
      if let bit = layout.nullBits[index], let validity = column.validity {
        for row in 0..<batch.count where !validity[row] { set(bit, row, &heads) }
      }
      if let bit = layout.valueBits[index], case .booleans(let list) = column.values {
        for row in 0..<batch.count where list[row] && !column.isNull(row) { set(bit, row, &heads) }
      } else {
        encode(column, index, rows: batch.count, first: first)
      }
    }
    for row in 0..<batch.count {
      out.bytes.append(heads.span.extracting(row * layout.headBytes..<(row + 1) * layout.headBytes))
      for piece in pieces where piece.count > 0 {
        out.bytes.append(piece.bytes.span.extracting(piece.range(row)))
      }
      out.ends.append(out.bytes.count)
    }
  }

  /// Bytes of the codes of the batch encoded last, by index in the layout; bits of the head are not among them.
  var lastBytes: [Int] { pieces.map(\.bytes.count) }

  private func set(_ bit: Int, _ row: Int, _ heads: inout [UInt8]) {
    heads[row * layout.headBytes + bit / 8] |= 1 << UInt8(bit % 8)
  }

  private mutating func encode(_ column: Column, _ index: Int, rows: Int, first: Int) {
    let (validity, code) = (column.validity, layout.columns[index].code)
    switch (column.values, code) {
    case (.int32s(let list), .offset(let base)):
      each(index, rows, validity) { $0.varint(UInt64(bitPattern: Int64(list[$1]) &- base)) }
    case (.int64s(let list), .offset(let base)):
      each(index, rows, validity) { $0.varint(UInt64(bitPattern: list[$1] &- base)) }
    case (.int32s(let list), _): each(index, rows, validity) { $0.varint(zigzag(Int64(list[$1]))) }
    case (.int64s(let list), _): each(index, rows, validity) { $0.varint(zigzag(list[$1])) }
    case (.doubles(let list), _): each(index, rows, validity) { $0.fixed(list[$1].bitPattern) }
    case (.uuids(let list), _): each(index, rows, validity) { $0.fixed(list[$1]) }
    case (.decimals(let list), _):
      each(index, rows, validity) { piece, row in
        piece.bytes.append(list[row].scale)
        let unscaled = list[row].unscaled
        var rest = UInt128(bitPattern: (unscaled << 1) ^ (unscaled >> 127))
        while rest >= 0x80 {
          piece.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
          rest >>= 7
        }
        piece.bytes.append(UInt8(rest))
      }
    case (.texts(let list), .tabled):
      let codes = codes[index]
      each(index, rows, validity) { piece, row in
        piece.varint(UInt64(codes[first + row]))
        if codes[first + row] == 0 { Self.append(list, row, &piece) }
      }
    case (.texts(let list), _): each(index, rows, validity) { Self.append(list, $1, &$0) }
    // BOOLEAN lies in the head, vectors in groups of their own.
    case (.booleans, _), (.vectors, _): each(index, rows, validity) { _, _ in }
    }
  }

  @inline(__always)
  private mutating func each(
    _ index: Int, _ rows: Int, _ validity: [Bool]?, _ body: (inout RowBytes, Int) -> Void
  ) {
    for row in 0..<rows {
      if validity?[row] ?? true { body(&pieces[index], row) }
      pieces[index].ends.append(pieces[index].bytes.count)
    }
  }

  private static func append(_ list: TextValues, _ row: Int, _ piece: inout RowBytes) {
    let range = list.range(row)
    piece.varint(UInt64(range.count))
    piece.bytes.append(list.bytes.span.extracting(range))
  }
}

@inline(__always) func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
@inline(__always) func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
