import VSQLDiagnostics
import VSQLSchema

/// Reads the fields of CSV records into typed columns, by position.
struct CSVRecordParser {
  private let target: CopyTarget
  let form: CSVReader.Form
  private let nullBytes: [UInt8]
  var buffers: [CellBuffer]
  /// By field of a record: the column that it fills.
  private var order: [Int]
  /// Columns that no field fills.
  private var unfilled: [Int] = []
  private(set) var record = CSVRecord()
  private var scratch: [UInt8] = []
  /// The column at fault, for the message.
  private(set) var faultColumn: String?

  init(target: CopyTarget, form: CSVReader.Form) {
    self.target = target
    self.form = form
    nullBytes = Array(form.nullText.utf8)
    buffers = target.columns.map { CellBuffer(type: $0.type) }
    order = Array(target.columns.indices)
  }

  /// Finds the fields of the record that begins at `start`; `isLast`: nothing follows `limit`.
  mutating func scan(
    _ text: Span<UInt8>, from start: Int, to limit: Int, isLast: Bool
  ) throws(CopyFault) -> CSVRecord.Outcome {
    faultColumn = nil
    return try record.scan(text, from: start, to: limit, delimiter: form.delimiter, isLast: isLast)
  }

  /// Appends the record that was found last, a cell to every column.
  mutating func append(_ text: Span<UInt8>) throws(CopyFault) {
    faultColumn = nil
    guard record.fields.count == order.count else {
      throw CopyFault(.badCopyFileFormat, "expected \(order.count) fields, found \(record.fields.count)")
    }
    for position in order.indices {
      let column = order[position]
      faultColumn = target.columns[column].name
      try append(record.fields[position], of: text, to: column)
    }
    for column in unfilled {
      faultColumn = target.columns[column].name
      try buffers[column].append(try target.columns[column].drawDefault())
    }
    faultColumn = nil
  }

  private mutating func append(
    _ field: CSVRecord.Field, of text: Span<UInt8>, to column: Int
  ) throws(CopyFault) {
    if field.isQuoted {
      scratch.removeAll(keepingCapacity: true)
      CSVRecord.unquote(field, text, into: &scratch)
      let unquoted = scratch
      return try buffers[column].appendText(unquoted.span)
    }
    if isNull(text, field) { return buffers[column].appendNull() }
    try buffers[column].appendText(text.extracting(field.start..<field.end))
  }

  private func isNull(_ text: Span<UInt8>, _ field: CSVRecord.Field) -> Bool {
    guard field.end - field.start == nullBytes.count else { return false }
    for index in nullBytes.indices where text[field.start + index] != nullBytes[index] { return false }
    return true
  }

  /// Takes the record that was found last as the names of the columns, which may stand in any order and be fewer
  /// than the target's.
  mutating func takeHeader(_ text: Span<UInt8>) throws(CopyFault) {
    let known = target.columns.map(\.name)
    var found: [Int] = []
    for field in record.fields {
      var bytes: [UInt8] = []
      CSVRecord.unquote(field, text, into: &bytes)
      let name = String(decoding: bytes.prefix(100), as: UTF8.self)
      guard let column = known.firstIndex(of: name) else {
        throw CopyFault(
          .badCopyFileFormat,
          "\"\(name)\" is not among the columns that COPY fills of table \"\(target.tableName)\"",
          hint: Suggestion.closest(to: name, in: known).map { "Did you mean \"\($0)\"?" }
            ?? "The columns are \(known.joined(separator: ", ")); HEADER false says that there is no header.")
      }
      guard !found.contains(column) else {
        throw CopyFault(.badCopyFileFormat, "the header names \"\(name)\" twice")
      }
      found.append(column)
    }
    order = found
    unfilled = target.columns.indices.filter { !found.contains($0) }
  }
}
