import VSQLDiagnostics

/// Where the fields of one CSV record lie (RFC 4180; quotes as PostgreSQL's CSV has them).
struct CSVRecord {
  struct Field {
    var start: Int
    var end: Int
    /// A quote stands in the field, so it is no NULL, and its text must be unquoted.
    var isQuoted: Bool
  }

  private(set) var fields: [Field] = []
  /// Newlines inside the record, its end not counted.
  private(set) var innerLines = 0

  enum Outcome {
    /// The record ends before this position, which is behind its newline.
    case ends(at: Int)
    /// More of the file is needed.
    case needsMore
  }

  /// Finds the fields of the record that begins at `start`.
  ///
  /// - Parameter isLast: nothing follows `limit`.
  mutating func scan(
    _ text: Span<UInt8>, from start: Int, to limit: Int, delimiter: UInt8, isLast: Bool
  ) throws(CopyFault) -> Outcome {
    fields.removeAll(keepingCapacity: true)
    innerLines = 0
    var index = start
    var field = Field(start: start, end: start, isQuoted: false)
    var isInQuotes = false
    while index < limit {
      let byte = text[index]
      if isInQuotes {
        if byte == UInt8(ascii: "\"") {
          // A doubled quote closes and opens again: the same as standing inside.
          isInQuotes = false
        } else if byte == 0x0A {
          innerLines += 1
        }
      } else if byte == UInt8(ascii: "\"") {
        isInQuotes = true
        field.isQuoted = true
      } else if byte == delimiter {
        field.end = index
        fields.append(field)
        field = Field(start: index + 1, end: index + 1, isQuoted: false)
      } else if byte == 0x0A {
        close(&field, at: index, text)
        return .ends(at: index + 1)
      } else if byte == 0x0D {
        guard index + 1 < limit || isLast else { return .needsMore }
        guard index + 1 >= limit || text[index + 1] == 0x0A else {
          throw CopyFault(.badCopyFileFormat, "a carriage return stands unquoted in a field")
        }
      }
      index += 1
    }
    guard isLast else { return .needsMore }
    guard !isInQuotes else { throw CopyFault(.badCopyFileFormat, "a quoted field is not closed") }
    close(&field, at: limit, text)
    return .ends(at: limit)
  }

  private mutating func close(_ field: inout Field, at end: Int, _ text: Span<UInt8>) {
    field.end = end > field.start && text[end - 1] == 0x0D ? end - 1 : end
    fields.append(field)
  }

  /// Appends the text of `field` without its quotes.
  static func unquote(_ field: Field, _ text: Span<UInt8>, into out: inout [UInt8]) {
    var index = field.start
    var isInQuotes = false
    while index < field.end {
      let byte = text[index]
      if byte == UInt8(ascii: "\"") {
        if isInQuotes, index + 1 < field.end, text[index + 1] == UInt8(ascii: "\"") {
          out.append(byte)
          index += 2
          continue
        }
        isInQuotes.toggle()
      } else {
        out.append(byte)
      }
      index += 1
    }
  }
}
