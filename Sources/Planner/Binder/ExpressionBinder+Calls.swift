import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Calls of functions of one row: which overload is meant, and its arguments cast for it.
extension ExpressionBinder {
  func bindCall(_ call: FunctionCall, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    let name = call.name.text
    if let aggregate = AggregateSignatures.byName[name] {
      return try bindAggregate(aggregate, call, at: span)
    }
    try refuseAggregateForms(call, at: span)
    let arguments = try call.arguments.map { (argument) throws(Diagnostic) in try bind(argument) }
    if let form = try bindForm(name, arguments, at: span) { return form }
    if let entry = DistanceFunctions.named(name) {
      guard arguments.count == 2 else { throw noFunction(call.name, arguments, at: span) }
      return try distance(entry.function, name, arguments[0], arguments[1], at: span)
    }
    let overloads = FunctionSignatures.named(name)
    guard !overloads.isEmpty else {
      throw Diagnostic(
        .undefinedFunction, "function \(name)(\(Self.types(arguments))) does not exist", at: call.name.span,
        label: Suggestion.label(for: name, in: FunctionSignatures.names))
    }
    let best = Self.best(overloads, arguments)
    guard let signature = best.first else { throw noFunction(call.name, arguments, at: span) }
    guard best.count == 1 else {
      throw Diagnostic(
        .ambiguousFunction, "function \(name)(\(Self.types(arguments))) is not unique", at: span,
        hint: "Add a cast to say which type is meant.")
    }
    return try apply(signature, arguments, at: span)
  }

  private func refuseAggregateForms(_ call: FunctionCall, at span: SourceSpan) throws(Diagnostic) {
    guard call.isStar || call.isDistinct || call.filter != nil else { return }
    let name = call.name.text
    if FunctionSignatures.forms.contains(name) {
      throw Diagnostic(
        .syntaxError, "\(name.uppercased()) takes a list of expressions and nothing else", at: span)
    }
    if FunctionSignatures.names.contains(name) {
      if call.isStar { throw Diagnostic(.undefinedFunction, "function \(name)(*) does not exist", at: span) }
      let form = call.isDistinct ? "DISTINCT" : "FILTER"
      throw Diagnostic(
        .wrongObjectType, "\(form) was given, but \(name) is not an aggregate function", at: span)
    }
    throw Diagnostic(
      .undefinedFunction, "function \(name) does not exist", at: call.name.span,
      label: Suggestion.label(for: name, in: AggregateSignatures.names))
  }

  /// COALESCE, NULLIF, GREATEST, LEAST: over any one type.
  private func bindForm(_ name: String, _ arguments: [Scalar], at span: SourceSpan) throws(Diagnostic)
    -> Scalar?
  {
    switch name {
    case "coalesce", "greatest", "least":
      let word = name.uppercased()
      guard !arguments.isEmpty else {
        throw Diagnostic(.syntaxError, "\(word) needs at least one argument", at: span)
      }
      let (list, type) = try state.unified(arguments, what: word)
      if name == "coalesce" { return Scalar(.coalesce(list), type: type, span: span) }
      return Scalar(.call(name == "greatest" ? .greatest : .least, list), type: type, span: span)
    case "nullif":
      guard arguments.count == 2 else {
        throw Diagnostic(.syntaxError, "NULLIF takes 2 arguments, not \(arguments.count)", at: span)
      }
      let (a, b) = try compared(arguments[0], arguments[1], "=", at: span)
      return Scalar(.call(.nullIf, [a, b]), type: a.type, span: span)
    default: return nil
    }
  }

  private func apply(_ signature: FunctionSignature, _ arguments: [Scalar], at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    var list: [Scalar] = []
    for (index, argument) in arguments.enumerated() {
      let parameter = signature.parameters[min(index, signature.parameters.count - 1)]
      switch parameter {
      case .type(let type):
        if signature.function == .concat, argument.type == .boolean {
          list.append(Self.letter(of: argument))
          continue
        }
        let context: CastContext = signature.function == .concat ? .assignment : .implicit
        list.append(
          try state.coerce(
            argument, to: type, context,
            mismatch: Diagnostic(.undefinedFunction, "no such overload", at: argument.span)))
      case .floats, .anyVector:
        list.append(try vectorArgument(argument, signature.name))
      case .any: list.append(try state.settle(argument))
      }
    }
    return Scalar(
      .call(signature.function, list), type: try resultType(signature, list, at: span), span: span)
  }

  /// `t` or `f`: concat writes a BOOLEAN as PostgreSQL prints it, not as a cast to TEXT does.
  private static func letter(of argument: Scalar) -> Scalar {
    let branches = [("t", argument), ("f", Scalar(.not(argument), type: .boolean, span: argument.span))].map {
      Scalar.Branch(condition: $1, result: Scalar(.constant(.text($0)), type: .string))
    }
    return Scalar(.case(branches: branches, otherwise: nil), type: .string, span: argument.span)
  }

