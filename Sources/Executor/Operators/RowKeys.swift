import VSQLDiagnostics
import VSQLSchema

/// Keys of rows as bytes: one key a row, all in one array. Equal keys have equal bytes; where the order is asked for, bytes
/// order as the keys do (`engine.md`: normalised keys). −0 is 0, NaN is NaN and the greatest, 1.0 is 1.00.
struct RowKeys {
  /// How one column takes part.
  struct Part {
    var isDescending = false
    var nullsFirst = false
  }

  private(set) var bytes: [UInt8] = []
  /// Key i is `bytes[offsets[i] ..< offsets[i + 1]]`.
  private(set) var offsets: [Int] = [0]

  var count: Int { offsets.count - 1 }

  @inline(__always)
  func range(_ row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

  /// Appends the keys of `count` rows whose parts lie in flat `columns`.
  mutating func append(_ columns: [Column], parts: [Part], count: Int) {
    var lengths = [Int](repeating: 0, count: count)
    for column in columns { KeyLengths.add(of: column, to: &lengths) }
    offsets.reserveCapacity(offsets.count + count)
    var total = bytes.count
    var cursors: [Int] = []
    cursors.reserveCapacity(count)
    for length in lengths {
      cursors.append(total)
      total += length
      offsets.append(total)
    }
    bytes.append(contentsOf: repeatElement(0, count: total - bytes.count))
    for (column, part) in zip(columns, parts) {
      KeyWriter(part: part).write(column, into: &bytes, at: &cursors)
    }
  }

  mutating func append(key: ArraySlice<UInt8>) {
    bytes.append(contentsOf: key)
    offsets.append(bytes.count)
  }

  /// The first eight bytes of a key as a number that orders as they do, zeros behind a shorter one.
  func prefix(_ row: Int) -> UInt64 {
    let range = range(row)
    var value: UInt64 = 0
    for index in 0..<8 {
      value = value << 8 | (index < range.count ? UInt64(bytes[range.lowerBound + index]) : 0)
    }
    return value
  }
}

/// Bytes that each row's key takes.
private enum KeyLengths {
  static func add(of column: Column, to lengths: inout [Int]) {
    // One byte says whether the value is NULL; a NULL has nothing behind it.
    switch column.values {
    case .booleans: add(column, to: &lengths) { _ in 2 }
    case .int32s: add(column, to: &lengths) { _ in 5 }
    case .int64s, .doubles: add(column, to: &lengths) { _ in 9 }
    case .uuids: add(column, to: &lengths) { _ in 17 }
    case .vectors(let list):
      let width = list.shape.byteCount + 1
      add(column, to: &lengths) { _ in width }
    case .decimals(let list): add(column, to: &lengths) { 1 + DecimalKey.length(of: list[$0]) }
    case .texts(let list):
      add(column, to: &lengths) { row in
        let range = list.range(at: Int32(truncatingIfNeeded: row))
        var length = range.count + 3
        for index in range where list.bytes[index] == 0 { length += 1 }
        return length
      }
    }
  }

  @inline(__always)
  private static func add(_ column: Column, to lengths: inout [Int], _ length: (Int) -> Int) {
    if let validity = column.validity {
      for row in lengths.indices { lengths[row] += validity[row] ? length(row) : 1 }
    } else {
      for row in lengths.indices { lengths[row] += length(row) }
    }
  }
}

/// Writes one part of every row's key.
private struct KeyWriter {
  let part: RowKeys.Part
  /// Descending parts have their bytes turned; the flag before them is not, since NULLS FIRST settles it.
  private let turn: UInt8

  init(part: RowKeys.Part) {
    self.part = part
    turn = part.isDescending ? 0xFF : 0
  }

