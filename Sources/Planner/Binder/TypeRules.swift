import VSQLSchema

/// How types stand to each other: which are one in memory, which turn into which, and when.
extension SQLType {
  /// Without length, range and decimal shape: types that differ only in these need no cast between them.
  package var unmodified: SQLType {
    switch self {
    case .integer: .bigint
    case .decimal: .numeric
    case .text: .string
    case .unknown, .boolean, .double, .blob, .date, .timestamp, .timestamptz, .uuid, .vector: self
    }
  }

  /// Without length and decimal shape: a literal beside a VARCHAR(3) is neither cut nor rounded to it.
  var withoutShape: SQLType {
    switch self {
    case .text: .string
    case .decimal: .numeric
    case .unknown, .boolean, .integer, .double, .blob, .date, .timestamp, .timestamptz, .uuid, .vector: self
    }
  }

  var isNumeric: Bool {
    switch self {
    case .integer, .double, .decimal: true
    case .unknown, .boolean, .text, .blob, .date, .timestamp, .timestamptz, .uuid, .vector: false
    }
  }

  var isDateTime: Bool {
    switch self {
    case .date, .timestamp, .timestamptz: true
    case .unknown, .boolean, .integer, .double, .decimal, .text, .blob, .uuid, .vector: false
    }
  }

  var vectorShape: VectorShape? {
    if case .vector(let shape) = self { return shape }
    return nil
  }

  /// The name in messages about operators and functions: without lengths.
  var plainName: String { unmodified.description }
}

/// When a cast happens: of itself, because a value is stored, or because the statement says so.
enum CastContext: Int, Comparable {
  case implicit, assignment, explicit

  static func < (a: CastContext, b: CastContext) -> Bool { a.rawValue < b.rawValue }
}

enum TypeRules {
  /// The least context in which `from` turns into `to`; nil: never. Modifiers are not looked at, dimensions
  /// of vectors are not either (a wrong dimension is its own error).
  static func context(from: SQLType, to: SQLType) -> CastContext? {
    let (from, to) = (from.unmodified, to.unmodified)
    if from == to || from == .unknown { return .implicit }
    switch (from, to) {
    case (.integer, .decimal), (.integer, .double), (.decimal, .double): return .implicit
    case (.decimal, .integer), (.double, .integer), (.double, .decimal): return .assignment
    case (.date, .timestamp), (.date, .timestamptz), (.timestamp, .timestamptz): return .implicit
    case (.timestamp, .date), (.timestamptz, .date), (.timestamptz, .timestamp): return .assignment
    case (.boolean, .integer), (.integer, .boolean): return .explicit
    case (.vector(let a), .vector(let b)):
      // Bits and floats are different things; binary_quantize goes from one to the other.
      return (a.element == .bit) == (b.element == .bit) ? .implicit : nil
    case (.vector, .text): return .explicit
    case (.blob, .text): return .assignment
    case (_, .text): return .assignment
    case (.text, .unknown): return nil
    case (.text, _): return .explicit
    case (.unknown, _), (.boolean, _), (.integer, _), (.double, _), (.decimal, _), (.blob, _), (.date, _),
      (.timestamp, _), (.timestamptz, _), (.uuid, _), (.vector, _):
      return nil
    }
  }

  /// The type that both turn into of themselves, as for an operator's two sides; nil: there is none.
  static func common(_ a: SQLType, _ b: SQLType) -> SQLType? {
    if a == b { return a }
    if a == .unknown { return b.withoutShape }
    if b == .unknown { return a.withoutShape }
    let (left, right) = (a.unmodified, b.unmodified)
    if left == right { return left }
    if case .vector(let x) = left, case .vector(let y) = right {
      guard (x.element == .bit) == (y.element == .bit), x.dimension == y.dimension else { return nil }
      return .vector(VectorShape(dimension: x.dimension, element: .float32))
    }
    if context(from: left, to: right) == .implicit { return right }
    if context(from: right, to: left) == .implicit { return left }
    return nil
  }

}
