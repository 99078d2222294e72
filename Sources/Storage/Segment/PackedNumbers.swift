import VSQLSchema

/// What whole number stands for a value that is packed.
enum PackedForm: Hashable, Sendable {
  /// INTEGER, DATE, TIMESTAMP: the value itself.
  case integer
  /// DECIMAL: the unscaled number; all values have this scale.
  case decimal(scale: UInt8)
  /// DOUBLE: n, where the value is the double n / 10^scale.
  case scaledDouble(scale: UInt8)
  /// DOUBLE: its bits.
  case doubleBits

  /// Of a DOUBLE that has one in this form.
  @inline(__always) func whole(_ value: Double) -> Int64 {
    switch self {
    case .scaledDouble(let scale): Self.whole(value, Self.power(scale)) ?? 0
    case .integer, .decimal, .doubleBits: Int64(bitPattern: value.bitPattern)
    }
  }

  static let maxDoubleScale: UInt8 = 15
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  static func power(_ scale: UInt8) -> Double { powers[Int(min(scale, maxDoubleScale))] }

  /// The whole number n for which n / power is `value` to the last bit; nil: there is none below 2^53.
  @inline(__always) static func whole(_ value: Double, _ power: Double) -> Int64? {
    let scaled = value * power
    guard scaled.magnitude < 0x1p53 else { return nil }
    let number = Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
    return (Double(number) / power).bitPattern == value.bitPattern ? number : nil
  }
}

/// The values of one column as whole numbers.
struct PackedNumbers {
  let form: PackedForm
  /// Of the rows that are not NULL, in their order.
  let values: [Int64]
  /// What the same takes without packing: varints of value − base, a scale and a varint, 8 bytes.
  let otherBytes: Int

  /// Nil: some value has no such form, or the column's type none.
  init?(_ ordinal: Int, in batches: [Batch]) {
    guard let kind = batches.first?.columns[ordinal].type.physicalKind else { return nil }
    switch kind {
    case .int32, .int64:
      form = .integer
      values = Self.collect(ordinal, batches) { column, row in
        switch column {
        case .int32s(let list): Int64(list[row])
        case .int64s(let list): list[row]
        case .booleans, .doubles, .decimals, .uuids, .texts, .vectors: nil
        }
      }
      otherBytes = Self.varintBytes(values)
    case .decimal:
      guard let numbers = Self.decimals(ordinal, batches) else { return nil }
      (form, values, otherBytes) = numbers
    case .double:
      let numbers = Self.doubles(ordinal, batches)
      (form, values) = numbers
      otherBytes = values.count * 8
    case .boolean, .uuid, .text, .vector: return nil
    }
  }

  /// The packing, where it takes no more than the other form; `rows` counts NULLs too, whose bits are there as well.
  func packing(rows: Int) -> Packing? {
    guard let packing = Packing(of: values), (packing.width * rows + 7) / 8 <= otherBytes else { return nil }
    return packing
  }

  private static func collect(
    _ ordinal: Int, _ batches: [Batch], _ number: (ColumnValues, Int) -> Int64?
  ) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(batches.reduce(0) { $0 + $1.count })
    for batch in batches {
      let column = batch.columns[ordinal]
      let (validity, list) = (column.validity, column.values)
      for row in 0..<batch.count where validity?[row] ?? true {
        if let value = number(list, row) { values.append(value) }
      }
    }
    return values
  }

  private static func varintBytes(_ values: [Int64]) -> Int {
    guard let least = values.min(), let greatest = values.max() else { return 0 }
    let base = ColumnCoding.base(least: least, greatest: greatest)
    var bytes = 0
    for value in values {
      let number = base.map { UInt64(bitPattern: value &- $0) } ?? zigzag(value)
      bytes += (BitField.width(of: number | 1) + 6) / 7
    }
    return bytes
  }

  private static func decimals(
    _ ordinal: Int, _ batches: [Batch]
  ) -> (form: PackedForm, values: [Int64], otherBytes: Int)? {
    var values: [Int64] = []
    var scale: UInt8?
    var bytes = 0
    for batch in batches {
      let validity = batch.columns[ordinal].validity
      guard case .decimals(let list) = batch.columns[ordinal].values else { return nil }
      for row in 0..<batch.count where validity?[row] ?? true {
        guard let number = Int64(exactly: list[row].unscaled), scale ?? list[row].scale == list[row].scale
        else { return nil }
        scale = list[row].scale
        values.append(number)
        bytes += 1 + (BitField.width(of: zigzag(number) | 1) + 6) / 7
      }
    }
    return (.decimal(scale: scale ?? 0), values, bytes)
  }

  private static func doubles(_ ordinal: Int, _ batches: [Batch]) -> (form: PackedForm, values: [Int64]) {
    // A scale that fits some hundred values is tried on all.
    var sample: [Double] = []
    for batch in batches where sample.count < 512 {
      let column = batch.columns[ordinal]
      guard case .doubles(let list) = column.values else { continue }
      for row in 0..<min(256, batch.count) where !column.isNull(row) { sample.append(list[row]) }
    }
    for scale in 0...PackedForm.maxDoubleScale {
      let power = PackedForm.power(scale)
      if !sample.allSatisfy({ PackedForm.whole($0, power) != nil }) { continue }
      var values: [Int64] = []
      if append(ordinal, batches, to: &values, { PackedForm.whole($0, power) }) {
        return (.scaledDouble(scale: scale), values)
      }
      break
    }
    var values: [Int64] = []
    _ = append(ordinal, batches, to: &values) { Int64(bitPattern: $0.bitPattern) }
    return (.doubleBits, values)
  }

  /// False: a value has no number.
  private static func append(
    _ ordinal: Int, _ batches: [Batch], to values: inout [Int64], _ number: (Double) -> Int64?
  ) -> Bool {
    for batch in batches {
      let validity = batch.columns[ordinal].validity
      guard case .doubles(let list) = batch.columns[ordinal].values else { continue }
      for row in 0..<batch.count where validity?[row] ?? true {
        guard let value = number(list[row]) else { return false }
        values.append(value)
      }
    }
    return true
  }
}
