import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Trimming and padding.
enum TextEdges {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let first = columns.first else { throw function.argumentFault(columns) }
    let lane = try first.textLane
    switch function {
    case .trimBoth, .trimLeft, .trimRight:
      return try trim(function, lane, try extra(columns, 1), type, strict)
    case .leftPad, .rightPad:
      guard columns.count >= 2 else { throw function.argumentFault(columns) }
      return try pad(
        lane, try columns[1].int64Lane, try extra(columns, 2), isLeft: function == .leftPad, type, strict)
    default: throw function.argumentFault(columns)
    }
  }

  /// An optional text argument, a blank when it is not there.
  private static func extra(_ columns: [Column], _ index: Int) throws(Diagnostic) -> TextLane {
    if columns.count > index { return try columns[index].textLane }
    return TextLane(TextValues(offsets: [0, 1], bytes: [UInt8(ascii: " ")]), isConstant: true)
  }

  private static func trim(
    _ function: ScalarFunction, _ lane: TextLane, _ characters: TextLane, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    let set = characters.list.bytes.span
    return try strict.texts(type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      let trimmed = characters.range(row)
      var (start, end) = (range.lowerBound, range.upperBound)
      if function != .trimRight {
        while start < end {
          let next = min(start + UTF8Steps.length(bytes[start]), end)
          guard contains(set, trimmed, bytes, start..<next) else { break }
          start = next
        }
      }
      if function != .trimLeft {
        while end > start {
          var previous = end - 1
          while previous > start, UTF8Steps.isContinuation(bytes[previous]) { previous -= 1 }
          guard contains(set, trimmed, bytes, previous..<end) else { break }
          end = previous
        }
      }
      out.append(bytes: bytes.extracting(start..<end))
    }
  }

  /// Whether the characters of `set` in `range` have the one that `bytes` holds at `character`.
  private static func contains(
    _ set: Span<UInt8>, _ range: Range<Int>, _ bytes: Span<UInt8>, _ character: Range<Int>
  ) -> Bool {
    var at = range.lowerBound
    while at < range.upperBound {
      let end = min(at + UTF8Steps.length(set[at]), range.upperBound)
      if end - at == character.count {
        var isSame = true
        for index in 0..<character.count where set[at + index] != bytes[character.lowerBound + index] {
          isSame = false
        }
        if isSame { return true }
      }
      at = end
    }
    return false
  }

  /// A text that is too long is cut at its end, on either side; one without filling stays as it is.
  private static func pad(
    _ lane: TextLane, _ lengths: Lane<Int64>, _ filling: TextLane, isLeft: Bool, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = lane.list.bytes.span
    let fill = filling.list.bytes.span
    return try strict.texts(type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      let wanted = Int(clamping: max(lengths[row], 0))
      let length = UTF8Steps.count(bytes, range)
      if wanted <= length {
        let end = UTF8Steps.advance(bytes, from: range.lowerBound, by: wanted, to: range.upperBound)
        out.append(bytes: bytes.extracting(range.lowerBound..<end))
        return
      }
      let unit = filling.range(row)
      if !isLeft { out.append(bytes: bytes.extracting(range)) }
      if !unit.isEmpty {
        guard wanted - length <= (TextBuilder.maxBytes - min(out.count, TextBuilder.maxBytes)) / 4 else {
          throw TextBuilder.tooLong
        }
        var missing = wanted - length
        let unitLength = UTF8Steps.count(fill, unit)
        while missing > 0 {
          let taken = min(missing, unitLength)
          let end = UTF8Steps.advance(fill, from: unit.lowerBound, by: taken, to: unit.upperBound)
          out.append(bytes: fill.extracting(unit.lowerBound..<end))
          missing -= taken
        }
      }
      if isLeft { out.append(bytes: bytes.extracting(range)) }
    }
  }
}