  func write(_ column: Column, into bytes: inout [UInt8], at cursors: inout [Int]) {
    switch column.values {
    case .booleans(let list): each(column, &bytes, &cursors) { put(UInt8(list[$0] ? 1 : 0), &$1, &$2) }
    case .int32s(let list):
      each(column, &bytes, &cursors) { put(UInt32(bitPattern: list[$0]) ^ (1 << 31), &$1, &$2) }
    case .int64s(let list):
      each(column, &bytes, &cursors) { put(UInt64(bitPattern: list[$0]) ^ (1 << 63), &$1, &$2) }
    case .doubles(let list): each(column, &bytes, &cursors) { put(RankKey.bits(list[$0]), &$1, &$2) }
    case .uuids(let list): each(column, &bytes, &cursors) { put(list[$0], &$1, &$2) }
    case .decimals(let list):
      each(column, &bytes, &cursors) { DecimalKey.write(list[$0], into: &$1, at: &$2, turn: turn) }
    case .texts(let list): each(column, &bytes, &cursors) { put(list, $0, &$1, &$2) }
    case .vectors(let list): each(column, &bytes, &cursors) { put(list, $0, &$1, &$2) }
    }
  }

  @inline(__always)
  private func each(
    _ column: Column, _ bytes: inout [UInt8], _ cursors: inout [Int],
    _ write: (Int, inout [UInt8], inout Int) -> Void
  ) {
    let nullFlag: UInt8 = part.nullsFirst ? 0 : 2
    for row in cursors.indices {
      var at = cursors[row]
      if let validity = column.validity, !validity[row] {
        bytes[at] = nullFlag
        at += 1
      } else {
        bytes[at] = 1
        at += 1
        write(row, &bytes, &at)
      }
      cursors[row] = at
    }
  }

  @inline(__always)
  private func put<Number: FixedWidthInteger>(_ value: Number, _ bytes: inout [UInt8], _ at: inout Int) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      bytes[at] = UInt8(truncatingIfNeeded: value >> Number(truncatingIfNeeded: shift)) ^ turn
      at += 1
    }
  }

  /// Zero bytes as 00 FF, and 00 00 at the end: lower than any byte that could follow, so that a shorter text comes first.
  @inline(__always)
  private func put(_ list: TextValues, _ row: Int, _ bytes: inout [UInt8], _ at: inout Int) {
    for index in list.range(at: Int32(truncatingIfNeeded: row)) {
      let byte = list.bytes[index]
      bytes[at] = byte ^ turn
      at += 1
      if byte == 0 {
        bytes[at] = 0xFF ^ turn
        at += 1
      }
    }
    bytes[at] = turn
    bytes[at + 1] = turn
    at += 2
  }

  private func put(_ list: VectorValues, _ row: Int, _ bytes: inout [UInt8], _ at: inout Int) {
    let width = list.shape.byteCount
    let start = (list.first + row) * width
    for index in start..<start + width {
      bytes[at] = list.bytes[index] ^ turn
      at += 1
    }
  }
}

/// A DECIMAL as bytes that order as it does, whatever its scale: sign, exponent e of 0.d₁d₂… · 10^e, digits, an end.
private enum DecimalKey {
  static func length(of value: Decimal) -> Int {
    let form = value.canonical
    if form.unscaled == 0 { return 1 }
    return 3 + digits(form).count
  }

  static func write(_ value: Decimal, into bytes: inout [UInt8], at: inout Int, turn: UInt8) {
    let form = value.canonical
    if form.unscaled == 0 {
      bytes[at] = 1 ^ turn
      at += 1
      return
    }
    let digits = digits(form)
    let exponent = digits.count - Int(form.scale)
    let flip: UInt8 = form.unscaled < 0 ? 0xFF : 0
    bytes[at] = (form.unscaled < 0 ? 0 : 2) ^ turn
    bytes[at + 1] = UInt8(truncatingIfNeeded: exponent + 128) ^ flip ^ turn
    at += 2
    for digit in digits {
      bytes[at] = (digit + 1) ^ flip ^ turn
      at += 1
    }
    bytes[at] = flip ^ turn
    at += 1
  }

  /// The first digit first. `canonical` leaves one form for each number, so one run of digits too.
  private static func digits(_ form: Decimal) -> [UInt8] {
    var digits: [UInt8] = []
    var rest = form.unscaled.magnitude
    while rest > 0 {
      digits.append(UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    digits.reverse()
    return digits
  }
}
