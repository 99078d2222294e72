import VSQLDiagnostics
import VSQLSchema

/// `FORMAT jsonl`: one JSON object a line; lines of white space only are passed over.
package struct JSONLinesReader: CopyReader, ~Copyable {
  private var pieces: PieceBuffer
  private var parser: JSONRecordParser
  private var line = 0
  package private(set) var rowCount = 0

  /// - Throws: what opening `path` refuses.
  package init(path: String, target: CopyTarget, pieceBytes: Int = 1 << 20) throws(Diagnostic) {
    pieces = try PieceBuffer(file: try InputFile(path: path), pieceBytes: pieceBytes)
    parser = JSONRecordParser(target: target)
  }

  /// The part of the file that is read, 0 to 1; nil: unknown.
  package var fraction: Double? { pieces.fraction }

  /// - Returns: a column for each of the target's, of at most `limit` rows; nil at the file's end.
  /// - Throws: 22P04 for what is not JSON of the expected form, 22P02 and others for a cell; the message has the line.
  package mutating func next(limit: Int) throws(Diagnostic) -> [Column]? {
    var rows = 0
    while rows < limit, let end = try pieces.lineEnd() {
      line += 1
      if !isBlank(from: pieces.start, to: end) {
        // A second reference, released before `fill` writes: the window is never copied.
        let bytes = pieces.bytes
        do {
          try parser.parse(bytes.span, from: pieces.start, to: end)
        } catch {
          throw error.diagnostic(file: pieces.path, at: "line \(line)", column: parser.faultColumn)
        }
        rows += 1
      }
      pieces.advance(past: end)
    }
    guard rows > 0 else { return nil }
    rowCount += rows
    var columns: [Column] = []
    for index in parser.buffers.indices { columns.append(parser.buffers[index].takeColumn()) }
    return columns
  }

  private func isBlank(from: Int, to: Int) -> Bool {
    for index in from..<to {
      switch pieces.bytes[index] {
      case 0x20, 0x09, 0x0D: continue
      default: return false
      }
    }
    return true
  }
}
