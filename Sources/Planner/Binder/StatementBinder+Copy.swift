import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// COPY … FROM: which columns the file fills, and its options.
extension StatementBinder {
  func bind(_ copy: Copy) throws(Diagnostic) -> BoundStatement.Kind {
    let table = try TableNames.writable(copy.table, in: catalog)
    let options = try CopyOptions(copy)
    var columns = try columnList(copy.columns, of: table)
    var vectors: BoundCopy.Vectors?
    if let source = copy.vectors {
      let ordinal = try vectorColumn(source.column, of: table)
      if options.format == .npy {
        throw Diagnostic(
          .invalidParameterValue, "VECTORS belongs to FORMAT csv or jsonl, not npy", at: source.column.span)
      }
      if !copy.columns.isEmpty, columns.contains(ordinal) {
        throw Diagnostic(
          .duplicateColumn, "column \"\(source.column.text)\" is filled by VECTORS and by the file",
          at: source.column.span)
      }
      columns.removeAll { $0 == ordinal }
      vectors = BoundCopy.Vectors(path: source.path, column: ordinal)
    }
    if options.format == .npy { columns = [try matrixColumn(copy, columns, of: table)] }
    let filled = columns + (vectors.map { [$0.column] } ?? [])
    state.need(.insert, on: .table(table.id, columns: filled.sorted()), name: table.name)
    state.need(.file, on: .database, name: "files of the server")
    return .copy(
      BoundCopy(
        table: table, columns: columns,
        defaults: try table.columns.map { (column) throws(Diagnostic) in try defaultValue(of: column) },
        path: copy.path, format: options.format, hasHeader: options.hasHeader, delimiter: options.delimiter,
        nullText: options.nullText, vectors: vectors))
  }

  private func vectorColumn(_ name: Name, of table: TableDefinition) throws(Diagnostic) -> Int {
    let ordinal = try column(name, of: table)
    guard let shape = table.columns[ordinal].type.vectorShape, shape.element != .bit else {
      throw Diagnostic(
        .datatypeMismatch,
        "column \"\(name.text)\" is of type \(table.columns[ordinal].type), expected a vector of FLOAT32 or FLOAT16",
        at: name.span)
    }
    return ordinal
  }

  /// A matrix fills one vector column: the one named, or the only one that there is.
  private func matrixColumn(_ copy: Copy, _ columns: [Int], of table: TableDefinition) throws(Diagnostic)
    -> Int
  {
    if copy.columns.count == 1 { return try vectorColumn(copy.columns[0], of: table) }
    let vectors = columns.filter { table.columns[$0].type.vectorShape.map { $0.element != .bit } ?? false }
    guard copy.columns.isEmpty, vectors.count == 1 else {
      throw Diagnostic(
        .invalidParameterValue, "FORMAT npy fills one vector column: name it", at: copy.pathSpan,
        hint: "COPY \(table.name) (embedding) FROM …")
    }
    return vectors[0]
  }
}

/// The options in COPY's parentheses, checked.
struct CopyOptions {
  private static let names = ["format", "header", "delimiter", "null"]

  var format: BoundCopy.Format
  var hasHeader = true
  var delimiter = UInt8(ascii: ",")
  var nullText = ""

  init(_ copy: Copy) throws(Diagnostic) {
    var seen: Set<String> = []
    var format: BoundCopy.Format?
    for option in copy.options {
      let name = option.name.text
      guard Self.names.contains(name) else {
        throw Diagnostic(
          .syntaxError, "COPY has no option \"\(name)\"", at: option.name.span,
          label: Suggestion.label(for: name, in: Self.names + ["vectors"]))
      }
      guard seen.insert(name).inserted else {
        throw Diagnostic(.syntaxError, "option \"\(name)\" is given more than once", at: option.name.span)
      }
      switch name {
      case "format": format = try Self.format(option.value)
      case "header": hasHeader = try Self.flag(option.value, name)
      case "delimiter": delimiter = try Self.delimiter(option.value)
      default: nullText = try Self.word(option.value, name)
      }
    }
    guard let format = format ?? Self.format(ofPath: copy.path) else {
      throw Diagnostic(
        .syntaxError, "the format of the file is not known: say FORMAT csv, jsonl or npy", at: copy.pathSpan)
    }
    if format != .csv {
      for option in copy.options where ["header", "delimiter", "null"].contains(option.name.text) {
        throw Diagnostic(
          .syntaxError, "option \"\(option.name.text)\" belongs to FORMAT csv, not \(format.rawValue)",
          at: option.name.span)
      }
    }
    self.format = format
  }

  private static func format(_ value: Expression) throws(Diagnostic) -> BoundCopy.Format {
    let text = try word(value, "format")
    if let format = BoundCopy.Format(rawValue: text.lowercased()) { return format }
    let known = BoundCopy.Format.allCases.map(\.rawValue)
    throw Diagnostic(
      .invalidParameterValue, "COPY has no format \"\(text)\", expected \(known.joined(separator: ", "))",
      at: value.span, label: Suggestion.label(for: text, in: known))
  }

  private static func format(ofPath path: String) -> BoundCopy.Format? {
    let lower = path.lowercased()
    if lower.hasSuffix(".ndjson") { return .jsonl }
    return BoundCopy.Format.allCases.first { lower.hasSuffix(".\($0.rawValue)") }
  }

  private static func flag(_ value: Expression, _ name: String) throws(Diagnostic) -> Bool {
    switch value.kind {
    case .literal(.boolean(let flag)): return flag
    case .literal(.integer("1")): return true
    case .literal(.integer("0")): return false
    default:
      switch try? word(value, name).lowercased() {
      case "true", "on": return true
      case "false", "off": return false
      default:
        throw Diagnostic(.invalidParameterValue, "option \"\(name)\" is TRUE or FALSE", at: value.span)
      }
    }
  }

  private static func delimiter(_ value: Expression) throws(Diagnostic) -> UInt8 {
    let bytes = Array(try word(value, "delimiter").utf8)
    guard bytes.count == 1, let byte = bytes.first, byte < 0x80, byte != UInt8(ascii: "\n"),
      byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "\"")
    else {
      throw Diagnostic(
        .invalidParameterValue, "the delimiter is one ASCII character, not a quote or a line end",
        at: value.span)
    }
    return byte
  }

  /// A literal in quotes, or a bare word.
  private static func word(_ value: Expression, _ name: String) throws(Diagnostic) -> String {
    switch value.kind {
    case .literal(.string(let text)): return text
    case .column(let parts) where parts.count == 1: return parts[0].text
    default: throw Diagnostic(.syntaxError, "option \"\(name)\" needs a word or a text", at: value.span)
    }
  }
}
