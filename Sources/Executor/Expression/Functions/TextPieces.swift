import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// substring, left, right, split_part and replace.
enum TextPieces {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard columns.count >= 2 else { throw function.argumentFault(columns) }
    let lane = try columns[0].textLane
    switch function {
    case .substring:
      let lengths = columns.count > 2 ? try columns[2].int64Lane : nil
      return try substring(
        lane, try columns[1].int64Lane, lengths, inBytes: columns[0].type == .blob, type, strict)
    case .left, .right: return try side(function, lane, try columns[1].int64Lane, type, strict)
    case .splitPart:
      guard columns.count == 3 else { throw function.argumentFault(columns) }
      return try splitPart(lane, try columns[1].textLane, try columns[2].int64Lane, type, strict)
    case .replace:
      guard columns.count == 3 else { throw function.argumentFault(columns) }
      return try replace(lane, try columns[1].textLane, try columns[2].textLane, type, strict)
    default: throw function.argumentFault(columns)
    }
  }

  /// Positions count from 1; what lies before it is counted, but gives nothing.
  private static func substring(
    _ lane: TextLane, _ starts: Lane<Int64>, _ lengths: Lane<Int64>?, inBytes: Bool, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    return try strict.texts(type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      var last = Int64.max
      if let lengths {
        guard lengths[row] >= 0 else {
          throw Diagnostic(.substringError, "negative substring length not allowed")
        }
        // The position behind the last; past 64 bits it is the text's end.
        let (end, isOver) = starts[row].addingReportingOverflow(lengths[row])
        last = isOver ? .max : end
      }
      let first = max(starts[row], 1)
      guard last > first else { return }
      let skipped = Int(clamping: first - 1)
      let taken = Int(clamping: last - first)
      if inBytes {
        let start = range.lowerBound + min(skipped, range.count)
        out.append(bytes: bytes.extracting(start..<start + min(taken, range.upperBound - start)))
        return
      }
      let start = UTF8Steps.advance(bytes, from: range.lowerBound, by: skipped, to: range.upperBound)
      let end = UTF8Steps.advance(bytes, from: start, by: taken, to: range.upperBound)
      out.append(bytes: bytes.extracting(start..<end))
    }
  }

  /// The first or last `count` characters; below zero all but as many of the other side.
  private static func side(
    _ function: ScalarFunction, _ lane: TextLane, _ counts: Lane<Int64>, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    return try strict.texts(type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      let count = Int(clamping: counts[row])
      let length = UTF8Steps.count(bytes, range)
      let kept = count >= 0 ? min(count, length) : max(0, length - Int(clamping: count.magnitude))
      let cut = UTF8Steps.advance(
        bytes, from: range.lowerBound, by: function == .left ? kept : length - kept, to: range.upperBound)
      out.append(bytes: bytes.extracting(function == .left ? range.lowerBound..<cut : cut..<range.upperBound))
    }
  }

  /// The n-th field between delimiters; below zero counted from the end.
  private static func splitPart(
    _ lane: TextLane, _ delimiters: TextLane, _ fields: Lane<Int64>, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    let needle = Needle(delimiters)
    return try strict.texts(type) { row, out throws(Diagnostic) in
      guard fields[row] != 0 else {
        throw Diagnostic(.invalidParameterValue, "field position must not be zero")
      }
      let range = lane.range(row)
      let delimiter = needle.bytes(row)
      if delimiter.isEmpty {
        if fields[row].magnitude == 1 { out.append(bytes: bytes.extracting(range)) }
        return
      }
      var wanted = Int(clamping: fields[row])
      if wanted < 0 {
        let (sum, isOver) = (count(delimiter, bytes, range) + 1).addingReportingOverflow(wanted + 1)
        guard !isOver, sum > 0 else { return }
        wanted = sum
      }
      var start = range.lowerBound
      while true {
        let end = NeedleSearch.first(delimiter, in: bytes, start..<range.upperBound)
        wanted -= 1
        if wanted == 0 { return out.append(bytes: bytes.extracting(start..<(end ?? range.upperBound))) }
        guard let end else { return }
        start = end + delimiter.count
      }
    }
  }

  private static func count(_ needle: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    var start = range.lowerBound
    while let found = NeedleSearch.first(needle, in: bytes, start..<range.upperBound) {
      count += 1
      start = found + needle.count
    }
    return count
  }

  private static func replace(
    _ lane: TextLane, _ sought: TextLane, _ replacements: TextLane, _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    let with = replacements.list.bytes.span
    let needle = Needle(sought)
    return try strict.texts(type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      let wanted = needle.bytes(row)
      var start = range.lowerBound
      if !wanted.isEmpty {
        while let found = NeedleSearch.first(wanted, in: bytes, start..<range.upperBound) {
          out.append(bytes: bytes.extracting(start..<found))
          out.append(bytes: with.extracting(replacements.range(row)))
          guard out.count <= TextBuilder.maxBytes else { throw TextBuilder.tooLong }
          start = found + wanted.count
        }
      }
      out.append(bytes: bytes.extracting(start..<range.upperBound))
    }
  }
}
