import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// Random scalars over random columns: well typed, mostly small, with NULLs and extreme values.
struct RandomScalars {
  var random: Seeded
  /// The types of the columns, each twice.
  static let types: [SQLType] = [.boolean, .bigint, .double, .numeric, .string, .date]

  mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func value(_ type: SQLType, nullPercent: Int = 15) -> Value {
    if chance(nullPercent) { return .null }
    switch type {
    case .boolean: return .boolean(chance(50))
    case .integer:
      return .integer(
        chance(8) ? pick([.min, .max, -1, .min + 1]) : Int64.random(in: -4...4, using: &random))
    case .double:
      return .double(
        chance(10)
          ? pick([.nan, .infinity, -0.0, 1e308, 5e-324]) : Double(Int.random(in: -8...8, using: &random)) / 2)
    case .decimal:
      if chance(4) { return .decimal(Decimal(unscaled: Int128(Decimal.maxMagnitude), scale: pick([0, 38]))) }
      return .decimal(
        Decimal(unscaled: Int128(Int.random(in: -60...60, using: &random)), scale: pick([0, 1, 2])))
    case .text:
      let length = Int.random(in: 0...4, using: &random)
      return .text((0..<length).map { _ in pick(["a", "b", "é", "1", "%"]) }.joined())
    case .date:
      return .date(chance(5) ? pick([-719_162, 2_145_042_905]) : Int32.random(in: -3...3, using: &random))
    default: return .null
    }
  }

  mutating func column(_ type: SQLType, rows: Int) throws -> Column {
    if chance(15) { return try Columns.constant(value(type), type: type, count: rows) }
    let nulls = pick([0, 15, 60])
    return try Make.column((0..<rows).map { _ in value(type, nullPercent: nulls) }, type)
  }

  mutating func scalar(_ type: SQLType, depth: Int) -> Scalar {
    if depth == 0 || chance(15) {
      if chance(70), let first = RandomScalars.types.firstIndex(of: type) {
        return Make.column(first + pick([0, RandomScalars.types.count]), type)
      }
      return Make.constant(value(type), type)
    }
    let below = depth - 1
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let branches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Scalar.Branch(condition: scalar(.boolean, depth: below), result: scalar(type, depth: below))
      }
      return Scalar(
        .case(branches: branches, otherwise: chance(70) ? scalar(type, depth: below) : nil), type: type)
    case 1: return Scalar(.coalesce([scalar(type, depth: below), scalar(type, depth: below)]), type: type)
    case 2:
      let function: ScalarFunction = pick([.greatest, .least, .nullIf])
      return Make.call(function, [scalar(type, depth: below), scalar(type, depth: below)], type)
    default: return own(type, depth: below)
    }
  }

  private mutating func own(_ type: SQLType, depth: Int) -> Scalar {
    switch type {
    case .boolean: return truth(depth)
    case .integer:
      if chance(10) { return Make.call(.length, [scalar(.string, depth: depth)], type) }
      if chance(10) {
        return Make.call(.dateDifference, [scalar(.date, depth: depth), scalar(.date, depth: depth)], type)
      }
      if chance(10) { return Make.call(pick([.abs, .negate]), [scalar(type, depth: depth)], type) }
      if chance(12) { return cast(pick([.double, .numeric, .string, .boolean]), type, depth) }
      return two(pick([.add, .subtract, .multiply, .divide, .modulo]), type, depth)
    case .double:
      if chance(15) { return cast(pick([.bigint, .numeric, .string]), type, depth) }
      return two(pick([.add, .subtract, .multiply, .divide]), type, depth)
    case .decimal:
      if chance(20) { return cast(pick([.bigint, .double, .string]), type, depth) }
      return two(pick([.add, .subtract]), type, depth)
    case .text:
      if chance(40) { return cast(pick([.bigint, .numeric, .boolean, .date, .double]), type, depth) }
      return two(.concatenate, type, depth)
    case .date:
      return Make.call(.dateAddDays, [scalar(.date, depth: depth), scalar(.bigint, depth: depth)], type)
    default: return Make.constant(value(type), type)
    }
  }

  private mutating func two(_ function: ScalarFunction, _ type: SQLType, _ depth: Int) -> Scalar {
    Make.call(function, [scalar(type, depth: depth), scalar(type, depth: depth)], type)
  }

  private mutating func cast(_ from: SQLType, _ type: SQLType, _ depth: Int) -> Scalar {
    Scalar(.cast(scalar(from, depth: depth), isAssignment: false), type: type)
  }

  private mutating func truth(_ depth: Int) -> Scalar {
    let other = pick(RandomScalars.types)
    func make(_ kind: Scalar.Kind) -> Scalar { Scalar(kind, type: .boolean) }
    switch Int.random(in: 0..<11, using: &random) {
    case 0, 1:
      let terms = (0..<Int.random(in: 2...4, using: &random)).map { _ in scalar(.boolean, depth: depth) }
      return make(chance(50) ? .and(terms) : .or(terms))
    case 2: return make(.not(scalar(.boolean, depth: depth)))
    case 3: return make(.isNull(scalar(other, depth: depth), negated: chance(50)))
    case 4:
      return make(.isTruth(scalar(.boolean, depth: depth), pick([true, false, nil]), negated: chance(50)))
    case 5:
      return make(.isDistinct(scalar(other, depth: depth), scalar(other, depth: depth), negated: chance(50)))
    case 6:
      let isConstant = chance(60)
      let items = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        isConstant ? Make.constant(value(other), other) : scalar(other, depth: depth)
      }
      return make(.inList(scalar(other, depth: depth), items, negated: chance(50)))
    case 7:
      let pattern = (0..<Int.random(in: 0...4, using: &random)).map { _ in pick(["a", "b", "é", "%", "_"]) }
        .joined()
      return make(
        .like(
          scalar(.string, depth: depth),
          pattern: chance(80) ? Make.text(pattern) : scalar(.string, depth: depth), escape: nil,
          caseInsensitive: false, negated: chance(50)))
    default:
      return make(
        .compare(pick(Comparison.allCases), scalar(other, depth: depth), scalar(other, depth: depth)))
    }
  }
}
