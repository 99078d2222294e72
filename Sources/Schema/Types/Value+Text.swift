import VSQLDiagnostics

extension Value {
  /// The value as a cast to TEXT writes it; nil for NULL.
  package var text: String? {
    if case .text(let text) = self { return text }
    var out: [UInt8] = []
    guard append(to: &out) else { return nil }
    return String(bytes: out.span)
  }

  /// Appends the text form; false, and nothing, for NULL.
  package func append(to out: inout [UInt8]) -> Bool {
    switch self {
    case .null: return false
    case .boolean(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): IntegerText.append(value, to: &out)
    case .double(let value): DoubleText.append(value, to: &out)
    case .decimal(let value): value.append(to: &out)
    case .text(let value): out.append(contentsOf: value.utf8)
    case .blob(let value): BlobText.append(value.span, to: &out)
    case .date(let value): CalendarText.append(date: value, to: &out)
    case .timestamp(let value): CalendarText.append(timestamp: value, withZone: false, to: &out)
    case .timestamptz(let value): CalendarText.append(timestamp: value, withZone: true, to: &out)
    case .uuid(let value): UUIDText.append(value, to: &out)
    case .vector(let value): VectorText.append(value.bytes.span, shape: value.shape, to: &out)
    }
    return true
  }

  /// Reads the text form of a value of `type`, modifiers included: a DECIMAL(p, s) is rounded, a VARCHAR(n) cut.
  ///
  /// - Throws: 22P02, 22007, 22008, 22003 or 22000, as the type's own reader says.
  package init(parsing text: String, type: SQLType) throws(Diagnostic) {
    let bytes = Array(text.utf8)
    let span = bytes.span
    switch type {
    case .unknown: self = .text(text)
    case .text(let limit): self = .text(limit.map { Value.cut(text, to: $0) } ?? text)
    case .boolean: self = .boolean(try BooleanText.parse(span))
    case .integer(let range): self = .integer(try range.checked(try IntegerText.parse(span)))
    case .double: self = .double(try DoubleText.parse(span))
    case .decimal(let shape): self = .decimal(try Decimal.parse(span, shape: shape))
    case .blob: self = .blob(try BlobText.parse(span))
    case .date: self = .date(try CalendarText.parseDate(span))
    case .timestamp: self = .timestamp(try CalendarText.parseTimestamp(span, withZone: false))
    case .timestamptz: self = .timestamptz(try CalendarText.parseTimestamp(span, withZone: true))
    case .uuid: self = .uuid(try UUIDText.parse(span))
    case .vector(let shape):
      var packed: [UInt8] = []
      packed.reserveCapacity(shape.byteCount)
      try VectorText.parse(span, shape: shape, to: &packed)
      self = .vector(VectorValue(shape: shape, bytes: packed))
    }
  }

  private static func cut(_ text: String, to limit: Int) -> String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.prefix(limit))
    return String(result)
  }
}

extension IntegerRange {
  /// - Throws: 22003 outside the range.
  package func checked(_ value: Int64) throws(Diagnostic) -> Int64 {
    guard bounds.contains(value) else { throw outOfRange }
    return value
  }

  package var outOfRange: Diagnostic {
    Diagnostic(.numericValueOutOfRange, "a number is out of range for type \(SQLType.integer(self))")
  }
}
