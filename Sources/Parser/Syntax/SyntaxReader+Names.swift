import VSQLDiagnostics
import VSQLLexer

extension SyntaxReader {
  /// Whether the token can be a name: an identifier, quoted or not, or a word that is not reserved.
  func atName(ahead: Int = 0) -> Bool {
    switch peek(ahead).kind {
    case .identifier, .quotedIdentifier: true
    case .keyword(let keyword): !keyword.isReserved
    default: false
    }
  }

  mutating func readName(_ what: String) throws(SyntaxFault) -> Name {
    guard atName() else { throw unexpected(what) }
    return takeName()
  }

  /// The next token as a name; it is known to be one.
  mutating func takeName() -> Name {
    let token = take()
    return Name(stream.name(of: token), span: token.span)
  }

  /// A name where no clause can follow, so that reserved words need no quotes: after AS, behind a dot, before an
  /// option's value.
  mutating func readLabel(_ what: String) throws(SyntaxFault) -> Name {
    switch token.kind {
    case .identifier, .quotedIdentifier, .keyword: return takeName()
    default: throw unexpected(what)
    }
  }

  /// `table`, `schema.table`.
  @inline(never)
  mutating func readObjectName(_ what: String) throws(SyntaxFault) -> ObjectName {
    var parts = [try readName(what)]
    while take(if: .dot) {
      if parts.count == 2 {
        throw SyntaxFault(
          .syntaxError, "a table's name has more than two parts, expected table or schema.table",
          at: parts[0].span.union(token.span))
      }
      parts.append(try readLabel("a name after the dot"))
    }
    return ObjectName(parts)
  }

  /// `(a, b)`, at the parenthesis.
  mutating func readNameList(_ what: String) throws(SyntaxFault) -> [Name] {
    try expect(.leftParen, "( and \(what)s")
    var names: [Name] = []
    repeat { names.append(try readName("a \(what)")) } while take(if: .comma)
    try expect(.rightParen, ", or ) after the \(what)")
    return names
  }

  /// `[AS] alias`, if there is one.
  mutating func readTableAlias() throws(SyntaxFault) -> Name? {
    if take(if: .as) { return try readName("an alias after AS") }
    return takeBareAlias()
  }

  /// The name of a select item without AS, if there is one: an alias that does not belong to the value before it.
  mutating func takeBareLabel() -> Name? {
    if case .keyword(let keyword) = token.kind, keyword.mayEndValue { return nil }
    return takeBareAlias()
  }

  /// An alias without AS, if there is one: SET, ESCAPE and what begins a NEAREST clause are none.
  mutating func takeBareAlias() -> Name? {
    guard atName(), !at(.set), !at(.escape), !atNearestRatherThanAlias() else { return nil }
    bareAlias = token
    return takeName()
  }

  /// A string literal that names a file or a reason.
  mutating func readString(_ what: String) throws(SyntaxFault) -> (text: String, span: SourceSpan) {
    guard atString() else {
      let quoted = token.kind == .quotedIdentifier
      throw unexpected(what, hint: quoted ? "double quotes are for names; a string is written 'text'" : nil)
    }
    let token = take()
    return (stream.string(of: token), token.span)
  }

  func atString(ahead: Int = 0) -> Bool {
    switch peek(ahead).kind {
    case .string, .escapeString, .dollarString: true
    default: false
    }
  }

  /// `(name = value, …)`, at the parenthesis: the options of NEAREST and CREATE TABLE.
  mutating func readOptions() throws(SyntaxFault) -> [Option] {
    try expect(.leftParen, "( and options")
    var options: [Option] = []
    repeat {
      let name = try readLabel("an option's name")
      try expect(.equal, "= after the option's name")
      options.append(Option(name: name, value: try readOptionValue()))
    } while take(if: .comma)
    try expect(.rightParen, ", or ) after the option")
    return options
  }

  /// A literal, a signed number, a parameter, or a word, which stands as a column of one name.
  mutating func readOptionValue() throws(SyntaxFault) -> Expression {
    let start = token.start
    switch token.kind {
    case .minus, .plus:
      let sign: UnaryOperator = take().kind == .minus ? .minus : .plus
      guard let number = takeNumber() else { throw unexpected("a number after the sign") }
      return Expression(.unary(sign, number), span: span(from: start))
    case .keyword(.true), .keyword(.false), .keyword(.null), .string, .escapeString, .dollarString, .integer,
      .decimal, .scientific, .positionalParameter, .namedParameter:
      return try readPrimary()
    case .identifier, .quotedIdentifier, .keyword:
      let name = takeName()
      return Expression(.column([name]), span: name.span)
    default:
      throw unexpected("a value: a string, a number, TRUE, FALSE or a word")
    }
  }

  private mutating func takeNumber() -> Expression? {
    switch token.kind {
    case .integer, .decimal, .scientific: takeLiteral()
    default: nil
    }
  }
}
