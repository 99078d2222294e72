import VSQLDiagnostics

/// An expression as it was written: names and literals with their places, no types yet.
package struct Expression: Hashable, Sendable {
  package var kind: Kind
  package var span: SourceSpan

  package init(_ kind: Kind, span: SourceSpan) {
    self.kind = kind
    self.span = span
  }

  package indirect enum Kind: Hashable, Sendable {
    case literal(Literal)
    /// `[a, b, …]` with an element that is no plain number: a vector (or, in later releases, an array).
    /// A bracket of numbers alone is `Literal.vector`.
    case bracket([Expression])
    /// `column`, `table.column`, `schema.table.column`.
    case column([Name])
    case parameter(Parameter)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// A flat chain of two or more terms.
    case and([Expression])
    /// A flat chain of two or more terms.
    case or([Expression])
    case not(Expression)
    case isNull(Expression, negated: Bool)
    /// `IS [NOT] TRUE`, `IS [NOT] FALSE`, `IS [NOT] UNKNOWN` (nil).
    case isTruth(Expression, Bool?, negated: Bool)
    case isDistinct(Expression, from: Expression, negated: Bool)
    case between(Expression, low: Expression, high: Expression, negated: Bool)
    case inList(Expression, [Expression], negated: Bool)
    case inSubquery(Expression, Query, negated: Bool)
    case exists(Query)
    case subquery(Query)
    case like(Expression, pattern: Expression, escape: Expression?, caseInsensitive: Bool, negated: Bool)
    case `case`(operand: Expression?, branches: [CaseBranch], otherwise: Expression?)
    case cast(Expression, TypeName)
    case call(FunctionCall)
  }
}

/// `WHEN condition THEN result`.
package struct CaseBranch: Hashable, Sendable {
  package var condition: Expression
  package var result: Expression

  package init(condition: Expression, result: Expression) {
    self.condition = condition
    self.result = result
  }
}

package enum Literal: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// Digits as written, without sign: fits Int64 or not, the binder decides.
  case integer(String)
  /// `1.5`, `.5`: exact, a DECIMAL.
  case decimal(String)
  /// `1e9`, `1.5e-3`: exact in PostgreSQL (numeric), so a DECIMAL where it fits 38 digits.
  case scientific(String)
  /// Escapes resolved.
  case string(String)
  /// `x'00ff'`: bytes.
  case bytes([UInt8])
  /// `DATE '2026-01-01'`, `TIMESTAMP '…'`, `UUID '…'`: a cast of a string.
  case typed(TypeName, String)
  /// `[0.1, -2, 3e-4]`: a bracket whose every element is a number, with or without a sign, none of them
  /// beyond a Double's range. Any other bracket is `Expression.Kind.bracket`.
  case vector([Double])
}

/// `$1` or `:name`.
package enum Parameter: Hashable, Sendable {
  /// From 1.
  case positional(Int)
  case named(String)
}

package enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
  case minus = "-"
  case plus = "+"
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case modulo = "%"
  case concat = "||"
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case l2Distance = "<->"
  case cosineDistance = "<=>"
  case negativeInnerProduct = "<#>"
  case l1Distance = "<+>"
  case hammingDistance = "<~>"
  case jaccardDistance = "<%>"
}

/// `name([DISTINCT] args) [FILTER (WHERE …)]`, `count(*)`.
package struct FunctionCall: Hashable, Sendable {
  package var name: Name
  package var arguments: [Expression]
  /// `count(*)`: then `arguments` is empty.
  package var isStar: Bool
  package var isDistinct: Bool
  package var filter: Expression?

  package init(
    name: Name, arguments: [Expression], isStar: Bool = false, isDistinct: Bool = false,
    filter: Expression? = nil
  ) {
    self.name = name
    self.arguments = arguments
    self.isStar = isStar
    self.isDistinct = isDistinct
    self.filter = filter
  }
}

/// `DECIMAL(10, 2)`, `VECTOR(384, FLOAT16)`, `DOUBLE PRECISION`, `TIMESTAMP WITH TIME ZONE`: a name in lower case, words joined by one
/// space, and its arguments. Which names are types is the binder's to know.
package struct TypeName: Hashable, Sendable {
  package var name: String
  /// Integers as written, or a word in lower case (`float16`).
  package var arguments: [String]
  package var span: SourceSpan

  package init(_ name: String, arguments: [String] = [], span: SourceSpan) {
    self.name = name
    self.arguments = arguments
    self.span = span
  }
}
