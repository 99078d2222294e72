internal import VSQLDiagnostics

/// One row of an answer: its values by ordinal or by name.
public struct Row: Sendable {
  /// In the order of the answer's columns.
  public let values: [Value]
  private let index: ColumnIndex

  init(values: [Value], index: ColumnIndex) {
    self.values = values
    self.index = index
  }

  /// The value of the column at `ordinal`, from 0; nil where there is no such column.
  public subscript(_ ordinal: Int) -> Value? {
    values.indices.contains(ordinal) ? values[ordinal] : nil
  }

  /// The value of the first column of that name; nil where there is none.
  public subscript(_ name: String) -> Value? { index.ordinal(of: name).map { values[$0] } }

  /// The value of the first column called `name`, as a Swift type.
  ///
  /// - Throws: 42703 when there is no such column, 42804 when its value is NULL or of another kind (ask for an optional
  ///   where NULL may be), 22003 when a number does not fit.
  public func value<T: SQLRepresentable>(_ name: String, as type: T.Type = T.self) throws(VSQLError) -> T {
    guard let ordinal = index.ordinal(of: name) else {
      throw VSQLError(
        Diagnostic(
          .undefinedColumn, "the answer has no column \"\(name)\"",
          label: Suggestion.label(for: name, in: index.names)))
    }
    return try T(values[ordinal], column: name)
  }
}

/// The columns' names and where they stand: shared by the rows of an answer.
struct ColumnIndex: Sendable {
  /// Of an answer without columns.
  static let none = ColumnIndex(names: [])

  let names: [String]
  private let ordinals: [String: Int]

  init(names: [String]) {
    self.names = names
    ordinals = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
  }

  func ordinal(of name: String) -> Int? { ordinals[name] }
}

/// A Swift type that a value can be read as.
public protocol SQLRepresentable: Sendable {
  /// - Throws: 42804 when `value` is of another kind, 22003 when a number does not fit.
  init(_ value: Value, column: String) throws(VSQLError)
}

private func mismatch(_ column: String, _ expected: String) -> VSQLError {
  VSQLError(Diagnostic(.datatypeMismatch, "the value of column \"\(column)\" is not \(expected)"))
}

extension Bool: SQLRepresentable {
  /// Takes BOOLEAN.
  public init(_ value: Value, column: String) throws(VSQLError) {
    guard case .boolean(let value) = value else { throw mismatch(column, "a BOOLEAN") }
    self = value
  }
}

extension Int64: SQLRepresentable {
  /// Takes INTEGER.
  public init(_ value: Value, column: String) throws(VSQLError) {
    guard case .integer(let value) = value else { throw mismatch(column, "an INTEGER") }
    self = value
  }
}

extension Int: SQLRepresentable {
  /// Takes INTEGER.
  public init(_ value: Value, column: String) throws(VSQLError) {
    guard case .integer(let wide) = value else { throw mismatch(column, "an INTEGER") }
    guard let exact = Int(exactly: wide) else {
      throw VSQLError(
        Diagnostic(.numericValueOutOfRange, "the value of column \"\(column)\" does not fit an Int"))
    }
    self = exact
  }
}

extension Double: SQLRepresentable {
  /// Takes DOUBLE, and INTEGER where the number is exact.
  public init(_ value: Value, column: String) throws(VSQLError) {
    switch value {
    case .double(let number): self = number
    case .integer(let number):
      guard let exact = Double(exactly: number) else { throw mismatch(column, "exact as a Double") }
      self = exact
    default: throw mismatch(column, "a DOUBLE")
    }
  }
}

extension String: SQLRepresentable {
  /// Takes TEXT.
  public init(_ value: Value, column: String) throws(VSQLError) {
    guard case .text(let text) = value else { throw mismatch(column, "a TEXT") }
    self = text
  }
}

extension Array: SQLRepresentable where Element: VectorOrBlobElement {
  /// Takes VECTOR as `[Float]`, BLOB as `[UInt8]`.
  public init(_ value: Value, column: String) throws(VSQLError) {
    guard let elements = Element.elements(of: value) else { throw mismatch(column, Element.expectation) }
    self = elements
  }
}

/// What an array read from a value may hold: `Float` (VECTOR) or `UInt8` (BLOB).
public protocol VectorOrBlobElement: Sendable {
  /// The elements; nil for a value of another kind.
  static func elements(of value: Value) -> [Self]?
  /// What a message says was expected: `a VECTOR`.
  static var expectation: String { get }
}

extension Float: VectorOrBlobElement {
  /// Elements are of a VECTOR.
  public static var expectation: String { "a VECTOR" }
  /// Those of a VECTOR; nil for any other value.
  public static func elements(of value: Value) -> [Float]? {
    guard case .vector(let elements) = value else { return nil }
    return elements
  }
}

extension UInt8: VectorOrBlobElement {
  /// Elements are of a BLOB.
  public static var expectation: String { "a BLOB" }
  /// Those of a BLOB; nil for any other value.
  public static func elements(of value: Value) -> [UInt8]? {
    guard case .blob(let bytes) = value else { return nil }
    return bytes
  }
}

extension Optional: SQLRepresentable where Wrapped: SQLRepresentable {
  /// Takes NULL as nil, and what the wrapped type takes.
  public init(_ value: Value, column: String) throws(VSQLError) {
    if case .null = value { self = nil } else { self = try Wrapped(value, column: column) }
  }
}
