import VSQLDiagnostics
import VSQLSchema

/// Literals as values: what the text of a literal means for the type that its place gives it.
enum LiteralValues {
  /// An integer literal: INTEGER where it fits 64 bits, else DECIMAL.
  static func integer(_ digits: String, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    if let value = Int64(digits) { return Scalar(.constant(.integer(value)), type: .bigint, span: span) }
    return try decimal(digits, at: span)
  }

  /// `1.5`, `1e9`: a DECIMAL where 38 digits hold it, else a DOUBLE.
  static func decimal(_ text: String, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    if let value = Decimal(exactly: text) {
      return Scalar(.constant(.decimal(value)), type: .numeric, span: span)
    }
    if text.contains(where: { $0 == "e" || $0 == "E" }), let value = Double(text), value.isFinite {
      return Scalar(.constant(.double(value)), type: .double, span: span)
    }
    throw Diagnostic(
      .numericValueOutOfRange, "a number of more than \(DecimalShape.maxPrecision) digits", at: span)
  }
}

extension Decimal {
  /// The number that `text` writes (`-12.50`, `1e3`); nil when it is no number or 38 digits do not hold it.
  init?(exactly text: String) {
    var digits: UInt128 = 0
    var scale = 0
    var exponent = 0
    var seenPoint = false
    var seenDigit = false
    var isNegative = false
    var rest = Substring(text).utf8
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    while let byte = rest.first {
      if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { break }
      rest = rest.dropFirst()
      if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      seenDigit = true
      let (product, over) = digits.multipliedReportingOverflow(by: 10)
      let (sum, over2) = product.addingReportingOverflow(UInt128(byte - UInt8(ascii: "0")))
      if over || over2 { return nil }
      digits = sum
      if seenPoint { scale += 1 }
    }
    guard seenDigit else { return nil }
    if !rest.isEmpty {
      guard let value = Int(String(rest.dropFirst()) ?? ""), abs(value) < 100 else { return nil }
      exponent = value
    }
    scale -= exponent
    while scale < 0 {
      let (product, over) = digits.multipliedReportingOverflow(by: 10)
      if over { return nil }
      digits = product
      scale += 1
    }
    guard scale <= DecimalShape.maxPrecision, digits < 100_000_000_000_000_000_000_000_000_000_000_000_000
    else { return nil }
    let unscaled = Int128(digits)
    self.init(unscaled: isNegative ? -unscaled : unscaled, scale: UInt8(truncatingIfNeeded: scale))
  }

  /// The nearest DOUBLE.
  var approximate: Double {
    Double(scale == 0 ? "\(unscaled)" : "\(unscaled)e-\(scale)") ?? .nan
  }
}

/// Vectors from their written forms.
enum VectorLiterals {
  /// `[0.1, 0.2]`, `[1,2]`: FLOAT32 elements exactly as written, to the nearest.
  ///
  /// - Parameter expected: the dimension that the place demands; nil: any.
  /// - Throws: 22P02 for a bad form, 22000 for another dimension, 22003 for NaN, infinity or an element out of range.
  static func floats(_ text: String, expected: Int?, at span: SourceSpan?) throws(Diagnostic) -> VectorValue {
    let trimmed = trim(Substring(text))
    guard trimmed.first == "[", trimmed.last == "]", trimmed.utf8.count >= 2 else {
      throw Diagnostic(
        .invalidTextRepresentation, "a vector is written [x, y, …]", at: span)
    }
    let inner = trim(trimmed.dropFirst().dropLast())
    guard !inner.isEmpty else {
      throw Diagnostic(.dataException, "a vector must have at least 1 dimension", at: span)
    }
    var values: [Double] = []
    for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
      let word = trim(part)
      guard !word.isEmpty, !word.contains("x"), !word.contains("X"), let value = Double(word) else {
        throw Diagnostic(
          .invalidTextRepresentation, "element \(values.count + 1) of the vector is not a number", at: span)
      }
      values.append(value)
    }
    return try floats(values, expected: expected, at: span)
  }

  /// - Throws: as the text form does.
  static func floats(_ values: [Double], expected: Int?, at span: SourceSpan?) throws(Diagnostic)
    -> VectorValue
  {
    try check(dimension: values.count, expected: expected, at: span)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 4)
    for (index, value) in values.enumerated() {
      let element = Float(value)
      guard value.isFinite, element.isFinite else {
        let what = value.isNaN ? "NaN" : value.isInfinite ? "infinite" : "out of the range of FLOAT32"
        throw Diagnostic(.numericValueOutOfRange, "element \(index + 1) of the vector is \(what)", at: span)
      }
      let bits = element.bitPattern
      for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
    return VectorValue(shape: VectorShape(dimension: values.count, element: .float32), bytes: bytes)
  }

  /// `'1010'`: the first character is the first bit, the highest of the first byte.
  static func bits(_ text: String, expected: Int?, at span: SourceSpan?) throws(Diagnostic) -> VectorValue {
    let digits = Array(text.utf8)
    guard digits.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) else {
      throw Diagnostic(.invalidTextRepresentation, "a vector of bits is written with 0 and 1 only", at: span)
    }
    guard !digits.isEmpty else {
      throw Diagnostic(.dataException, "a vector must have at least 1 dimension", at: span)
    }
    try check(dimension: digits.count, expected: expected, at: span)
    var bytes = [UInt8](repeating: 0, count: (digits.count + 7) / 8)
    for (index, digit) in digits.enumerated() where digit == UInt8(ascii: "1") {
      bytes[index / 8] |= 0x80 >> UInt8(truncatingIfNeeded: index % 8)
    }
    return VectorValue(shape: VectorShape(dimension: digits.count, element: .bit), bytes: bytes)
  }

  static func check(dimension: Int, expected: Int?, at span: SourceSpan?) throws(Diagnostic) {
    if let expected, expected != dimension {
      throw Diagnostic(.dataException, "expected \(expected) dimensions, not \(dimension)", at: span)
    }
    if dimension > VectorShape.maxDimension {
      throw Diagnostic(
        .dataException, "a vector has at most \(VectorShape.maxDimension) dimensions, not \(dimension)",
        at: span)
    }
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return text
  }
}
