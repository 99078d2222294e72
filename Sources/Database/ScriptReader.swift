internal import VSQLDiagnostics
internal import VSQLLexer

/// Cuts a script that arrives piece by piece into statements.
public struct ScriptReader: Sendable {
  private var splitter = StatementSplitter()
  /// Bytes fed and not yet passed by a statement, from the start of a line on.
  private var window: [UInt8] = []
  private var windowOffset = 0
  /// The number of the window's first line, from 1.
  private var windowLine = 1

  /// Before a script's first byte.
  public init() {}

  /// One statement of a script, and where it stands.
  public struct Statement: Hashable, Sendable {
    /// The statement, its semicolon included where it had one.
    public let text: String
    /// The number of its first line in the script, from 1.
    public let line: Int
    /// What stands before it on that line.
    public let linePrefix: String

    /// An error of this statement with the script's line and a caret under the place.
    public func rendered(_ error: VSQLError, script name: String) -> String {
      error.shifted(by: linePrefix.utf8.count)
        .rendered(source: linePrefix + text, name: name, firstLine: line)
    }
  }

  /// Takes the next bytes of the script in.
  public mutating func feed(_ bytes: [UInt8]) {
    window += bytes
    splitter.feed(bytes[...])
  }

  /// The next statement that is complete; nil: more must be fed.
  ///
  /// - Throws: when the statement is not UTF-8, or longer than any may be.
  public mutating func next() throws(VSQLError) -> Statement? {
    try atTheEdge { try splitter.next().map { place($0) } }
  }

  /// At the script's end: a last statement without its semicolon, or nil where only white space and comments remain.
  public mutating func finish() throws(VSQLError) -> Statement? {
    try atTheEdge { try splitter.finish().map { place($0) } }
  }

  /// An error of `next` or `finish`, which no statement came of, with the script's line and a caret under the place.
  public func rendered(_ error: VSQLError, script name: String) -> String {
    guard let position = error.position, position.lowerBound >= windowOffset else { return error.rendered() }
    let place = min(position.lowerBound - windowOffset, window.count)
    let newline = UInt8(ascii: "\n")
    let start = window[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = window[place...].firstIndex(of: newline) ?? window.count
    // A long line is shown from a little before the place on, or to a little behind it.
    let shown = max(start, place - 80)..<min(end, place + 80)
    return error.shifted(by: -(windowOffset + shown.lowerBound)).rendered(
      source: String(decoding: window[shown], as: UTF8.self), name: name,
      firstLine: windowLine + window[..<start].count { $0 == newline })
  }

  /// Whether what was fed so far ends in the middle of a statement, string or comment.
  public var isInsideStatement: Bool { splitter.pending != .blank }

  /// Finds the statement's line, and forgets the lines before its end.
  private mutating func place(_ piece: StatementSplitter.Piece) -> Statement {
    let start = min(max(0, piece.offset - windowOffset), window.count)
    let end = min(start + piece.text.utf8.count, window.count)
    let newline = UInt8(ascii: "\n")
    let lineStart = window[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let prefix = String(decoding: window[lineStart..<start], as: UTF8.self)
    let kept = window[..<end].lastIndex(of: newline).map { $0 + 1 } ?? 0
    windowLine += window[..<kept].count { $0 == newline }
    window.removeFirst(kept)
    windowOffset += kept
    return Statement(text: piece.text, line: piece.line, linePrefix: prefix)
  }
}
