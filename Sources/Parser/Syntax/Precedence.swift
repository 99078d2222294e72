import VSQLLexer

/// How tightly an expression's parts hold together, PostgreSQL's order. The printer uses the same table.
enum Precedence: Int, Comparable {
  case or = 1
  case and
  case not
  /// IS NULL, IS TRUE, IS DISTINCT FROM. No tighter operator follows them without parentheses.
  case `is`
  /// = <> < <= > >=, which do not chain.
  case comparison
  /// BETWEEN, IN, LIKE, which do not chain.
  case membership
  /// The distances and ||.
  case `operator`
  case sum
  case product
  case sign
  /// ::
  case cast
  case primary

  static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }

  /// Whether operators of this precedence do not follow one another without parentheses.
  var isSingle: Bool { self == .comparison || self == .membership }

  /// The next tighter one.
  var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .primary }
}

extension BinaryOperator {
  var precedence: Precedence {
    switch self {
    case .plus, .minus: .sum
    case .times, .divide, .modulo: .product
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
    case .concat, .l2Distance, .cosineDistance, .negativeInnerProduct, .l1Distance, .hammingDistance,
      .jaccardDistance:
      .operator
    }
  }

  /// The operator that a token stands for between two operands.
  init?(_ kind: Token.Kind) {
    switch kind {
    case .plus: self = .plus
    case .minus: self = .minus
    case .star: self = .times
    case .slash: self = .divide
    case .percent: self = .modulo
    case .concat: self = .concat
    case .equal: self = .equal
    case .notEqual: self = .notEqual
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    case .l2Distance: self = .l2Distance
    case .cosineDistance: self = .cosineDistance
    case .negativeInnerProduct: self = .negativeInnerProduct
    case .l1Distance: self = .l1Distance
    case .hammingDistance: self = .hammingDistance
    case .jaccardDistance: self = .jaccardDistance
    default: return nil
    }
  }
}
