internal import Kernels
import VSQLDiagnostics
import VSQLSchema

extension CellBuffer {
  /// Forgets the elements of a vector that was not finished.
  mutating func beginVector() { elements.removeAll(keepingCapacity: true) }

  /// Takes the number in `from ..< to` as the next element.
  mutating func appendElement(
    _ number: NumberText, _ text: Span<UInt8>, from: Int, to: Int
  ) throws(CopyFault) {
    if let double = number.fastDouble {
      // A double half way between two floats may have been rounded to there: then one rounding from the text decides.
      if double.bitPattern & 0x1FFF_FFFF != 0x1000_0000 {
        let value = Float(double)
        if value.isFinite {
          elements.append(value)
          return
        }
      }
    }
    guard let value = Float(String(bytes: text.extracting(from..<to))), value.isFinite else {
      throw CopyFault(.numericValueOutOfRange, "an element is out of range for a vector")
    }
    elements.append(value)
  }

  /// Appends the vector whose elements were taken since `beginVector`.
  mutating func finishVector() throws(CopyFault) {
    guard case .vector(let shape) = type else {
      throw CopyFault(.invalidTextRepresentation, "expected \(type), found an array")
    }
    guard elements.count == shape.dimension else {
      throw CopyFault(
        .dataException, "expected \(shape.dimension) dimensions, found \(elements.count)")
    }
    switch shape.element {
    case .float32:
      bytes.append(elementBytes: elements)
    case .float16:
      if halves.count != elements.count { halves = [UInt16](repeating: 0, count: elements.count) }
      // Both arrays hold `elements.count` numbers.
      let isOver = unsafe vsql_f16_from_f32(elements, elements.count, &halves)
      guard isOver == 0 else {
        throw CopyFault(.numericValueOutOfRange, "an element is out of range for FLOAT16")
      }
      bytes.append(elementBytes: halves)
    case .bit:
      var packed = [UInt8](repeating: 0, count: shape.byteCount)
      for (index, element) in elements.enumerated() {
        guard element == 0 || element == 1 else {
          throw CopyFault(.invalidTextRepresentation, "expected 0 or 1 as an element of \(type)")
        }
        if element == 1 { packed[index >> 3] |= 0x80 >> UInt8(index & 7) }
      }
      bytes.append(contentsOf: packed)
    }
    finishValue()
  }

  /// Appends the vector that `[1, 2.5, …]` writes: pgvector's text form.
  mutating func appendVectorText(_ text: Span<UInt8>, shape: VectorShape) throws(CopyFault) {
    var scanner = JSONCursor(at: 0, end: text.count)
    scanner.skipSpace(text)
    guard scanner.isAt(UInt8(ascii: "["), text) else {
      throw CopyFault(.invalidTextRepresentation, "expected a vector in the form [1, 2, 3]")
    }
    try appendArray(text, &scanner, isJSON: false)
    scanner.skipSpace(text)
    guard scanner.at == text.count else {
      throw CopyFault(.invalidTextRepresentation, "expected nothing behind the vector's closing bracket")
    }
  }

  /// Appends the array of numbers that begins at the cursor, and moves the cursor behind it.
  mutating func appendArray(
    _ text: Span<UInt8>, _ cursor: inout JSONCursor, isJSON: Bool
  ) throws(CopyFault) {
    beginVector()
    cursor.at += 1
    cursor.skipSpace(text)
    if cursor.isAt(UInt8(ascii: "]"), text) {
      cursor.at += 1
      return try finishVector()
    }
    while true {
      cursor.skipSpace(text)
      let from = cursor.at
      guard let number = NumberText(text, from: from, to: cursor.end, isStrict: isJSON, end: &cursor.at)
      else {
        throw CopyFault(.invalidTextRepresentation, "expected a number as an element of a vector")
      }
      guard elements.count < VectorShape.maxDimension else {
        throw CopyFault(.dataException, "a vector has more than \(VectorShape.maxDimension) dimensions")
      }
      try appendElement(number, text, from: from, to: cursor.at)
      cursor.skipSpace(text)
      if cursor.isAt(UInt8(ascii: ","), text) {
        cursor.at += 1
      } else if cursor.isAt(UInt8(ascii: "]"), text) {
        cursor.at += 1
        return try finishVector()
      } else {
        throw CopyFault(.invalidTextRepresentation, "expected \",\" or \"]\" in a vector")
      }
    }
  }
}

extension [UInt8] {
  /// Appends numbers as they lie in memory (this machine is little-endian).
  mutating func append<Number: BitwiseCopyable>(elementBytes numbers: [Number]) {
    unsafe numbers.withUnsafeBytes { unsafe self.append(contentsOf: $0) }
  }
}
