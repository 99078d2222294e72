import VSQLDiagnostics
import VSQLSchema

/// A typed expression over the columns of one batch: ordinals, no names. NULL follows three-valued logic.
///
/// "Of one type" means modifiers aside (`SQLType.unmodified`): INT and INTEGER, VARCHAR(3) and TEXT,
/// DECIMAL(5, 2) and DECIMAL lie in memory alike and are compared without a cast. The two vectors of a
/// distance have one dimension and are both of floats or both of bits; a FLOAT16 column is measured against a
/// FLOAT32 query as written.
package struct Scalar: Hashable, Sendable {
  package var kind: Kind
  package var type: SQLType
  /// Where it was written, for errors at run time.
  package var span: SourceSpan?

  package init(_ kind: Kind, type: SQLType, span: SourceSpan? = nil) {
    self.kind = kind
    self.type = type
    self.span = span
  }

  package indirect enum Kind: Hashable, Sendable {
    /// A value of exactly the scalar's type, or `.null`.
    case constant(Value)
    /// The ordinal of a column of the input.
    case column(Int)
    /// The index, from 0, into the statement's parameters; its value is cast to the scalar's type before
    /// execution.
    case parameter(Int)
    /// The index into `Plan.subqueries`: evaluated once; no row is NULL, more than one row is error 21000.
    case subquery(Int)
    case exists(subquery: Int)
    case inSubquery(Scalar, subquery: Int, negated: Bool)
    /// The arguments have exactly the types that `function` takes.
    case call(ScalarFunction, [Scalar])
    /// Both sides of one type.
    case compare(Comparison, Scalar, Scalar)
    case and([Scalar])
    case or([Scalar])
    case not(Scalar)
    case isNull(Scalar, negated: Bool)
    /// IS [NOT] TRUE | FALSE | UNKNOWN (nil).
    case isTruth(Scalar, Bool?, negated: Bool)
    /// Both sides of one type.
    case isDistinct(Scalar, Scalar, negated: Bool)
    /// All of one type.
    case inList(Scalar, [Scalar], negated: Bool)
    case like(Scalar, pattern: Scalar, escape: Scalar?, caseInsensitive: Bool, negated: Bool)
    /// Searched form; an operand was compared by the binder.
    case `case`(branches: [Branch], otherwise: Scalar?)
    case coalesce([Scalar])
    /// To the scalar's type. Assignment casts (INSERT, UPDATE, COPY) check lengths instead of cutting.
    case cast(Scalar, isAssignment: Bool)
  }

  package struct Branch: Hashable, Sendable {
    package var condition: Scalar
    package var result: Scalar

    package init(condition: Scalar, result: Scalar) {
      self.condition = condition
      self.result = result
    }
  }
}

package enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// A function or operator of one row: its overload is settled by its arguments' types.
///
/// What each takes and gives, its SQL names and its price stand in one table (`FunctionSignatures`). Strict
/// unless said: a NULL argument gives NULL.
package enum ScalarFunction: String, Hashable, Sendable, CaseIterable {
  // Arithmetic: over two of the same of INTEGER, DOUBLE, DECIMAL (+ and − only); vectors of one shape for + −
  // ×.
  case add, subtract, multiply, divide, modulo, negate
  // DATE ± INTEGER days; DATE − DATE is an INTEGER.
  case dateAddDays, dateSubtractDays, dateDifference
  case abs, sign, ceil, floor, round, roundTo, trunc, sqrt, power, exp, ln, log10, mod
  case greatest, least  // NULL arguments are passed over.
  case nullIf
  // Text: positions and lengths count Unicode scalars, from 1.
  case concatenate  // || : text or blob, strict
  case concat  // concat(…): NULLs are empty
  case length, octetLength, lower, upper, trimBoth, trimLeft, trimRight
  case substring, position, replace, left, right, leftPad, rightPad, repeatText, reverse
  case startsWith, splitPart, strpos, initcap, ascii, chr
  // Dates.
  case extract  // extract(field text, timestamp) gives DECIMAL, as PostgreSQL
  case dateTrunc, now, currentDate, currentUser
  // Vectors.
  case l2Distance, cosineDistance, negativeInnerProduct, innerProduct, l1Distance, cosineSimilarity
  case hammingDistance, jaccardDistance
  case vectorDims, vectorNorm, l2Normalize, subvector, binaryQuantize
  /// `[a, b, …]` of DOUBLE expressions.
  case makeVector
  case version, typeOf, genRandomUUID
}
