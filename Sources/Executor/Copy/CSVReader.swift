import VSQLDiagnostics
import VSQLSchema

/// `FORMAT csv`: RFC 4180, with or without a header line that names the columns.
package struct CSVReader: CopyReader, ~Copyable {
  /// How the file is written.
  package struct Form: Sendable {
    package var hasHeader: Bool
    package var delimiter: UInt8
    /// An unquoted field of this text is NULL.
    package var nullText: String

    package init(hasHeader: Bool = true, delimiter: UInt8 = UInt8(ascii: ","), nullText: String = "") {
      self.hasHeader = hasHeader
      self.delimiter = delimiter
      self.nullText = nullText
    }
  }

  private var pieces: PieceBuffer
  private var parser: CSVRecordParser
  /// Of the next record.
  private var line = 1
  private var isHeaderPending: Bool
  package private(set) var rowCount = 0

  /// - Throws: what opening `path` refuses.
  package init(
    path: String, target: CopyTarget, form: Form, pieceBytes: Int = 1 << 20
  ) throws(Diagnostic) {
    pieces = try PieceBuffer(file: try InputFile(path: path), pieceBytes: pieceBytes)
    parser = CSVRecordParser(target: target, form: form)
    isHeaderPending = form.hasHeader
  }

  package var fraction: Double? { pieces.fraction }

  /// - Returns: a column for each of the target's, of at most `limit` rows; nil at the file's end.
  /// - Throws: 22P04 for what is no CSV of the expected form, 22P02 and others for a cell; the message has the line.
  package mutating func next(limit: Int) throws(Diagnostic) -> [Column]? {
    if isHeaderPending { try readHeader() }
    var rows = 0
    while rows < limit, let end = try nextRecord() {
      // A second reference, released before `fill` writes: the window is never copied.
      let bytes = pieces.bytes
      do throws(CopyFault) {
        try parser.append(bytes.span)
      } catch {
        throw error.diagnostic(file: pieces.path, at: "line \(line)", column: parser.faultColumn)
      }
      rows += 1
      advance(to: end)
    }
    guard rows > 0 else { return nil }
    rowCount += rows
    var columns: [Column] = []
    for index in parser.buffers.indices { columns.append(parser.buffers[index].takeColumn()) }
    return columns
  }

  /// Finds the fields of the next record; nil at the file's end.
  private mutating func nextRecord() throws(Diagnostic) -> Int? {
    while true {
      if pieces.isAtEnd, pieces.start == pieces.end { return nil }
      do throws(CopyFault) {
        let bytes = pieces.bytes
        let outcome = try parser.scan(
          bytes.span, from: pieces.start, to: pieces.end, isLast: pieces.isAtEnd)
        if case .ends(let end) = outcome { return end }
      } catch {
        throw error.diagnostic(file: pieces.path, at: "line \(line)", column: nil)
      }
      try pieces.fill()
    }
  }

  private mutating func advance(to end: Int) {
    line += parser.record.innerLines + 1
    pieces.advance(to: end)
  }

  private mutating func readHeader() throws(Diagnostic) {
    guard let end = try nextRecord() else {
      throw Diagnostic(.badCopyFileFormat, "\"\(pieces.path)\": expected a header line, found an empty file")
    }
    do throws(CopyFault) {
      let bytes = pieces.bytes
      try parser.takeHeader(bytes.span)
    } catch {
      throw error.diagnostic(file: pieces.path, at: "line \(line)", column: nil)
    }
    advance(to: end)
    isHeaderPending = false
  }
}
