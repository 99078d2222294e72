import VSQLDiagnostics

/// A script that arrives piece by piece, cut into statements at its semicolons.
///
/// Bytes go in by `feed` as they come, statements come out by `next` as soon as their semicolon is there, `finish`
/// gives what the end of the script left. Semicolons in strings, quoted names, dollar quotes and comments
/// do not count. Each byte is looked at once, however the script is cut into chunks.
package struct StatementSplitter: Sendable {
  /// One statement, its semicolon included where it had one.
  package struct Piece: Hashable, Sendable {
    /// From its first byte that is not white space; comments before the statement belong to it.
    package let text: String
    /// Where the text begins in the whole script, in bytes: diagnostics are shifted by it.
    package let offset: Int
    /// The number of the text's first line, from 1.
    package let line: Int
  }

  /// What the script has been in the middle of since the last whole statement.
  package enum Pending: Hashable, Sendable {
    /// White space and whole comments.
    case blank
    case statement
    case string
    case quotedName
    case dollarString
    case comment
  }

  private var scanner = StatementScanner()
  private var ready: [Result<Piece, Diagnostic>] = []
  private var nextReady = 0

  /// What has been read of the statement under way, without the white space before it.
  private var buffer: [UInt8] = []
  private var bufferOffset = 0
  private var bufferLine = 1
  /// The statement under way is longer than any may be: its bytes are dropped until it ends.
  private var isTooLong = false

  /// Bytes and line breaks read so far.
  private var offset = 0
  private var line = 1

  private let longestStatement: Int

  /// - Parameter longestStatement: in bytes; a longer one fails and is not kept.
  package init(longestStatement: Int = TokenStream.longestText) {
    self.longestStatement = longestStatement
  }

  package var pending: Pending {
    switch scanner.mode {
    case .code, .dollarTag, .lineComment: contentBytes > 0 ? .statement : .blank
    case .blockComment: .comment
    case .string: .string
    case .quotedName: .quotedName
    case .dollarString: .dollarString
    }
  }

  /// What the statement under way holds beside white space and comments. The byte order mark that some
  /// editors put first is neither.
  private var contentBytes: Int {
    let hasMark = bufferOffset == 0 && buffer.starts(with: [0xEF, 0xBB, 0xBF])
    return scanner.contentBytes - (hasMark ? 3 : 0)
  }

  package mutating func feed(_ text: String) { feed(Array(text.utf8)[...]) }

  /// Takes the next bytes of the script; a chunk may end anywhere, within a scalar too.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    var kept = bytes.startIndex
    for index in bytes.indices {
      let byte = bytes[index]
      let isBefore = buffer.isEmpty && kept == index && !isTooLong
      if isBefore, scanner.isBetweenTokens, ByteClass.isWhitespace(byte) {
        kept = index + 1
      } else {
        if isBefore {
          bufferOffset = offset
          bufferLine = line
        }
        if scanner.read(byte) {
          keep(bytes[kept...index])
          kept = index + 1
          complete()
        }
      }
      offset += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
    }
    keep(bytes[kept...])
  }

  /// The next whole statement that has arrived, if there is one.
  ///
  /// - Throws: when the statement is no UTF-8 or too long; the span counts from the script's beginning.
  package mutating func next() throws(Diagnostic) -> Piece? {
    guard nextReady < ready.count else {
      ready.removeAll(keepingCapacity: true)
      nextReady = 0
      return nil
    }
    let result = ready[nextReady]
    nextReady += 1
    return try result.get()
  }

  /// Ends the script: what follows its last semicolon, nil when that is white space and comments. Statements that
  /// `next` has not given yet stay.
  package mutating func finish() throws(Diagnostic) -> Piece? {
    let isBlank = pending == .blank
    let piece = takeBuffer()
    scanner = StatementScanner()
    return isBlank ? nil : try piece.get()
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    if buffer.count + bytes.count > longestStatement {
      isTooLong = true
      buffer.removeAll()
    }
    if !isTooLong { buffer += bytes }
  }

  private mutating func complete() {
    let isBlank = contentBytes == 0
    let piece = takeBuffer()
    if !isBlank { ready.append(piece) }
    scanner.beginStatement()
  }

  private mutating func takeBuffer() -> Result<Piece, Diagnostic> {
    defer {
      buffer.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    if isTooLong { return .failure(Diagnostic.textTooLong().shifted(by: bufferOffset)) }
    if let invalid = UTF8Check.firstInvalid(in: buffer[...]) {
      return .failure(.invalidUTF8(at: bufferOffset + invalid))
    }
    return .success(
      Piece(text: String(decoding: buffer, as: UTF8.self), offset: bufferOffset, line: bufferLine))
  }
}
