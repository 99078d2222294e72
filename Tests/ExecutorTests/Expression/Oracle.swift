import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// A scalar's value for one row, by the plainest reading of SQL: what the kernels must agree with.
struct Oracle {
  let row: [Value]

  func value(_ scalar: Scalar) throws(Diagnostic) -> Value {
    switch scalar.kind {
    case .constant(let value): return value
    case .column(let ordinal): return row[ordinal]
    case .call(let function, let arguments):
      var values: [Value] = []
      for argument in arguments { values.append(try value(argument)) }
      return try Oracle.call(function, values)
    case .compare(let comparison, let a, let b):
      let (x, y) = (try value(a), try value(b))
      if x == .null || y == .null { return .null }
      return .boolean(Oracle.holds(comparison, Oracle.order(x, y)))
    case .and(let terms): return try chain(terms, stopsAt: false)
    case .or(let terms): return try chain(terms, stopsAt: true)
    case .not(let term):
      guard case .boolean(let flag) = try value(term) else { return .null }
      return .boolean(!flag)
    case .isNull(let term, let negated): return .boolean((try value(term) == .null) != negated)
    case .isTruth(let term, let truth, let negated):
      return .boolean((try value(term) == (truth.map { .boolean($0) } ?? .null)) != negated)
    case .isDistinct(let a, let b, let negated):
      let (x, y) = (try value(a), try value(b))
      let isSame = x == .null || y == .null ? x == y : Oracle.order(x, y) == 0
      return .boolean(isSame == negated)
    case .inList(let term, let items, let negated):
      let sought = try value(term)
      var isUnknown = false
      for item in items {
        let candidate = try value(item)
        if sought == .null || candidate == .null {
          isUnknown = true
        } else if Oracle.order(sought, candidate) == 0 {
          return .boolean(!negated)
        }
      }
      return isUnknown ? .null : .boolean(negated)
    case .like(let term, let pattern, _, _, let negated):
      guard case .text(let text) = try value(term), case .text(let wanted) = try value(pattern) else {
        return .null
      }
      return .boolean(
        LikeTests.matches(Array(text.unicodeScalars)[...], Array(wanted.unicodeScalars)[...]) != negated)
    case .case(let branches, let otherwise):
      for branch in branches where try value(branch.condition) == .boolean(true) {
        return try value(branch.result)
      }
      if let otherwise { return try value(otherwise) }
      return .null
    case .coalesce(let terms):
      for term in terms {
        let found = try value(term)
        if found != .null { return found }
      }
      return .null
    case .cast(let term, let isAssignment):
      return try ValueCast.cast(try value(term), to: scalar.type, isAssignment: isAssignment)
    case .parameter, .subquery, .exists, .inSubquery: return .null
    }
  }

  private func chain(_ terms: [Scalar], stopsAt: Bool) throws(Diagnostic) -> Value {
    var isUnknown = false
    for term in terms {
      let found = try value(term)
      if found == .boolean(stopsAt) { return found }
      if found == .null { isUnknown = true }
    }
    return isUnknown ? .null : .boolean(!stopsAt)
  }

  static func holds(_ comparison: Comparison, _ order: Int) -> Bool {
    switch comparison {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  static func order(_ a: Value, _ b: Value) -> Int {
    switch (a, b) {
    case (.boolean(let x), .boolean(let y)): (x ? 1 : 0) - (y ? 1 : 0)
    case (.integer(let x), .integer(let y)): x < y ? -1 : x > y ? 1 : 0
    case (.date(let x), .date(let y)): x < y ? -1 : x > y ? 1 : 0
    case (.decimal(let x), .decimal(let y)): x < y ? -1 : y < x ? 1 : 0
    case (.double(let x), .double(let y)):
      if x.isNaN || y.isNaN { (x.isNaN ? 1 : 0) - (y.isNaN ? 1 : 0) } else { x < y ? -1 : x > y ? 1 : 0 }
    case (.text(let x), .text(let y)):
      x.unicodeScalars.elementsEqual(y.unicodeScalars)
        ? 0 : x.unicodeScalars.lexicographicallyPrecedes(y.unicodeScalars) ? -1 : 1
    default: 0
    }
  }

  private static let outOfRange = Diagnostic(.numericValueOutOfRange, "oracle")
  private static let byZero = Diagnostic(.divisionByZero, "oracle")

  static func call(_ function: ScalarFunction, _ values: [Value]) throws(Diagnostic) -> Value {
    switch function {
    case .greatest, .least:
      var best = Value.null
      for value in values where value != .null {
        let order = best == .null ? 1 : order(value, best) * (function == .greatest ? 1 : -1)
        if order > 0 { best = value }
      }
      return best
    case .nullIf:
      return values[0] != .null && values[1] != .null && order(values[0], values[1]) == 0 ? .null : values[0]
    default: break
    }
    if values.contains(.null) { return .null }
    switch (function, values[0], values.count > 1 ? values[1] : .null) {
    case (.negate, .integer(let x), _): return try whole(-Int128(x))
    case (.abs, .integer(let x), _): return try whole(Int128(x.magnitude))
    case (.add, .integer(let x), .integer(let y)): return try whole(Int128(x) + Int128(y))
    case (.subtract, .integer(let x), .integer(let y)): return try whole(Int128(x) - Int128(y))
    case (.multiply, .integer(let x), .integer(let y)): return try whole(Int128(x) * Int128(y))
    case (.divide, .integer(let x), .integer(let y)):
      if y == 0 { throw byZero }
      return try whole(Int128(x) / Int128(y))
    case (.modulo, .integer(let x), .integer(let y)):
      if y == 0 { throw byZero }
      return try whole(Int128(x) % Int128(y))
    case (.add, .double(let x), .double(let y)): return try number(x + y, x, y, canVanish: true)
    case (.subtract, .double(let x), .double(let y)): return try number(x - y, x, y, canVanish: true)
    case (.multiply, .double(let x), .double(let y)):
      return try number(x * y, x, y, canVanish: x == 0 || y == 0)
    case (.divide, .double(let x), .double(let y)):
      if y == 0, !x.isNaN { throw byZero }
      return try number(x / y, x, y, canVanish: x == 0 || y.isInfinite)
    case (.add, .decimal(let x), .decimal(let y)): return .decimal(try Decimal.sum(x, y))
    case (.subtract, .decimal(let x), .decimal(let y)): return .decimal(try Decimal.difference(x, y))
    case (.concatenate, .text(let x), .text(let y)): return .text(x + y)
    case (.length, .text(let x), _): return .integer(Int64(x.unicodeScalars.count))
    case (.dateDifference, .date(let x), .date(let y)): return .integer(Int64(x) - Int64(y))
    case (.dateAddDays, .date(let x), .integer(let y)):
      let (sum, isOver) = Int64(x).addingReportingOverflow(y)
      guard !isOver, (-719_162...2_145_042_905).contains(sum) else {
        throw Diagnostic(.datetimeFieldOverflow, "oracle")
      }
      return .date(Int32(sum))
    default: throw Diagnostic(.internalError, "the oracle does not know \(function)")
    }
  }

  private static func whole(_ value: Int128) throws(Diagnostic) -> Value {
    guard let value = Int64(exactly: value) else { throw outOfRange }
    return .integer(value)
  }

  private static func number(_ value: Double, _ x: Double, _ y: Double, canVanish: Bool) throws(Diagnostic)
    -> Value
  {
    if value.isInfinite, x.isFinite, y.isFinite { throw outOfRange }
    if value == 0, !canVanish { throw outOfRange }
    return .double(value)
  }
}
