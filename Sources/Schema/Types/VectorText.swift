import VSQLDiagnostics

/// Vectors as text writes them, pgvector's forms: `[1,2.5,-3e-05]` of floats, `0110` of bits.
package enum VectorText {
  /// Appends the packed bytes of the vector that `text` writes.
  ///
  /// - Throws: 22P02 for another form; 22000 for NaN, infinity or another dimension; 22003 for a number past the element's range.
  package static func parse(
    _ text: Span<UInt8>, shape: VectorShape, to out: inout [UInt8]
  ) throws(Diagnostic) {
    if shape.element == .bit { return try parseBits(text, shape: shape, to: &out) }
    let range = TextScanner.trimmed(text)
    guard range.count >= 2, text[range.lowerBound] == UInt8(ascii: "["),
      text[range.upperBound - 1] == UInt8(ascii: "]")
    else { throw syntaxError }
    var at = range.lowerBound + 1
    let end = range.upperBound - 1
    var count = 0
    var isAtEnd = false
    while !isAtEnd {
      let start = at
      while at < end, text[at] != UInt8(ascii: ",") { at += 1 }
      isAtEnd = at == end
      let element = text.extracting(start..<at)
      let inner = TextScanner.trimmed(element)
      if isAtEnd, count == 0, inner.isEmpty { break }
      count += 1
      if count <= shape.dimension { try append(element, inner, shape.element, to: &out) }
      at += 1
    }
    guard count == shape.dimension else { throw wrongDimension(count, expected: shape.dimension) }
  }

  package static func wrongDimension(_ found: Int, expected: Int) -> Diagnostic {
    Diagnostic(.dataException, "expected \(expected) dimensions, not \(found)")
  }

  private static var syntaxError: Diagnostic {
    Diagnostic(
      .invalidTextRepresentation, "invalid input syntax for type VECTOR",
      hint: "A vector is written as [0.1, 0.2].")
  }

  private static func append(
    _ text: Span<UInt8>, _ range: Range<Int>, _ element: VectorElement, to out: inout [UInt8]
  ) throws(Diagnostic) {
    guard NumberShape(text, range) != nil else {
      for word in ["nan", "inf", "infinity", "-inf", "-infinity", "+inf", "+infinity"] as [StaticString]
      where TextScanner.matches(text, range, word) {
        throw Diagnostic(.dataException, "NaN and infinity are not allowed in a vector")
      }
      throw syntaxError
    }
    // Read at the element's own width, so that it is rounded once.
    let string = String(bytes: text.extracting(range))
    switch element {
    case .float32:
      guard let value = Float(string), value.isFinite else { throw overflow(element) }
      append(value.bitPattern, to: &out)
    case .float16:
      guard let value = Float16(string), value.isFinite else { throw overflow(element) }
      append(value.bitPattern, to: &out)
    case .bit: throw syntaxError
    }
  }

  package static func overflow(_ element: VectorElement) -> Diagnostic {
    let name = element == .float16 ? "FLOAT16" : "FLOAT32"
    return Diagnostic(.numericValueOutOfRange, "a number is out of range for \(name)")
  }

  static func append(_ value: some FixedWidthInteger, to out: inout [UInt8]) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      out.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  private static func parseBits(
    _ text: Span<UInt8>, shape: VectorShape, to out: inout [UInt8]
  ) throws(Diagnostic) {
    guard text.count == shape.dimension else {
      for index in text.indices where text[index] != UInt8(ascii: "0") && text[index] != UInt8(ascii: "1") {
        throw bitSyntaxError
      }
      throw wrongDimension(text.count, expected: shape.dimension)
    }
    var byte: UInt8 = 0
    for index in text.indices {
      let bit = text[index] &- UInt8(ascii: "0")
      guard bit <= 1 else { throw bitSyntaxError }
      byte |= bit << UInt8(7 - index % 8)
      if index % 8 == 7 {
        out.append(byte)
        byte = 0
      }
    }
    if text.count % 8 != 0 { out.append(byte) }
  }

  private static var bitSyntaxError: Diagnostic {
    Diagnostic(.invalidTextRepresentation, "a vector of bits is written with the digits 0 and 1")
  }

  /// Appends the text of one vector, packed in `bytes`.
  package static func append(_ bytes: Span<UInt8>, shape: VectorShape, to out: inout [UInt8]) {
    switch shape.element {
    case .bit:
      for index in 0..<shape.dimension {
        out.append(UInt8(ascii: "0") + (bytes[index / 8] >> UInt8(7 - index % 8) & 1))
      }
    case .float32, .float16:
      out.append(UInt8(ascii: "["))
      for index in 0..<shape.dimension {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        DoubleText.append(element(bytes, index, shape.element), to: &out)
      }
      out.append(UInt8(ascii: "]"))
    }
  }

  /// Element `index` of a vector of floats.
  static func element(_ bytes: Span<UInt8>, _ index: Int, _ element: VectorElement) -> Float {
    if element == .float16 {
      return Float(Float16(bitPattern: UInt16(bytes[index * 2]) | UInt16(bytes[index * 2 + 1]) << 8))
    }
    var bits: UInt32 = 0
    for byte in 0..<4 { bits |= UInt32(bytes[index * 4 + byte]) << UInt32(8 * byte) }
    return Float(bitPattern: bits)
  }
}
