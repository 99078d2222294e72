import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// =, <>, <, <=, >, >= and IS DISTINCT FROM over columns of one physical kind.
enum Comparing {
  static func column(
    _ comparison: Comparison, _ a: Column, _ b: Column, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    guard let arguments = StrictArguments([a, b], rows: rows) else {
      return Columns.null(.boolean, count: rows.count)
    }
    let count = arguments.extent.count
    let flags: [Bool]
    switch a.values {
    case .booleans: flags = map(comparison, BooleanOrder.self, try a.booleanLane, try b.booleanLane, count)
    case .int32s: flags = map(comparison, PlainOrder<Int32>.self, try a.int32Lane, try b.int32Lane, count)
    case .int64s: flags = map(comparison, PlainOrder<Int64>.self, try a.int64Lane, try b.int64Lane, count)
    case .doubles: flags = map(comparison, DoubleOrder.self, try a.doubleLane, try b.doubleLane, count)
    case .decimals:
      flags = map(comparison, PlainOrder<Decimal>.self, try a.decimalLane, try b.decimalLane, count)
    case .uuids: flags = map(comparison, PlainOrder<UInt128>.self, try a.uuidLane, try b.uuidLane, count)
    case .texts: flags = try ByteComparing.map(comparison, try a.textLane, try b.textLane, arguments)
    case .vectors:
      let (x, y) = (try a.vectorLane, try b.vectorLane)
      flags = try VectorComparing.map(comparison, x, y, arguments)
    }
    return arguments.column(.boolean, .booleans(flags))
  }

  /// The rows for which the comparison is TRUE.
  static func select(
    _ comparison: Comparison, _ a: Column, _ b: Column, _ rows: Rows
  ) throws(Diagnostic) -> Rows {
    if a.isConstant, !b.isConstant { return try select(comparison.mirrored, b, a, rows) }
    guard let arguments = StrictArguments([a, b], rows: rows) else { return rows.none }
    if arguments.extent.isConstant { return try Logic.select(try column(comparison, a, b, rows), rows) }
    let valid = arguments.validity
    switch a.values {
    case .booleans:
      return select(comparison, BooleanOrder.self, try a.booleanLane, try b.booleanLane, rows, valid)
    case .int32s:
      return select(comparison, PlainOrder<Int32>.self, try a.int32Lane, try b.int32Lane, rows, valid)
    case .int64s:
      return select(comparison, PlainOrder<Int64>.self, try a.int64Lane, try b.int64Lane, rows, valid)
    case .doubles:
      return select(comparison, DoubleOrder.self, try a.doubleLane, try b.doubleLane, rows, valid)
    case .decimals:
      return select(comparison, PlainOrder<Decimal>.self, try a.decimalLane, try b.decimalLane, rows, valid)
    case .uuids:
      return select(comparison, PlainOrder<UInt128>.self, try a.uuidLane, try b.uuidLane, rows, valid)
    case .texts: return try ByteComparing.select(comparison, try a.textLane, try b.textLane, rows, valid)
    case .vectors: return try Logic.select(try column(comparison, a, b, rows), rows)
    }
  }

  private static func map<Order: ValueOrder>(
    _ comparison: Comparison, _ order: Order.Type, _ a: Lane<Order.Value>, _ b: Lane<Order.Value>,
    _ count: Int
  ) -> [Bool] {
    switch comparison {
    case .equal: Loops.map(a, b, count) { Order.equal($0, $1) }
    case .notEqual: Loops.map(a, b, count) { !Order.equal($0, $1) }
    case .less: Loops.map(a, b, count) { Order.less($0, $1) }
    case .lessOrEqual: Loops.map(a, b, count) { !Order.less($1, $0) }
    case .greater: Loops.map(a, b, count) { Order.less($1, $0) }
    case .greaterOrEqual: Loops.map(a, b, count) { !Order.less($0, $1) }
    }
  }

  private static func select<Order: ValueOrder>(
    _ comparison: Comparison, _ order: Order.Type, _ a: Lane<Order.Value>, _ b: Lane<Order.Value>,
    _ rows: Rows,
    _ validity: [Bool]?
  ) -> Rows {
    switch comparison {
    case .equal: Loops.select(EqualTest<Order>.self, a, b, rows, validity)
    case .notEqual: Loops.select(NotTest<EqualTest<Order>>.self, a, b, rows, validity)
    case .less: Loops.select(LessTest<Order>.self, a, b, rows, validity)
    case .lessOrEqual: Loops.select(NotTest<GreaterTest<Order>>.self, a, b, rows, validity)
    case .greater: Loops.select(GreaterTest<Order>.self, a, b, rows, validity)
    case .greaterOrEqual: Loops.select(NotTest<LessTest<Order>>.self, a, b, rows, validity)
    }
  }

  /// NULL is a value here: equal to NULL alone. Never NULL itself.
  static func isDistinct(_ a: Column, _ b: Column, negated: Bool, _ rows: Rows) throws(Diagnostic) -> Column {
    let extent = Extent([a, b], rows: rows)
    if a.isConstantNull || b.isConstantNull {
      let other = a.isConstantNull ? b : a
      // Distinct from NULL is what is not NULL.
      return Logic.isNull(other, negated: !negated, rows)
    }
    let equal = try column(.equal, a, b, rows)
    guard case .booleans(var flags) = equal.values else { throw equal.kindFault("BOOLEAN") }
    for row in 0..<extent.count {
      let (x, y) = (a.isNull(row), b.isNull(row))
      flags[row] = (x || y ? x && y : flags[row]) == negated
    }
    return extent.column(.boolean, .booleans(flags))
  }
}

extension Comparison {
  /// a ⟨self⟩ b is b ⟨mirrored⟩ a.
  var mirrored: Comparison {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// Whether it holds of two values of which the first lies before (−1), at (0) or behind (1) the second.
  @inline(__always)
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
