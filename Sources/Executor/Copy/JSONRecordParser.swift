import VSQLDiagnostics
import VSQLSchema

/// Reads one JSON object a line into typed columns, by name.
///
/// Objects of one file nearly always name their keys in one order, so the key expected next is compared first.
struct JSONRecordParser {
  private let target: CopyTarget
  private let names: [[UInt8]]
  var buffers: [CellBuffer]
  /// By column: the record in which it was last filled.
  private var filledIn: [Int]
  private var record = 0
  /// By position in the object: the column that the last object named there.
  private var order: [Int] = []
  private var scratch: [UInt8] = []
  /// The column at fault, for the message.
  private(set) var faultColumn: String?

  init(target: CopyTarget) {
    self.target = target
    names = target.columns.map { Array($0.name.utf8) }
    buffers = target.columns.map { CellBuffer(type: $0.type) }
    filledIn = Array(repeating: 0, count: target.columns.count)
  }

  /// Appends the object that stands in `from ..< to`, a cell to every column.
  mutating func parse(_ text: Span<UInt8>, from: Int, to: Int) throws(CopyFault) {
    record += 1
    faultColumn = nil
    var cursor = JSONCursor(at: from, end: to)
    cursor.skipSpace(text)
    guard cursor.isAt(UInt8(ascii: "{"), text) else {
      throw CopyFault(.badCopyFileFormat, "expected a JSON object, one a line")
    }
    cursor.at += 1
    cursor.skipSpace(text)
    if cursor.isAt(UInt8(ascii: "}"), text) {
      cursor.at += 1
    } else {
      try parseMembers(text, &cursor)
    }
    cursor.skipSpace(text)
    guard cursor.at == to else {
      throw CopyFault(.badCopyFileFormat, "expected the end of the line behind the JSON object")
    }
    for column in buffers.indices where filledIn[column] != record {
      faultColumn = target.columns[column].name
      try buffers[column].append(try target.columns[column].drawDefault())
    }
    faultColumn = nil
  }

  private mutating func parseMembers(_ text: Span<UInt8>, _ cursor: inout JSONCursor) throws(CopyFault) {
    var position = 0
    while true {
      cursor.skipSpace(text)
      let column = try parseKey(text, &cursor, position)
      faultColumn = target.columns[column].name
      guard filledIn[column] != record else {
        throw CopyFault(.badCopyFileFormat, "the object names the key twice")
      }
      filledIn[column] = record
      cursor.skipSpace(text)
      guard cursor.isAt(UInt8(ascii: ":"), text) else {
        throw CopyFault(.badCopyFileFormat, "expected \":\" behind a key")
      }
      cursor.at += 1
      cursor.skipSpace(text)
      try parseValue(text, &cursor, into: column)
      faultColumn = nil
      cursor.skipSpace(text)
      if cursor.isAt(UInt8(ascii: ","), text) {
        cursor.at += 1
        position += 1
      } else if cursor.isAt(UInt8(ascii: "}"), text) {
        cursor.at += 1
        return
      } else {
        throw CopyFault(.badCopyFileFormat, "expected \",\" or \"}\" in a JSON object")
      }
    }
  }

  /// Reads a key and gives its column.
  private mutating func parseKey(
    _ text: Span<UInt8>, _ cursor: inout JSONCursor, _ position: Int
  ) throws(CopyFault) -> Int {
    guard cursor.isAt(UInt8(ascii: "\""), text) else {
      throw CopyFault(.badCopyFileFormat, "expected a key in double quotes")
    }
    let from = cursor.at + 1
    let (to, hasEscape) = try JSONString.close(text, from: cursor.at, to: cursor.end)
    cursor.at = to + 1
    if !hasEscape, position < order.count, matches(text, from, to, order[position]) { return order[position] }
    let found = try column(named: text, from, to, hasEscape)
    if position < order.count {
      order[position] = found
    } else if position == order.count {
      order.append(found)
    }
    return found
  }

  private func matches(_ text: Span<UInt8>, _ from: Int, _ to: Int, _ column: Int) -> Bool {
    let name = names[column]
    guard name.count == to - from else { return false }
    for index in name.indices where name[index] != text[from + index] { return false }
    return true
  }