  /// A text literal where a vector is wanted is read as one of floats.
  private func vectorArgument(_ argument: Scalar, _ name: String) throws(Diagnostic) -> Scalar {
    guard argument.type == .unknown else { return argument }
    if case .text(let text) = argument.constantValue {
      let vector = try VectorLiterals.floats(text, at: argument.span)
      return Scalar(.constant(.vector(vector)), type: .vector(vector.shape), span: argument.span)
    }
    throw Diagnostic(
      .indeterminateDatatype, "the dimension of the argument of \(name) is not known", at: argument.span,
      hint: "Add a cast, for example CAST(… AS VECTOR(384)).")
  }

  private func resultType(_ signature: FunctionSignature, _ arguments: [Scalar], at span: SourceSpan)
    throws(Diagnostic) -> SQLType
  {
    switch signature.result {
    case .type(let type): return type
    case .argument(let index): return arguments[index].type
    case .quantized:
      let dimension = arguments[0].type.vectorShape?.dimension ?? 1
      return .vector(VectorShape(dimension: dimension, element: .bit))
    case .subvector:
      guard let shape = arguments[0].type.vectorShape, case .integer(let start) = arguments[1].constantValue,
        case .integer(let count) = arguments[2].constantValue
      else {
        throw Diagnostic(
          .featureNotSupported, "the start and the length of subvector must be constants", at: span)
      }
      // pgvector's rule: what lies outside is cut off.
      let first = max(start, 1)
      let (end, over) = start.addingReportingOverflow(count)
      let last = min(over ? Int64.max : end - 1, Int64(shape.dimension))
      guard count >= 1, last >= first else {
        throw Diagnostic(.dataException, "a vector must have at least 1 dimension", at: span)
      }
      return .vector(VectorShape(dimension: Int(last - first + 1), element: shape.element))
    }
  }
}

// MARK: - Overloads

extension ExpressionBinder {
  /// The overloads whose arguments need the least casting. None: no overload takes these arguments; several:
  /// none is better, as for a literal that may be a DATE or a TIMESTAMP.
  private static func best(_ overloads: [FunctionSignature], _ arguments: [Scalar]) -> [FunctionSignature] {
    var best: [FunctionSignature] = []
    var least = Int.max
    for signature in overloads {
      guard let price = price(signature, arguments), price <= least else { continue }
      if price < least { best = [] }
      least = price
      best.append(signature)
    }
    return best
  }

  private static func price(_ signature: FunctionSignature, _ arguments: [Scalar]) -> Int? {
    let fits =
      signature.isVariadic
      ? arguments.count >= signature.parameters.count : arguments.count == signature.parameters.count
    guard fits else { return nil }
    var sum = 0
    for (index, argument) in arguments.enumerated() {
      let parameter = signature.parameters[min(index, signature.parameters.count - 1)]
      guard let price = price(parameter, argument.type, isLenient: signature.function == .concat) else {
        return nil
      }
      sum += price
    }
    return sum
  }

  /// PostgreSQL's preferences: exact first, then its preferred types (TEXT for what has no type, DOUBLE among
  /// numbers).
  private static func price(_ parameter: FunctionSignature.Parameter, _ type: SQLType, isLenient: Bool)
    -> Int?
  {
    switch parameter {
    case .any: return 0
    case .floats:
      if type == .unknown { return 2 }
      return type.vectorShape.flatMap { $0.element == .bit ? nil : 0 }
    case .anyVector: return type == .unknown ? 2 : type.vectorShape == nil ? nil : 0
    case .type(let wanted):
      if type.unmodified == wanted { return 0 }
      if type == .unknown { return wanted == .string ? 1 : wanted == .double ? 2 : 3 }
      guard let context = TypeRules.context(from: type, to: wanted),
        context == .implicit || isLenient && context == .assignment
      else { return nil }
      switch wanted {
      case .double, .timestamptz: return type.unmodified == .numeric ? 12 : 10
      case .unknown, .boolean, .integer, .decimal, .text, .blob, .date, .timestamp, .uuid, .vector: return 11
      }
    }
  }

  private func noFunction(_ name: Name, _ arguments: [Scalar], at span: SourceSpan) -> Diagnostic {
    let distance = DistanceFunctions.named(name.text)
    let forms =
      distance == nil
      ? FunctionSignatures.named(name.text).map { "\(name.text)(\(Self.describe($0)))" }
      : ["\(name.text)(VECTOR, VECTOR)"]
    return Diagnostic(
      .undefinedFunction, "function \(name.text)(\(Self.types(arguments))) does not exist", at: span,
      hint: "There is \(forms.joined(separator: ", ")).")
  }

  private static func types(_ arguments: [Scalar]) -> String {
    arguments.map(\.type.plainName).joined(separator: ", ")
  }

  private static func describe(_ signature: FunctionSignature) -> String {
    let list = signature.parameters.map { parameter in
      switch parameter {
      case .type(let type): type.description
      case .floats, .anyVector: "VECTOR"
      case .any: "any"
      }
    }
    return list.joined(separator: ", ") + (signature.isVariadic ? ", …" : "")
  }
}
