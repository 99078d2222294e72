import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// The aggregates that the clauses of one SELECT call, each once.
///
/// While a clause is bound, aggregate i stands as column `base + i`, past every column of FROM.
final class AggregateCollector {
  /// Larger than any ordinal of FROM or of group keys.
  static let base = 1 << 30
  private(set) var calls: [AggregateCall] = []
  private var keys: [AggregateCall] = []

  func add(_ call: AggregateCall, at span: SourceSpan) -> Scalar {
    var key = call
    key.arguments = call.arguments.map(\.unplaced)
    key.filter = call.filter?.unplaced
    let index: Int
    if let known = keys.firstIndex(of: key) {
      index = known
    } else {
      index = keys.count
      keys.append(key)
      calls.append(call)
    }
    return Scalar(.column(Self.base + index), type: call.type, span: span)
  }
}

extension ExpressionBinder {
  func bindAggregate(_ function: AggregateFunction, _ call: FunctionCall, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let name = call.name.text
    guard let aggregates else {
      let message =
        clause == "aggregate"
        ? "aggregate function calls cannot be nested" : "aggregate functions are not allowed in \(clause)"
      throw Diagnostic(.groupingError, message, at: span)
    }
    let inner = ExpressionBinder(state: state, scope: scope, clause: "aggregate")
    var filter: Scalar?
    if let condition = call.filter {
      filter = try ExpressionBinder(state: state, scope: scope, clause: "FILTER").predicate(condition)
    }
    if call.isStar {
      guard function == .count else {
        throw Diagnostic(.undefinedFunction, "function \(name)(*) does not exist", at: span)
      }
      return aggregates.add(
        AggregateCall(function: .count, arguments: [], filter: filter, type: .bigint), at: span)
    }
    let wanted = function == .stringAgg ? 2 : 1
    if function == .count, call.arguments.isEmpty {
      throw Diagnostic(.wrongObjectType, "count() counts nothing: count(*) counts rows", at: span)
    }
    guard call.arguments.count == wanted else {
      throw Diagnostic(
        .undefinedFunction,
        "\(name) takes \(wanted) argument\(wanted == 1 ? "" : "s"), not \(call.arguments.count)", at: span)
    }
    let arguments = try call.arguments.map { (argument) throws(Diagnostic) in try inner.bind(argument) }
    let (list, type) = try typed(function, name, arguments, at: span)
    return aggregates.add(
      AggregateCall(
        function: function, arguments: list, isDistinct: call.isDistinct, filter: filter, type: type),
      at: span)
  }

  /// The arguments as the aggregate takes them, and what it gives.
  private func typed(
    _ function: AggregateFunction, _ name: String, _ arguments: [Scalar], at span: SourceSpan
  )
    throws(Diagnostic) -> ([Scalar], SQLType)
  {
    let refusal = Diagnostic(
      .undefinedFunction,
      "function \(name)(\(arguments.map(\.type.plainName).joined(separator: ", "))) does not exist", at: span)
    switch function {
    case .count: return ([try state.settle(arguments[0])], .bigint)
    case .sum, .avg:
      guard arguments[0].type.isNumeric else { throw refusal }
      return (arguments, arguments[0].type == .double ? .double : .numeric)
    case .min, .max:
      let argument = try state.settle(arguments[0])
      switch argument.type.unmodified {
      case .boolean, .vector, .unknown: throw refusal
      case .integer, .double, .decimal, .text, .blob, .date, .timestamp, .timestamptz, .uuid:
        return ([argument], argument.type.unmodified)
      }
    case .boolAnd, .boolOr:
      return ([try state.coerce(arguments[0], to: .boolean, mismatch: refusal)], .boolean)
    case .stringAgg:
      let list = try arguments.map { (argument) throws(Diagnostic) in
        try state.coerce(argument, to: .string, mismatch: refusal)
      }
      return (list, .string)
    case .stddevSamp, .stddevPop, .varSamp, .varPop:
      return ([try state.coerce(arguments[0], to: .double, mismatch: refusal)], .double)
    }
  }
}
