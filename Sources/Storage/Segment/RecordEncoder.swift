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
  ///
  /// - Parameter part: where columns share a dictionary; nil: their codes stand as they are.
  mutating func encode(_ batch: Batch, first: Int, part: SharedPart? = nil, into out: inout RowBytes) {
    var heads = [UInt8](repeating: 0, count: batch.count * layout.headBytes)
    for (index, coding) in layout.columns.enumerated() {
      let column = batch.columns[coding.column]
      pieces[index].removeAll()
      if let bit = layout.fieldBits[index] {
        setFields(column, index, bit, rows: batch.count, first: first, &heads)
      }
      if let bit = layout.nullBits[index], let validity = column.validity {
        for row in 0..<batch.count where !validity[row] { set(bit, row, &heads) }
      }
      if let bit = layout.valueBits[index], case .booleans(let list) = column.values {
        for row in 0..<batch.count where list[row] && !column.isNull(row) { set(bit, row, &heads) }
      } else if layout.hasPiece(index) {
        encode(column, index, rows: batch.count, first: first)
      }
    }
    let shared = layout.order.prefix(layout.sharedCount).map { pieces[$0] }
    let tails = layout.order.dropFirst(layout.sharedCount).map { pieces[$0] }.filter { $0.count > 0 }
    var codes: [UInt8] = []
    for row in 0..<batch.count {
      out.bytes.append(heads.span.extracting(row * layout.headBytes..<(row + 1) * layout.headBytes))
      if !shared.isEmpty {
        codes.removeAll(keepingCapacity: true)
        for piece in shared { codes.append(piece.bytes.span.extracting(piece.range(row))) }
        if let part {
          part.append(codes[...], to: &out)
        } else {
          SharedPart.appendPlain(codes[...], to: &out)
        }
      }
      for tail in tails { out.bytes.append(tail.bytes.span.extracting(tail.range(row))) }
      out.ends.append(out.bytes.count)
    }
  }

  /// The fields of column `index` of the layout.
  private func setFields(
    _ column: Column, _ index: Int, _ bit: Int, rows: Int, first: Int, _ heads: inout [UInt8]
  ) {
    let (validity, head) = (column.validity, layout.headBytes)
    switch (column.values, layout.columns[index].code) {
    case (.int32s(let list), .packed(_, let packing)):
      for row in 0..<rows where validity?[row] ?? true {
        BitField.set(packing.code(Int64(list[row])), at: bit, in: &heads, from: row * head)
      }
    case (.int64s(let list), .packed(_, let packing)):
      for row in 0..<rows where validity?[row] ?? true {
        BitField.set(packing.code(list[row]), at: bit, in: &heads, from: row * head)
      }
    case (.decimals(let list), .packed(_, let packing)):
      for row in 0..<rows where validity?[row] ?? true {
        let number = Int64(truncatingIfNeeded: list[row].unscaled)
        BitField.set(packing.code(number), at: bit, in: &heads, from: row * head)
      }
    case (.doubles(let list), .packed(let form, let packing)):
      for row in 0..<rows where validity?[row] ?? true {
        BitField.set(packing.code(form.whole(list[row])), at: bit, in: &heads, from: row * head)
      }
    case (.texts, .tabledField):
      for row in 0..<rows where validity?[row] ?? true {
        BitField.set(UInt64(codes[index][first + row]), at: bit, in: &heads, from: row * head)
      }
    case (_, _): preconditionFailure("a field holds a number or a code of a value table")
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
    case (.texts(let list), .tabledField):
      let codes = codes[index]
      each(index, rows, validity) { if codes[first + $1] == 0 { Self.append(list, $1, &$0) } }
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

  static func append(_ list: TextValues, _ row: Int, _ piece: inout RowBytes) {
    let range = list.range(row)
    piece.varint(UInt64(range.count))
    piece.bytes.append(list.bytes.span.extracting(range))
  }
}

@inline(__always) func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
@inline(__always) func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
