import VSQLDiagnostics
import VSQLSchema

extension CellBuffer {
  /// Appends the number that stands in `from ..< to` to a column of numbers, exactly or as the type rounds.
  ///
  /// - Parameter isJSON: JSON's grammar, where `1.0` and `1e3` are whole numbers too.
  mutating func appendNumber(
    _ text: Span<UInt8>, from: Int, to: Int, isJSON: Bool
  ) throws(CopyFault) {
    var end = from
    guard let number = NumberText(text, from: from, to: to, isStrict: isJSON, end: &end), end == to else {
      return try appendParsed(text.extracting(from..<to))
    }
    try appendNumber(number, text, from: from, to: to, isJSON: isJSON)
  }

  /// Appends `number`, which was read from `from ..< to`.
  mutating func appendNumber(
    _ number: NumberText, _ text: Span<UInt8>, from: Int, to: Int, isJSON: Bool
  ) throws(CopyFault) {
    switch type {
    case .integer(let range): try appendInteger(number, range, allowsPoint: isJSON)
    case .double: try appendDouble(number, text.extracting(from..<to))
    case .decimal(let shape): try appendDecimal(number, shape, text.extracting(from..<to))
    case .unknown, .boolean, .text, .blob, .date, .timestamp, .timestamptz, .uuid, .vector:
      throw CopyFault(.invalidTextRepresentation, "expected \(type), found a number")
    }
  }

  private mutating func appendInteger(
    _ number: NumberText, _ range: IntegerRange, allowsPoint: Bool
  ) throws(CopyFault) {
    if !allowsPoint, number.exponent != 0, number.isWhole {
      throw CopyFault(.invalidTextRepresentation, "expected a whole number for \(type)")
    }
    switch number.whole {
    case .value(let value) where range.bounds.contains(value):
      int64s.append(value)
      finishValue()
    case .value, .outOfRange:
      throw CopyFault(.numericValueOutOfRange, "the number is out of range for \(type)")
    case .hasFraction:
      throw CopyFault(.invalidTextRepresentation, "expected a whole number for \(type), found a fraction")
    }
  }

  private mutating func appendDouble(_ number: NumberText, _ text: Span<UInt8>) throws(CopyFault) {
    if let value = number.fastDouble {
      doubles.append(value)
      return finishValue()
    }
    guard let value = Double(String(bytes: text)), value.isFinite, value != 0 || number.digits == 0 else {
      throw CopyFault(.numericValueOutOfRange, "the number is out of range for DOUBLE")
    }
    doubles.append(value)
    finishValue()
  }

  private mutating func appendDecimal(
    _ number: NumberText, _ shape: DecimalShape?, _ text: Span<UInt8>
  ) throws(CopyFault) {
    let written = number.exponent < 0 ? -number.exponent : 0
    let scale = shape.map { Int($0.scale) } ?? written
    // The common case: no digit is lost, and the digits fit 18 places after the shift.
    let shift = scale + number.exponent
    guard number.isWhole, shift >= 0, shift <= 18, scale <= DecimalShape.maxPrecision,
      let unscaled = CellBuffer.shifted(number, by: shift),
      shape.map({ unscaled.magnitude < CellBuffer.power(of: Int($0.precision)) }) ?? true
    else { return try appendParsed(text) }
    decimals.append(Decimal(unscaled: unscaled, scale: UInt8(scale)))
    finishValue()
  }

  private static func shifted(_ number: NumberText, by shift: Int) -> Int128? {
    let magnitude = UInt128(number.digits) * power(of: shift)
    guard magnitude < power(of: DecimalShape.maxPrecision) else { return nil }
    return number.isNegative ? -Int128(magnitude) : Int128(magnitude)
  }

  /// 10^`exponent`, for 0 to 38.
  private static func power(of exponent: Int) -> UInt128 {
    var value: UInt128 = 1
    for _ in 0..<min(exponent, DecimalShape.maxPrecision) { value *= 10 }
    return value
  }
}
