import VSQLDiagnostics
import VSQLSchema

extension CellBuffer {
  /// Appends the cell that `text` (whole, unescaped, any bytes) writes in the type's text form.
  mutating func appendText(_ text: Span<UInt8>) throws(CopyFault) {
    switch type {
    case .unknown, .text(maxLength: nil): try appendString(text)
    case .text(let limit?): try appendString(text, maxLength: limit)
    case .integer, .double, .decimal:
      var (start, end) = (0, text.count)
      while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
      while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
      try appendNumber(text, from: start, to: end, isJSON: false)
    case .date:
      if let days = CopyDate.days(text) {
        int32s.append(days)
        finishValue()
      } else {
        try appendParsed(text)
      }
    case .vector(let shape):
      if shape.element == .bit { try appendParsed(text) } else { try appendVectorText(text, shape: shape) }
    case .boolean, .blob, .timestamp, .timestamptz, .uuid: try appendParsed(text)
    }
  }

  /// Appends a TEXT cell: well-formed UTF-8 without NUL.
  private mutating func appendString(_ text: Span<UInt8>) throws(CopyFault) {
    guard UTF8Check.isText(text) else {
      throw CopyFault(.characterNotInRepertoire, "the text is not well-formed UTF-8, or holds a NUL")
    }
    bytes.append(bytes: text)
    try closeText()
  }

  private mutating func appendString(_ text: Span<UInt8>, maxLength: Int) throws(CopyFault) {
    var characters = 0
    for index in text.indices where text[index] & 0xC0 != 0x80 { characters += 1 }
    guard characters <= maxLength else {
      throw CopyFault(.stringDataRightTruncation, "the text is longer than \(maxLength) characters")
    }
    try appendString(text)
  }

  private mutating func closeText() throws(CopyFault) {
    guard let end = UInt32(exactly: bytes.count) else {
      throw CopyFault(.programLimitExceeded, "the texts of one batch are longer than 4 GiB")
    }
    offsets.append(end)
    finishValue()
  }

  /// The general way, by the text form that every type has: for types that files seldom hold.
  mutating func appendParsed(_ text: Span<UInt8>) throws(CopyFault) {
    let string = String(bytes: text)
    let value: Value
    do {
      value = try ValueCast.cast(.text(string), to: type, isAssignment: true)
    } catch {
      throw CopyFault(error.state, "expected \(article) \(type), found a text that is none", hint: error.hint)
    }
    try append(value)
  }

  private var article: String {
    switch type {
    case .integer(.bits64), .integer(.bits32): "an"
    default: "a"
    }
  }
}
