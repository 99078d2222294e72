import VSQLSchema

/// What the first pass over a scalar column finds: zones, statistics, the bounds and tables that its coding needs.
struct ColumnSurvey: Sendable {
  private(set) var zones: [PageZone] = []
  private(set) var nullCount = 0
  private(set) var textBytes = 0
  private(set) var texts = ValueTableBuilder()
  private(set) var minimum: Value = .null
  private(set) var maximum: Value = .null
  private var minimumKey: [UInt8] = []
  private var maximumKey: [UInt8] = []
  private var sketch = DistinctSketch()
  private let collectsTexts: Bool

  /// - Parameter collectsTexts: for a value table.
  init(collectsTexts: Bool) { self.collectsTexts = collectsTexts }

  /// Takes rows of one page: `rows` of `column`, which is flat.
  mutating func add(_ column: Column, rows: Range<Int>, page: Int) {
    while zones.count <= page { zones.append(PageZone()) }
    let nulls = column.validity.map { validity in rows.count { !validity[$0] } } ?? 0
    nullCount += nulls
    zones[page].nullCount += nulls
    guard let (least, greatest) = scan(column, rows: rows) else { return }
    let (low, high) = (column.value(at: least), column.value(at: greatest))
    guard let lowKey = KeyEncoder.key(of: low), let highKey = KeyEncoder.key(of: high) else { return }
    zones[page].include(low: lowKey, high: highKey)
    if minimumKey.isEmpty || compareBytes(lowKey.span, minimumKey.span) < 0 {
      (minimum, minimumKey) = (low, lowKey)
    }
    if maximumKey.isEmpty || compareBytes(highKey.span, maximumKey.span) > 0 {
      (maximum, maximumKey) = (high, highKey)
    }
  }

  var statistics: ColumnStatistics {
    ColumnStatistics(
      minimum: Self.bound(minimum, minimumKey), maximum: Self.bound(maximum, maximumKey),
      nullCount: nullCount,
      distinctCount: texts.distinctCount.flatMap { $0 > 0 ? $0 : nil } ?? sketch.estimate)
  }

  /// Long texts bound nothing worth their space.
  private static func bound(_ value: Value, _ key: [UInt8]) -> Value { key.count > 256 ? .null : value }

  /// Feeds sketch and tables, and finds the rows with the least and the greatest value; nil: all are NULL.
  private mutating func scan(_ column: Column, rows: Range<Int>) -> (least: Int, greatest: Int)? {
    let validity = column.validity
    switch column.values {
    case .booleans(let list):
      return extremes(rows, validity) {
        !list[$0] && list[$1]
      } hash: {
        list[$0] ? 1 : 0
      }
    case .int32s(let list):
      return extremes(rows, validity) {
        list[$0] < list[$1]
      } hash: {
        UInt64(bitPattern: Int64(list[$0]))
      }
    case .int64s(let list):
      return extremes(rows, validity) {
        list[$0] < list[$1]
      } hash: {
        UInt64(bitPattern: list[$0])
      }
    case .doubles(let list):
      return extremes(rows, validity) {
        list[$0] < list[$1] || (list[$1].isNaN && !list[$0].isNaN)
      } hash: {
        (list[$0] == 0 ? 0 : list[$0]).bitPattern
      }
    case .decimals(let list):
      return extremes(rows, validity) {
        Self.isLess(list[$0], list[$1])
      } hash: {
        Self.bits(list[$0])
      }
    case .uuids(let list):
      return extremes(rows, validity) {
        list[$0] < list[$1]
      } hash: {
        UInt64(truncatingIfNeeded: list[$0] ^ (list[$0] >> 64))
      }
    case .texts(let list): return scan(list, rows: rows, validity)
    case .vectors: return nil
    }
  }

  @inline(__always)
  private mutating func extremes(
    _ rows: Range<Int>, _ validity: [Bool]?, isLess: (Int, Int) -> Bool, hash: (Int) -> UInt64
  ) -> (least: Int, greatest: Int)? {
    var (least, greatest) = (-1, -1)
    for row in rows {
      if let validity, !validity[row] { continue }
      sketch.add(DistinctSketch.mix(hash(row)))
      if least < 0 {
        (least, greatest) = (row, row)
      } else if isLess(row, least) {
        least = row
      } else if isLess(greatest, row) {
        greatest = row
      }
    }
    return least < 0 ? nil : (least, greatest)
  }

  private mutating func scan(
    _ list: TextValues, rows: Range<Int>, _ validity: [Bool]?
  ) -> (least: Int, greatest: Int)? {
    var (least, greatest) = (-1, -1)
    let bytes = list.bytes.span
    for row in rows {
      if let validity, !validity[row] {
        if collectsTexts { texts.addNull() }
        continue
      }
      let value = bytes.extracting(list.range(row))
      textBytes += value.count
      sketch.add(DistinctSketch.mix(value))
      if collectsTexts { texts.add(value, hash: hashBytes(value)) }
      if least < 0 {
        (least, greatest) = (row, row)
      } else if compareBytes(value, bytes.extracting(list.range(least))) < 0 {
        least = row
      } else if compareBytes(bytes.extracting(list.range(greatest)), value) < 0 {
        greatest = row
      }
    }
    return least < 0 ? nil : (least, greatest)
  }

  /// The same for equal numbers, whatever their scale.
  private static func bits(_ value: Decimal) -> UInt64 {
    let number = value.canonical
    let high = UInt64(truncatingIfNeeded: number.unscaled >> 64)
    return UInt64(truncatingIfNeeded: number.unscaled) ^ DistinctSketch.mix(high ^ UInt64(number.scale) << 56)
  }

  private static func isLess(_ a: Decimal, _ b: Decimal) -> Bool {
    if a.scale == b.scale { return a.unscaled < b.unscaled }
    guard let a = KeyEncoder.key(of: .decimal(a)), let b = KeyEncoder.key(of: .decimal(b)) else {
      return false
    }
    return compareBytes(a.span, b.span) < 0
  }
}
