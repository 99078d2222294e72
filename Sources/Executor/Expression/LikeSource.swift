import VSQLDiagnostics
import VSQLSchema

/// Where LIKE's pattern comes from: one pattern, prepared, or a text of each row.
struct LikeSource: Sendable {
  private enum Kind: Sendable {
    case prepared(LikePattern)
    /// Nil: the pattern is NULL.
    case none
    case each(Program, escape: Program?)
  }

  private let kind: Kind
  private let isCaseInsensitive: Bool
  private let span: SourceSpan?

  init(pattern: Program, escape: Program?, isCaseInsensitive: Bool, span: SourceSpan?) throws(Diagnostic) {
    self.isCaseInsensitive = isCaseInsensitive
    self.span = span
    guard case .constant(let column) = pattern else {
      kind = .each(pattern, escape: escape)
      return
    }
    var escapeText: Value = .text("\\")
    if let escape {
      guard case .constant(let escapeColumn) = escape else {
        kind = .each(pattern, escape: escape)
        return
      }
      escapeText = escapeColumn.value(at: 0)
    }
    guard case .text(let text) = column.value(at: 0), case .text(let escapeScalar) = escapeText else {
      kind = .none
      return
    }
    // A faulty pattern raises for the rows that reach it, not for a statement whose rows never do.
    if let prepared = try? LikePattern(
      Array(text.utf8), escape: try LikePattern.escape(escapeScalar), isCaseInsensitive: isCaseInsensitive)
    {
      kind = .prepared(prepared)
    } else {
      kind = .each(pattern, escape: escape)
    }
  }

  var isConstant: Bool {
    switch kind {
    case .prepared, .none: true
    case .each(let pattern, let escape): pattern.isConstant && escape?.isConstant ?? true
    }
  }

  func match(
    _ column: Column, negated: Bool, _ batch: Batch, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    switch kind {
    case .none: return Columns.null(.boolean, count: rows.count)
    case .prepared(let pattern):
      guard let arguments = StrictArguments([column], rows: rows) else {
        return Columns.null(.boolean, count: rows.count)
      }
      let lane = try column.textLane
      var flags = [Bool](repeating: false, count: arguments.extent.count)
      pattern.match(lane, arguments, negated: negated, &flags)
      return arguments.column(.boolean, .booleans(flags))
    case .each(let program, let escape):
      var columns = [column, try program.evaluate(batch, rows)]
      if let escape { columns.append(try escape.evaluate(batch, rows)) }
      guard let arguments = StrictArguments(columns, rows: rows) else {
        return Columns.null(.boolean, count: rows.count)
      }
      let (texts, patterns) = (try columns[0].textLane, try columns[1].textLane)
      let escapes = columns.count > 2 ? try columns[2].textLane : nil
      do {
        return arguments.column(
          .boolean, .booleans(try each(texts, patterns, escapes, arguments, negated: negated)))
      } catch { throw error.located(at: span) }
    }
  }

  /// A pattern is prepared again only when it is not the one of the row before.
  private func each(
    _ texts: TextLane, _ patterns: TextLane, _ escapes: TextLane?, _ arguments: StrictArguments, negated: Bool
  ) throws(Diagnostic) -> [Bool] {
    var last: (text: ArraySlice<UInt8>, escape: ArraySlice<UInt8>, pattern: LikePattern)?
    var scratch: [UInt8] = []
    return try Loops.mapSelected(arguments.extent, arguments.validity, fill: false) {
      row throws(Diagnostic) in
      let text = patterns.list.bytes[patterns.range(row)]
      let escape = escapes.map { $0.list.bytes[$0.range(row)] } ?? [UInt8(ascii: "\\")]
      let pattern: LikePattern
      if let last, last.text == text, last.escape == escape {
        pattern = last.pattern
      } else {
        pattern = try LikePattern(
          Array(text), escape: try LikePattern.escape(String(decoding: escape, as: UTF8.self)),
          isCaseInsensitive: isCaseInsensitive)
        last = (text, escape, pattern)
      }
      return pattern.matches(texts.list.bytes.span, texts.range(row), &scratch) != negated
    }
  }
}
