import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// `COPY t [(columns)] FROM 'file' [[WITH] (options)]`.
  mutating func readCopy() throws(SyntaxFault) -> Copy {
    take()
    if at(.leftParen) { throw .featureNotSupported("COPY of a query", at: token.span) }
    let table = try readObjectName("a table")
    let columns = at(.leftParen) ? try readNameList("column") : []
    try refuse(.to, "COPY … TO")
    try expect(.from)
    if at(word: "stdin") || at(word: "program") {
      throw .featureNotSupported("COPY from anything but a file", at: token.span)
    }
    let (path, pathSpan) = try readString("a file's name as a string")
    var copy = Copy(
      table: table, columns: columns, path: path, pathSpan: pathSpan, options: [], vectors: nil)
    let hasWith = take(if: .with)
    guard hasWith || at(.leftParen) else { return copy }
    try expect(.leftParen, "( and options")
    repeat { try readCopyOption(into: &copy) } while take(if: .comma)
    try expect(.rightParen, ", or ) after the option")
    return copy
  }

  /// `name [value]`, or `VECTORS 'file' INTO column`.
  private mutating func readCopyOption(into copy: inout Copy) throws(SyntaxFault) {
    if at(.vectors) {
      if copy.vectors != nil { throw givenTwice("VECTORS") }
      take()
      let (path, pathSpan) = try readString("a file's name as a string")
      try expect(.into)
      let column = try readName("a column")
      copy.vectors = Copy.VectorSource(path: path, pathSpan: pathSpan, column: column)
      return
    }
    let name = try readLabel("an option's name")
    if at(.equal) { throw unexpected("a value", hint: "an option of COPY is written without =: FORMAT csv") }
    let hasValue = !at(.comma) && !at(.rightParen)
    let value =
      hasValue ? try readOptionValue() : Expression(.literal(.boolean(true)), span: name.span)
    copy.options.append(Option(name: name, value: value))
  }
}
