import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Functions of texts that give a number or a truth value.
enum TextMeasures {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let first = columns.first else { throw function.argumentFault(columns) }
    let lane = try first.textLane
    let bytes = lane.list.bytes.span
    switch function {
    case .length, .octetLength:
      let inBytes = function == .octetLength || first.type == .blob
      return try integers(type, strict) { row in
        let range = lane.range(row)
        return inBytes ? range.count : UTF8Steps.count(bytes, range)
      }
    case .ascii:
      return try integers(type, strict) { row in
        let range = lane.range(row)
        guard let start = range.first else { return 0 }
        let end = min(start + UTF8Steps.length(bytes[start]), range.upperBound)
        return TextCase.scalar(bytes, start..<end).map { Int($0.value) } ?? 0
      }
    case .strpos, .position, .startsWith:
      guard columns.count == 2 else { throw function.argumentFault(columns) }
      let other = try columns[1].textLane
      // position names what is sought first, the others last.
      let (text, sought) = function == .position ? (other, lane) : (lane, other)
      return try search(function, text, sought, type, strict)
    default: throw function.argumentFault(columns)
    }
  }

  private static func search(
    _ function: ScalarFunction, _ text: TextLane, _ sought: TextLane, _ type: SQLType,
    _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let bytes = text.list.bytes.span
    let needle = Needle(sought)
    if function == .startsWith {
      let flags = try Loops.mapSelected(strict.extent, strict.validity, fill: false) {
        row throws(Diagnostic) in
        let (range, wanted) = (text.range(row), needle.bytes(row))
        return range.count >= wanted.count && NeedleSearch.isAt(range.lowerBound, wanted, in: bytes)
      }
      return strict.column(type, .booleans(flags))
    }
    return try integers(type, strict) { row in
      let range = text.range(row)
      guard let found = NeedleSearch.first(needle.bytes(row), in: bytes, range) else { return 0 }
      return UTF8Steps.count(bytes, range.lowerBound..<found) + 1
    }
  }

  @inline(__always)
  private static func integers(
    _ type: SQLType, _ strict: StrictArguments, _ body: (Int) -> Int
  ) throws(Diagnostic) -> Column {
    var list = [Int64](repeating: 0, count: strict.extent.count)
    strict.extent.forEachSelected(strict.validity) { list[$0] = Int64(body($0)) }
    return strict.column(type, .int64s(list))
  }
}

/// A text argument that is nearly always a constant, as bytes of its own.
struct Needle {
  private let lane: TextLane
  private let constant: [UInt8]?

  init(_ lane: TextLane) {
    self.lane = lane
    constant = lane.isConstant ? Array(lane.list.bytes[lane.range(0)]) : nil
  }

  @inline(__always)
  func bytes(_ row: Int) -> [UInt8] { constant ?? Array(lane.list.bytes[lane.range(row)]) }
}
