import VSQLDiagnostics
import VSQLSchema

/// A setting of a session: what SET may change and SHOW tells. Each one does something.
package struct SessionSetting: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// Within the range; text with a unit of time is understood where `isTime`.
    case integer(ClosedRange<Int64>, isTime: Bool)
    /// Text of a number and a unit, kept in its shortest form; the range is in bytes.
    case size(ClosedRange<Int64>)
    /// One of these words.
    case word([String])
  }

  package let name: String
  package let form: Form
  package let standard: Value
  package let summary: String

  /// The one setting that is not a session's own but its database's, as long as that is open.
  package static let memoryLimit = "memory_limit"

  /// Every setting, by name.
  package static let all: [SessionSetting] = [
    SessionSetting(
      name: "lock_timeout", form: .integer(0...86_400_000, isTime: true), standard: .integer(0),
      summary: "milliseconds that a statement waits for another one that writes; 0: no limit"),
    SessionSetting(
      name: "max_result_rows", form: .integer(0...Int64.max, isTime: false), standard: .integer(0),
      summary: "rows that a query may hand out before it fails; 0: no limit"),
    SessionSetting(
      name: memoryLimit, form: .size(1 << 20...1 << 50), standard: .null,
      summary:
        "plain memory that the database's opened columns and running statements may take, for all its sessions"
    ),
    SessionSetting(
      name: "nearest_default", form: .word(["exact", "approx"]), standard: .text("exact"),
      summary: "how NEAREST runs when neither EXACT nor APPROX is said"),
    SessionSetting(
      name: "statement_timeout", form: .integer(0...86_400_000, isTime: true), standard: .integer(0),
      summary: "milliseconds that a statement may run; 0: no limit"),
    SessionSetting(
      name: "timezone", form: .word(["UTC"]), standard: .text("UTC"),
      summary: "the zone that TIMESTAMPTZ is read and shown in"),
  ]

  /// - Throws: 42704 with the nearest name.
  package static func named(_ name: String, at span: SourceSpan?) throws(Diagnostic) -> SessionSetting {
    let wanted = name.lowercased()
    if let setting = all.first(where: { $0.name == wanted }) { return setting }
    throw Diagnostic(
      .undefinedObject, "setting \"\(name)\" does not exist", at: span,
      label: Suggestion.label(for: wanted, in: all.map(\.name)))
  }

  /// `value` as the setting keeps it.
  ///
  /// - Throws: 22023 when it is out of range or of another kind.
  package func checked(_ value: Value, at span: SourceSpan?) throws(Diagnostic) -> Value {
    switch form {
    case .integer(let range, let isTime):
      var number: Int64?
      if case .integer(let given) = value { number = given }
      if case .text(let text) = value { number = isTime ? Self.milliseconds(text) : Int64(text) }
      guard let number, range.contains(number) else {
        let limit =
          range.upperBound == .max
          ? "of at least \(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
        throw Diagnostic(
          .invalidParameterValue, "setting \"\(name)\" is an integer \(limit)", at: span)
      }
      return .integer(number)
    case .size(let range):
      guard case .text(let text) = value, let bytes = ByteSize(text)?.bytes, range.contains(bytes) else {
        throw Diagnostic(
          .invalidParameterValue,
          "setting \"\(name)\" is a size between \(ByteSize(range.lowerBound)) and \(ByteSize(range.upperBound))",
          at: span, hint: "Write a number and a unit: '512MB', '2GB'.")
      }
      return .text(ByteSize(bytes).description)
    case .word(let words):
      guard case .text(let text) = value,
        let word = words.first(where: { $0.lowercased() == text.lowercased() })
      else {
        let list = words.map { "'\($0)'" }.joined(separator: " or ")
        throw Diagnostic(.invalidParameterValue, "setting \"\(name)\" is \(list)", at: span)
      }
      return .text(word)
    }
  }

  /// `250`, `250ms`, `5s`, `2min` in milliseconds.
  private static func milliseconds(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    let unit = text.dropFirst(digits.count).drop(while: \.isWhitespace)
    let factors: [Substring: Int64] = ["": 1, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000]
    guard let factor = factors[unit] else { return nil }
    let (product, over) = number.multipliedReportingOverflow(by: factor)
    return over ? nil : product
  }
}

/// The settings of one session: what SET changed, and the standard for the rest.
package struct SessionSettings: Hashable, Sendable {
  private var changed: [String: Value] = [:]

  package init() {}

  /// The value of a setting that exists; `.null` for another name.
  package subscript(name: String) -> Value {
    get {
      changed[name] ?? SessionSetting.all.first { $0.name == name }?.standard ?? .null
    }
    set { changed[name] = newValue }
  }

  /// Back to the standard; nil: all of them.
  package mutating func reset(_ name: String?) {
    guard let name else { return changed.removeAll() }
    changed[name] = nil
  }

  package var nearestIsApproximate: Bool { self["nearest_default"] == .text("approx") }
  /// Nil: no limit.
  package var lockTimeoutMilliseconds: Int64? { limit("lock_timeout") }
  /// Nil: no limit.
  package var statementTimeoutMilliseconds: Int64? { limit("statement_timeout") }
  /// Nil: no limit.
  package var maxResultRows: Int64? { limit("max_result_rows") }

  private func limit(_ name: String) -> Int64? {
    // Without SET there is no limit.
    if case .integer(let value) = changed[name], value > 0 { return value }
    return nil
  }
}
