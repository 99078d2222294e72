extension Diagnostic {
  /// The diagnostic as a person reads it: the code and message, and, where it has a place in `source`,
  /// the line with a caret under the place.
  ///
  /// - Parameters:
  ///   - source: the whole text that `span` points into.
  ///   - name: what the text is called in `--> name:line:column`, for example `demo.sql`.
  ///   - firstLine: the number of `source`'s first line, where it is a part of a longer text.
  package func rendered(source: String? = nil, name: String = "statement", firstLine: Int = 1) -> String {
    var lines = ["error[\(state)]: \(message)"]
    if let span, let source {
      let place = SourcePlace(offset: span.start, in: source, firstLine: firstLine)
      lines += caretLines(span: span, place: place, name: name)
    } else if let label {
      lines.append("  = \(label)")
    }
    if let hint { lines.append("  = hint: \(hint)") }
    return lines.joined(separator: "\n")
  }

  /// Control characters as the symbols that Unicode has for them, one for one: a statement cannot drive the terminal.
  private static func shown(_ text: String) -> String {
    let isControl: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory == .control && $0 != "\t" }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: shown.append(scalar)
      case 0..<0x20: shown.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{fffd}")
      case 0x7f: shown.append("\u{2421}")
      case 0x80...0x9f: shown.append("\u{fffd}")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }

  private func caretLines(span: SourceSpan, place: SourcePlace, name: String) -> [String] {
    let number = String(place.line)
    let gutter = String(repeating: " ", count: number.utf8.count)
    let excerpt = Excerpt(of: place, span: span)
    var pointer = "\(gutter) | \(excerpt.indent)\(String(repeating: "^", count: excerpt.carets))"
    if let label { pointer += " \(label)" }
    return [
      "\(gutter)--> \(name):\(place.line):\(place.column)",
      "\(gutter) |",
      "\(number) | \(Self.shown(excerpt.text))",
      pointer,
    ]
  }
}

/// The line of a place as it is shown: of a long one the part around the place.
private struct Excerpt {
  var text: String
  var indent: String
  var carets: Int

  /// Characters shown before the place, and in all.
  private static let lead = 80
  private static let width = 240

  init(of place: SourcePlace, span: SourceSpan) {
    (text, indent, carets) = (place.text, place.indent, place.caretWidth(of: span))
    guard text.utf8.count > Self.width, text.count > Self.width else { return }
    let column = indent.count
    let start = max(0, column - Self.lead)
    let shown = text.dropFirst(start).prefix(Self.width)
    carets = max(1, min(carets, start + shown.count - column))
    let isCutBehind = start + shown.count < text.count
    indent = (start > 0 ? " " : "") + indent.dropFirst(start)
    text = (start > 0 ? "…" : "") + shown + (isCutBehind ? "…" : "")
  }
}

/// A place in a text, as a person counts: lines and columns from 1, columns in Unicode scalars.
package struct SourcePlace: Sendable {
  package let line: Int
  package let column: Int
  /// The whole line, without its newline.
  package let text: String
  /// White space as wide as what stands before the place on its line; tabs stay tabs.
  package let indent: String
  private let offsetInLine: Int

  /// The place of the UTF-8 offset `offset`, which may lie past the end: then it is the end.
  package init(offset: Int, in source: String, firstLine: Int = 1) {
    let bytes = Array(source.utf8)
    let target = min(max(offset, 0), bytes.count)
    var lineStart = 0
    var line = firstLine
    for index in 0..<target where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    let lineEnd =
      bytes[lineStart...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
    let before = String(decoding: bytes[lineStart..<min(target, max(lineStart, lineEnd))], as: UTF8.self)
    self.line = line
    column = before.unicodeScalars.count + 1
    text = String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self)
    indent = String(before.map { $0 == "\t" ? "\t" : " " })
    offsetInLine = target - lineStart
  }

  /// How many carets mark `span` on this line: at least one, and never past the line's end.
  package func caretWidth(of span: SourceSpan) -> Int {
    let rest = Array(text.utf8.dropFirst(offsetInLine).prefix(span.end - span.start))
    return max(1, String(decoding: rest, as: UTF8.self).count)
  }
}