  private func column(
    named text: Span<UInt8>, _ from: Int, _ to: Int, _ hasEscape: Bool
  ) throws(CopyFault) -> Int {
    var key: [UInt8] = []
    try JSONString.decode(text, from: from, to: to, into: &key)
    if let column = names.firstIndex(of: key) { return column }
    let name = String(decoding: key.prefix(100), as: UTF8.self)
    let known = target.columns.map(\.name)
    let near = Suggestion.closest(to: name, in: known)
    throw CopyFault(
      .badCopyFileFormat,
      "key \"\(name)\" is not among the columns that COPY fills of table \"\(target.tableName)\"",
      hint: near.map { "Did you mean \"\($0)\"?" }
        ?? "Leave the key out of the file, or add a column of that name; the columns are \(known.joined(separator: ", "))."
    )
  }

  private mutating func parseValue(
    _ text: Span<UInt8>, _ cursor: inout JSONCursor, into column: Int
  ) throws(CopyFault) {
    guard cursor.at < cursor.end else {
      throw CopyFault(.badCopyFileFormat, "the line ends before its object does")
    }
    switch text[cursor.at] {
    case UInt8(ascii: "\""):
      let from = cursor.at + 1
      let (to, hasEscape) = try JSONString.close(text, from: cursor.at, to: cursor.end)
      cursor.at = to + 1
      if hasEscape {
        scratch.removeAll(keepingCapacity: true)
        try JSONString.decode(text, from: from, to: to, into: &scratch)
        let decoded = scratch
        try buffers[column].appendText(decoded.span)
      } else {
        try buffers[column].appendText(text.extracting(from..<to))
      }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try parseNumber(text, &cursor, into: column)
    case UInt8(ascii: "n"):
      guard cursor.take("null", text) else { throw Self.notAValue }
      buffers[column].appendNull()
    case UInt8(ascii: "t"):
      guard cursor.take("true", text) else { throw Self.notAValue }
      try appendTruth(true, column)
    case UInt8(ascii: "f"):
      guard cursor.take("false", text) else { throw Self.notAValue }
      try appendTruth(false, column)
    case UInt8(ascii: "["):
      guard case .vector = buffers[column].type else {
        throw CopyFault(.invalidTextRepresentation, "expected \(buffers[column].type), found a JSON array")
      }
      try buffers[column].appendArray(text, &cursor, isJSON: true)
    case UInt8(ascii: "{"):
      throw CopyFault(.invalidTextRepresentation, "expected \(buffers[column].type), found a JSON object")
    default: throw Self.notAValue
    }
  }

  private mutating func parseNumber(
    _ text: Span<UInt8>, _ cursor: inout JSONCursor, into column: Int
  ) throws(CopyFault) {
    let from = cursor.at
    switch buffers[column].type {
    case .integer, .double, .decimal:
      // The number's end is found by reading it; a second reading would cost as much again.
      guard let number = NumberText(text, from: from, to: cursor.end, isStrict: true, end: &cursor.at) else {
        throw Self.notAValue
      }
      try buffers[column].appendNumber(number, text, from: from, to: cursor.at, isJSON: true)
    case .unknown, .text, .boolean, .blob, .date, .timestamp, .timestamptz, .uuid, .vector:
      guard NumberText(text, from: from, to: cursor.end, isStrict: true, end: &cursor.at) != nil else {
        throw Self.notAValue
      }
      guard case .text = buffers[column].type else {
        throw CopyFault(.invalidTextRepresentation, "expected \(buffers[column].type), found a JSON number")
      }
      try buffers[column].appendText(text.extracting(from..<cursor.at))
    }
  }

  private mutating func appendTruth(_ value: Bool, _ column: Int) throws(CopyFault) {
    switch buffers[column].type {
    case .boolean: try buffers[column].append(.boolean(value))
    case .text: try buffers[column].append(.text(value ? "true" : "false"))
    case .unknown, .integer, .double, .decimal, .blob, .date, .timestamp, .timestamptz, .uuid, .vector:
      throw CopyFault(.invalidTextRepresentation, "expected \(buffers[column].type), found a JSON boolean")
    }
  }

  private static var notAValue: CopyFault {
    CopyFault(.badCopyFileFormat, "expected a JSON value")
  }
}
