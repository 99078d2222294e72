import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Makes a program of a scalar.
///
/// Folding never raises: a constant part whose value is an error stays a program, and raises where a row reaches it.
struct Compiler {
  let environment: EvaluationEnvironment

  /// Of hash tables over values that others chose.
  private var seed: UInt64 { UInt64(truncatingIfNeeded: environment.randomBits()) }

  func program(_ scalar: Scalar) throws(Diagnostic) -> Program {
    folded(try unfolded(scalar), scalar)
  }

  private func programs(_ scalars: [Scalar]) throws(Diagnostic) -> [Program] {
    var list: [Program] = []
    for scalar in scalars { list.append(try program(scalar)) }
    return list
  }

  private func unfolded(_ scalar: Scalar) throws(Diagnostic) -> Program {
    switch scalar.kind {
    case .constant(let value): return .constant(try Columns.constant(value, type: scalar.type, count: 1))
    case .column(let ordinal): return .column(ordinal)
    case .parameter(let index):
      guard environment.parameters.indices.contains(index) else {
        throw Diagnostic(.undefinedParameter, "there is no parameter $\(index + 1)", at: scalar.span)
      }
      let value = environment.parameters[index]
      do {
        return .constant(
          try Columns.constant(
            try ValueCast.cast(value, to: scalar.type, isAssignment: false), type: scalar.type, count: 1))
      } catch { throw error.located(at: scalar.span) }
    case .subquery(let index): return try subquery(index, scalar)
    case .exists(let index):
      return .constant(
        try Columns.constant(.boolean(try answer(index).rowCount > 0), type: .boolean, count: 1))
    case .inSubquery(let term, let index, let negated):
      guard let column = try answer(index).columns.first else {
        throw Diagnostic(.internalError, "the subquery of IN has no column")
      }
      return .inSet(try program(term), try KeySet(column, seed: seed), negated: negated)
    case .call(let function, let arguments):
      return .call(
        Program.FunctionCall(
          function: function, arguments: try programs(arguments), type: scalar.type, span: scalar.span,
          environment: environment))
    case .compare(let comparison, let a, let b): return .compare(comparison, try program(a), try program(b))
    case .and(let terms): return .and(try programs(terms))
    case .or(let terms): return .or(try programs(terms))
    case .not(let term): return .not(try program(term))
    case .isNull(let term, let negated): return .isNull(try program(term), negated: negated)
    case .isTruth(let term, let truth, let negated):
      return .isTruth(try program(term), truth, negated: negated)
    case .isDistinct(let a, let b, let negated):
      return .isDistinct(try program(a), try program(b), negated: negated)
    case .inList(let term, let items, let negated): return try inList(term, items, negated: negated)
    case .like(let term, let pattern, let escape, let caseInsensitive, let negated):
      let source = try LikeSource(
        pattern: try program(pattern), escape: try escape.map { e throws(Diagnostic) in try program(e) },
        isCaseInsensitive: caseInsensitive, span: scalar.span)
      return .like(try program(term), pattern: source, negated: negated)
    case .case(let branches, let otherwise):
      var list: [Program.Branch] = []
      for branch in branches {
        list.append(
          Program.Branch(condition: try program(branch.condition), result: try program(branch.result)))
      }
      return .choose(
        branches: list, otherwise: try otherwise.map { e throws(Diagnostic) in try program(e) }, scalar.type)
    case .coalesce(let terms): return .coalesce(try programs(terms), scalar.type)
    case .cast(let term, let isAssignment):
      return .cast(
        try program(term), Program.CastKind(type: scalar.type, isAssignment: isAssignment, span: scalar.span))
    }
  }

  private func answer(_ index: Int) throws(Diagnostic) -> SubqueryAnswer {
    guard environment.subqueries.indices.contains(index) else {
      throw Diagnostic(.internalError, "subquery \(index) has no answer")
    }
    return environment.subqueries[index]
  }

  private func subquery(_ index: Int, _ scalar: Scalar) throws(Diagnostic) -> Program {
    let answer = try answer(index)
    if answer.rowCount > 1 {
      return .raise(
        Diagnostic(
          .cardinalityViolation, "more than one row returned by a subquery used as an expression",
          at: scalar.span),
        scalar.type)
    }
    guard answer.rowCount == 1, let column = answer.columns.first else {
      return .constant(Columns.null(scalar.type, count: 1))
    }
    var row = Columns.flattened(Columns.slice(column, 0..<1))
    row.isConstant = true
    return .constant(row.typed(scalar.type))
  }

  /// A list of constants is a set, found by hashing; any other is compared item by item.
  private func inList(_ term: Scalar, _ items: [Scalar], negated: Bool) throws(Diagnostic) -> Program {
    let list = try programs(items)
    var constants: [Column] = []
    for item in list {
      if case .constant(let column) = item { constants.append(column) }
    }
    guard constants.count == list.count, !list.isEmpty else {
      return .inList(try program(term), list, negated: negated)
    }
    return .inSet(
      try program(term), try KeySet(try Columns.concatenate(constants), seed: seed), negated: negated)
  }

  /// The constant that `program` gives, when nothing in it depends on a row, on chance, or raises.
  private func folded(_ program: Program, _ scalar: Scalar) -> Program {
    guard program.isFoldable else { return program }
    let batch = Batch(columns: [], count: 1)
    guard var column = try? program.evaluate(batch, Rows(count: 1)) else { return program }
    column = Columns.flattened(column)
    column.isConstant = true
    return .constant(column.typed(scalar.type))
  }
}

extension Program {
  /// Whether all children are constants and the program itself gives the same each time.
  fileprivate var isFoldable: Bool {
    switch self {
    case .constant, .column, .raise: false
    case .call(let call): call.function != .genRandomUUID && call.arguments.allSatisfy(\.isConstant)
    case .compare(_, let a, let b), .isDistinct(let a, let b, _): a.isConstant && b.isConstant
    case .and(let terms), .or(let terms), .coalesce(let terms, _): terms.allSatisfy(\.isConstant)
    case .not(let a), .isNull(let a, _), .isTruth(let a, _, _), .inSet(let a, _, _), .cast(let a, _):
      a.isConstant
    case .inList(let a, let items, _): a.isConstant && items.allSatisfy(\.isConstant)
    case .like(let a, let pattern, _): a.isConstant && pattern.isConstant
    case .choose(let branches, let otherwise, _):
      branches.allSatisfy { $0.condition.isConstant && $0.result.isConstant } && otherwise?.isConstant ?? true
    }
  }

  var isConstant: Bool {
    if case .constant = self { return true }
    return false
  }
}
