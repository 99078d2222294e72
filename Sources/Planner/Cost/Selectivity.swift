import VSQLSchema

/// The share of rows that a predicate lets through.
enum Selectivity {
  // Where nothing is known.
  static let equality = 0.005
  static let range = 0.1
  static let pattern = 0.05
  static let nulls = 0.05
  static let other = 0.33

  static func of(_ predicate: Scalar, over profile: RowProfile) -> Double {
    min(1, max(0, share(predicate, profile)))
  }

  private static func share(_ predicate: Scalar, _ profile: RowProfile) -> Double {
    switch predicate.kind {
    case .constant(let value): value == .boolean(true) ? 1 : 0
    case .and(let terms): conjunction(terms.map { of($0, over: profile) })
    case .or(let terms): 1 - terms.reduce(1) { $0 * (1 - of($1, over: profile)) }
    case .not(let operand): 1 - of(operand, over: profile)
    case .compare(let comparison, let a, let b): compare(comparison, a, b, profile)
    case .isNull(let operand, let negated):
      complement(column(operand, profile)?.knownNullFraction ?? nulls, negated)
    case .inList(let operand, let list, let negated):
      complement(Double(list.count) * equal(operand, profile), negated)
    case .isDistinct(let a, _, let negated): complement(1 - equal(a, profile), negated)
    case .like(_, _, _, _, let negated): complement(pattern, negated)
    case .column, .isTruth: 0.5
    case .parameter, .subquery, .exists, .inSubquery, .call, .case, .coalesce, .cast: other
    }
  }

  private static func complement(_ share: Double, _ negated: Bool) -> Double { negated ? 1 - share : share }

  /// Terms seldom are independent: the second counts by its root, the third by its fourth root.
  private static func conjunction(_ shares: [Double]) -> Double {
    var product = 1.0
    var exponent = 1.0
    for share in shares.sorted().prefix(4) {
      product *= exponent == 1 ? share : power(share, exponent)
      exponent /= 2
    }
    return product
  }

  /// `base` to a power of 1/2, 1/4 or 1/8.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    var (value, left) = (base, exponent)
    while left < 1 {
      value = value.squareRoot()
      left *= 2
    }
    return value
  }

  private static func column(_ scalar: Scalar, _ profile: RowProfile) -> ColumnProfile? {
    guard case .column(let ordinal) = scalar.kind, profile.columns.indices.contains(ordinal) else {
      return nil
    }
    return profile.columns[ordinal]
  }

  private static func equal(_ scalar: Scalar, _ profile: RowProfile) -> Double {
    guard let column = column(scalar, profile) else { return equality }
    guard let distinct = column.distinct, distinct > 0 else {
      return scalar.type == .boolean ? 0.5 : equality
    }
    return (1 - column.nullFraction) / distinct
  }

  private static func compare(_ comparison: Comparison, _ a: Scalar, _ b: Scalar, _ profile: RowProfile)
    -> Double
  {
    if let x = column(a, profile), let y = column(b, profile) {
      let share = 1 / max(x.distinct ?? 200, y.distinct ?? 200)
      switch comparison {
      case .equal: return share
      case .notEqual: return 1 - share
      case .less, .lessOrEqual, .greater, .greaterOrEqual: return other
      }
    }
    if column(a, profile) == nil, column(b, profile) != nil {
      return compare(comparison.flipped, b, a, profile)
    }
    guard let column = column(a, profile) else {
      return comparison == .equal ? equality : comparison == .notEqual ? 1 - equality : range
    }
    let value = b.constantValue ?? .null
    switch comparison {
    case .equal, .notEqual:
      let isOutside = [(column.minimum, -1), (column.maximum, 1)].contains {
        value.order(against: $0.0) == $0.1
      }
      let share = isOutside ? 0 : equal(a, profile)
      return comparison == .equal ? share : 1 - column.nullFraction - share
    case .less, .lessOrEqual:
      return (column.share(below: value) ?? range) * (1 - column.nullFraction)
    case .greater, .greaterOrEqual:
      return (column.share(below: value).map { 1 - $0 } ?? range) * (1 - column.nullFraction)
    }
  }
}

extension ColumnProfile {
  /// The share of values below `value`, as if they were spread evenly between least and greatest; nil:
  /// unknown.
  fileprivate func share(below value: Value) -> Double? {
    guard let low = minimum.position, let high = maximum.position, let place = value.position, low <= high
    else { return nil }
    if high == low { return place > low ? 1 : 0 }
    return min(1, max(0, (place - low) / (high - low)))
  }
}

extension Value {
  /// A number that orders as the value does.
  fileprivate var position: Double? {
    switch self {
    case .integer(let value), .timestamp(let value), .timestamptz(let value): return Double(value)
    case .date(let value): return Double(value)
    case .double(let value): return value.isFinite ? value : nil
    case .decimal(let value): return NumberConversion.double(value)
    case .text(let text):
      // The first seven bytes.
      var number = 0.0
      var bytes = text.utf8.makeIterator()
      for _ in 0..<7 { number = number * 256 + Double(bytes.next() ?? 0) }
      return number
    case .null, .boolean, .blob, .uuid, .vector: return nil
    }
  }
}
