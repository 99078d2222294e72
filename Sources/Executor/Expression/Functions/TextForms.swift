import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// lower, upper, initcap, reverse, chr and repeat.
enum TextForms {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let first = columns.first else { throw function.argumentFault(columns) }
    if function == .chr { return try chr(try first.int64Lane, type, strict) }
    let lane = try first.textLane
    let bytes = lane.list.bytes.span
    switch function {
    case .lower:
      return try strict.texts(type) { row, out throws(Diagnostic) in
        TextCase.appendLowered(bytes.extracting(lane.range(row)), to: &out)
      }
    case .upper:
      return try strict.texts(type) { row, out throws(Diagnostic) in
        TextCase.appendUppered(bytes.extracting(lane.range(row)), to: &out)
      }
    case .initcap:
      return try strict.texts(type) { row, out throws(Diagnostic) in
        appendWords(bytes.extracting(lane.range(row)), to: &out)
      }
    case .reverse:
      return try strict.texts(type) { row, out throws(Diagnostic) in
        appendReversed(bytes, lane.range(row), to: &out)
      }
    case .repeatText:
      guard columns.count == 2 else { throw function.argumentFault(columns) }
      let counts = try columns[1].int64Lane
      return try strict.texts(type) { row, out throws(Diagnostic) in
        let range = lane.range(row)
        let count = Int(clamping: max(counts[row], 0))
        guard !range.isEmpty, count > 0 else { return }
        let (total, isOver) = range.count.multipliedReportingOverflow(by: count)
        guard !isOver, total <= TextBuilder.maxBytes - min(out.count, TextBuilder.maxBytes) else {
          throw TextBuilder.tooLong
        }
        for _ in 0..<count { out.append(bytes: bytes.extracting(range)) }
      }
    default: throw function.argumentFault(columns)
    }
  }

  private static func chr(_ lane: Lane<Int64>, _ type: SQLType, _ strict: StrictArguments) throws(Diagnostic)
    -> Column
  {
    try strict.texts(type) { row, out throws(Diagnostic) in
      if lane[row] == 0 { throw Diagnostic(.programLimitExceeded, "null character not permitted") }
      guard let code = UInt32(exactly: lane[row]), let scalar = Unicode.Scalar(code) else {
        throw Diagnostic(.programLimitExceeded, "the requested character is not in Unicode")
      }
      out.append(contentsOf: String(Character(scalar)).utf8)
    }
  }

  private static func appendReversed(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) {
    var end = range.upperBound
    while end > range.lowerBound {
      var start = end - 1
      while start > range.lowerBound, UTF8Steps.isContinuation(bytes[start]) { start -= 1 }
      out.append(bytes: bytes.extracting(start..<end))
      end = start
    }
  }

  /// The first letter of each word in upper case, the others in lower; words are runs of letters and digits.
  private static func appendWords(_ text: Span<UInt8>, to out: inout [UInt8]) {
    var at = 0
    var isInWord = false
    while at < text.count {
      let end = min(at + UTF8Steps.length(text[at]), text.count)
      let character = text.extracting(at..<end)
      if isInWord {
        TextCase.appendLowered(character, to: &out)
      } else {
        TextCase.appendUppered(character, to: &out)
      }
      isInWord =
        TextCase.scalar(text, at..<end).map { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        ?? false
      at = end
    }
  }
}
