import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Turns the expressions of one clause into scalars over the rows of `scope`.
struct ExpressionBinder {
  let state: BindingState
  let scope: Scope
  /// As messages name it: WHERE, GROUP BY, …
  let clause: String
  /// Where aggregates may stand, they are gathered here; nil: they may not.
  let aggregates: AggregateCollector?

  init(state: BindingState, scope: Scope, clause: String, aggregates: AggregateCollector? = nil) {
    self.state = state
    self.scope = scope
    self.clause = clause
    self.aggregates = aggregates
  }

  /// The scalar; its type is `unknown` for a literal in quotes, NULL or a parameter that its place still has
  /// to settle.
  func bind(_ expression: Expression) throws(Diagnostic) -> Scalar {
    let span = expression.span
    switch expression.kind {
    case .literal(let literal): return try bind(literal, at: span)
    case .bracket(let elements): return try bindBracket(elements, at: span)
    case .column(let parts):
      if let refusal = columnRefusal(at: span) { throw refusal }
      let column = try scope.resolve(parts)
      if let source = column.source { state.read(source, in: scope) }
      return Scalar(.column(column.ordinal), type: column.type, span: span)
    case .parameter(let parameter): return try state.parameter(parameter, at: span)
    case .unary(let sign, let operand): return try bindSign(sign, operand, at: span)
    case .binary(let binary, let left, let right):
      return try bindBinary(binary, try bind(left), try bind(right), at: span)
    case .and(let terms): return Scalar(.and(try truths(terms, "AND")), type: .boolean, span: span)
    case .or(let terms): return Scalar(.or(try truths(terms, "OR")), type: .boolean, span: span)
    case .not(let operand):
      return Scalar(.not(try state.truth(try bind(operand), place: "NOT")), type: .boolean, span: span)
    case .isNull(let operand, let negated):
      return Scalar(.isNull(try tested(operand), negated: negated), type: .boolean, span: span)
    case .isTruth(let operand, let truth, let negated):
      let word = truth.map { $0 ? "IS TRUE" : "IS FALSE" } ?? "IS UNKNOWN"
      let scalar = try state.truth(try bind(operand), place: word)
      return Scalar(.isTruth(scalar, truth, negated: negated), type: .boolean, span: span)
    case .isDistinct(let left, let right, let negated):
      let (a, b) = try compared(try bind(left), try bind(right), "IS DISTINCT FROM", at: span)
      return Scalar(.isDistinct(a, b, negated: negated), type: .boolean, span: span)
    case .between(let operand, let low, let high, let negated):
      return try bindBetween(operand, low, high, negated: negated, at: span)
    case .inList(let operand, let list, let negated):
      return try bindInList(operand, list, negated: negated, at: span)
    case .inSubquery(let operand, let query, let negated):
      return try bindInSubquery(operand, query, negated: negated, at: span)
    case .exists(let query):
      let plan = try subquery(query)
      return Scalar(.exists(subquery: add(plan)), type: .boolean, span: span)
    case .subquery(let query):
      let plan = try subquery(query)
      guard plan.columns.count == 1 else {
        throw Diagnostic(
          .syntaxError, "subquery must return only one column, not \(plan.columns.count)", at: query.span)
      }
      return Scalar(.subquery(add(plan)), type: plan.columns[0].type, span: span)
    case .like(let operand, let pattern, let escape, let caseInsensitive, let negated):
      return try bindLike(
        operand, pattern, escape, caseInsensitive: caseInsensitive, negated: negated, at: span)
    case .case(let operand, let branches, let otherwise):
      return try bindCase(operand, branches, otherwise, at: span)
    case .cast(let operand, let name):
      if let number = try writtenNumber(operand, to: name, at: span) { return number }
      let scalar = try bind(operand)
      if let vector = try bindUnsizedVector(scalar, to: name, at: span) { return vector }
      return try bindCast(scalar, to: try TypeNames.resolve(name), at: span)
    case .call(let call): return try bindCall(call, at: span)
    }
  }

  /// Some clauses have no row to read.
  private func columnRefusal(at span: SourceSpan) -> Diagnostic? {
    switch clause {
    case "DEFAULT": Diagnostic(.featureNotSupported, "cannot use a column in DEFAULT", at: span)
    case "LIMIT", "OFFSET", "NEAREST k":
      Diagnostic(.invalidColumnReference, "argument of \(clause) must not contain columns", at: span)
    default: nil
    }
  }

  /// A scalar with a type of its own: what nothing settles is TEXT.
  func settled(_ expression: Expression) throws(Diagnostic) -> Scalar {
    try state.settle(try bind(expression))
  }

  /// As `settled`, but a parameter waits for a use that says more: `$1 IS NULL OR size = $1`.
  private func tested(_ expression: Expression) throws(Diagnostic) -> Scalar {
    let scalar = try bind(expression)
    if case .parameter = scalar.kind { return scalar }
    return try state.settle(scalar)
  }

  /// A truth value, as the clause demands.
  func predicate(_ expression: Expression) throws(Diagnostic) -> Scalar {
    try state.truth(try bind(expression), place: clause)
  }

  private func truths(_ terms: [Expression], _ place: String) throws(Diagnostic) -> [Scalar] {
    try terms.map { (term) throws(Diagnostic) in try state.truth(try bind(term), place: place) }
  }
}

// MARK: - Literals, casts

extension ExpressionBinder {
  private func bind(_ literal: Literal, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    switch literal {
    case .null: return .null(.unknown, at: span)
    case .boolean(let value): return Scalar(.constant(.boolean(value)), type: .boolean, span: span)
    case .integer(let digits): return try LiteralValues.integer(digits, at: span)
    case .decimal(let text), .scientific(let text): return try LiteralValues.decimal(text, at: span)
    case .string(let text): return Scalar(.constant(.text(text)), type: .unknown, span: span)
    case .bytes(let bytes): return Scalar(.constant(.blob(bytes)), type: .blob, span: span)
    case .typed(let name, let text):
      let constant = Scalar(.constant(.text(text)), type: .unknown, span: span)
      if let vector = try bindUnsizedVector(constant, to: name, at: span) { return vector }
      return try bindCast(constant, to: try TypeNames.resolve(name), at: span)
    case .vector(let values):
      let vector = try VectorLiterals.floats(values, at: span)
      return Scalar(.constant(.vector(vector)), type: .vector(vector.shape), span: span)
    }
  }

  /// A bracket with an element that is no plain number.
  private func bindBracket(_ elements: [Expression], at span: SourceSpan) throws(Diagnostic) -> Scalar {
    try VectorLiterals.checkLimit(elements.count, at: span)
    let scalars = try elements.map { (element) throws(Diagnostic) -> Scalar in
      let scalar = try bind(element)
      return try state.coerce(
        scalar, to: .double,
        mismatch: Diagnostic(
          .datatypeMismatch, "an element of a vector must be a number, not \(scalar.type.plainName)",
          at: element.span))
    }
    let shape = VectorShape(dimension: elements.count, element: .float32)
    let numbers = scalars.compactMap { scalar -> Double? in
      if case .double(let number) = scalar.constantValue { return number }
      return nil
    }
    if numbers.count == scalars.count {
      let vector = try VectorLiterals.floats(numbers, at: span)
      return Scalar(.constant(.vector(vector)), type: .vector(shape), span: span)
    }
    return Scalar(.call(.makeVector, scalars), type: .vector(shape), span: span)
  }

  /// A number's digits read at once as the DECIMAL(p, s) or DOUBLE that they are cast to, though no DECIMAL holds them all.
  private func writtenNumber(_ operand: Expression, to name: TypeName, at span: SourceSpan) throws(Diagnostic)
    -> Scalar?
  {
    switch operand.kind {
    case .literal(.decimal(let text)), .literal(.scientific(let text)):
      let type = try TypeNames.resolve(name)
      switch type {
      case .double, .decimal(_?):
        return try LiteralValues.quoted(text, as: type, isAssignment: false, at: span)
      case .unknown, .boolean, .integer, .decimal(nil), .text, .blob, .date, .timestamp, .timestamptz, .uuid,
        .vector:
        return nil
      }
    case .literal, .bracket, .column, .parameter, .unary, .binary, .and, .or, .not, .isNull, .isTruth,
      .isDistinct,
      .between, .inList, .inSubquery, .exists, .subquery, .like, .case, .cast, .call:
      return nil
    }
  }

  private func bindCast(_ scalar: Scalar, to type: SQLType, at span: SourceSpan) throws(Diagnostic) -> Scalar
  {
    var cast = try state.coerce(
      scalar, to: type, .explicit,
      mismatch: Diagnostic(
        .cannotCoerce, "cannot cast type \(scalar.type.plainName) to \(type)", at: span))
    // A cast that changes nothing in memory still names the type of the column.
    if cast.type != type { cast.type = type }
    return cast
  }

  /// pgvector's `'[1,2]'::vector`: of as many dimensions as there are; a parameter takes those of the vector
  /// that it meets.
  private func bindUnsizedVector(_ scalar: Scalar, to name: TypeName, at span: SourceSpan)
    throws(Diagnostic) -> Scalar?
  {
    guard name.arguments.isEmpty, name.name == "vector" || name.name == "halfvec" else { return nil }
    let element: VectorElement = name.name == "vector" ? .float32 : .float16
    if let shape = scalar.type.vectorShape {
      return try bindCast(
        scalar, to: .vector(VectorShape(dimension: shape.dimension, element: element)), at: span)
    }
    guard scalar.type == .unknown else { return nil }
    guard case .text(let text) = scalar.constantValue else { return scalar }
    let read = try VectorLiterals.floats(text, at: span)
    let vector = Scalar(.constant(.vector(read)), type: .vector(read.shape), span: span)
    return try bindCast(
      vector, to: .vector(VectorShape(dimension: read.shape.dimension, element: element)), at: span)
  }

  private func bindSign(_ sign: UnaryOperator, _ operand: Expression, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    // The least INTEGER has no positive twin: the sign belongs to the digits.
    if sign == .minus, case .literal(.integer(let digits)) = operand.kind {
      return try LiteralValues.integer("-" + digits, at: span)
    }
    let scalar = try bind(operand)
    guard scalar.type.isNumeric || (scalar.type.vectorShape.map { $0.element != .bit } ?? false) else {
      if scalar.type == .unknown {
        throw Diagnostic(
          .ambiguousFunction, "operator is not unique: \(sign.rawValue) unknown", at: span,
          hint: "Add a cast to say which type is meant.")
      }
      throw Diagnostic(
        .undefinedFunction, "operator does not exist: \(sign.rawValue) \(scalar.type.plainName)", at: span)
    }
    if sign == .plus { return scalar }
    switch scalar.constantValue {
    case .decimal(let number):
      let negative = Decimal(unscaled: -number.unscaled, scale: number.scale)
      return Scalar(.constant(.decimal(negative)), type: scalar.type, span: span)
    case .double(let number): return Scalar(.constant(.double(-number)), type: .double, span: span)
    default: break
    }
    guard scalar.type.isNumeric else {
      throw Diagnostic(
        .undefinedFunction, "operator does not exist: - \(scalar.type.plainName)", at: span,
        hint: "Multiply by a vector, or subtract from one.")
    }
    return Scalar(.call(.negate, [scalar]), type: scalar.type.unmodified, span: span)
  }
}

// MARK: - Forms

extension ExpressionBinder {
  /// A value that stands in every comparison of its BETWEEN or CASE: nested in itself it would double with each level.
  ///
  /// - Throws: 54001 for one of more than 4,096 nodes.
  private func repeatable(_ value: Scalar) throws(Diagnostic) -> Scalar {
    var room = 4_096
    guard value.fits(in: &room) else {
      throw Diagnostic(
        .statementTooComplex, "the operand of BETWEEN or CASE is too large to be compared several times",
        at: value.span, hint: "name it in a subquery in FROM")
    }
    return value
  }

  private func bindBetween(
    _ operand: Expression, _ low: Expression, _ high: Expression, negated: Bool, at span: SourceSpan
  ) throws(Diagnostic) -> Scalar {
    let value = try repeatable(try bind(operand))
    let lowest = try compare(negated ? .less : .greaterOrEqual, value, try bind(low), at: span)
    let highest = try compare(negated ? .greater : .lessOrEqual, value, try bind(high), at: span)
    let terms = [lowest, highest]
    return Scalar(negated ? .or(terms) : .and(terms), type: .boolean, span: span)
  }

  private func bindInList(_ operand: Expression, _ list: [Expression], negated: Bool, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let value = try bind(operand)
    let items = try list.map { (item) throws(Diagnostic) in try bind(item) }
    var type = value.type
    for item in items {
      guard let wider = TypeRules.common(type, item.type) else {
        throw Self.noOperator("=", type, item.type, at: item.span)
      }
      type = wider
    }
    if type == .unknown { type = .string }
    let settled = type
    let never = Diagnostic(.datatypeMismatch, "types of IN do not agree", at: span)
    let left = try state.coerce(value, to: settled, mismatch: never)
    let right = try items.map { (item) throws(Diagnostic) in
      try state.coerce(item, to: settled, mismatch: never)
    }
    return Scalar(.inList(left, right, negated: negated), type: .boolean, span: span)
  }

  private func bindInSubquery(_ operand: Expression, _ query: Query, negated: Bool, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let value = try bind(operand)
    var plan = try subquery(query)
    guard plan.columns.count == 1 else {
      throw Diagnostic(
        .syntaxError, "subquery of IN must return one column, not \(plan.columns.count)", at: query.span)
    }
    let inner = plan.columns[0].type
    guard let type = TypeRules.common(value.type, inner) else {
      throw Self.noOperator("=", value.type, inner, at: span)
    }
    let never = Diagnostic(.datatypeMismatch, "types of IN do not agree", at: span)
    let left = try state.coerce(value, to: type, mismatch: never)
    let column = Scalar(.column(0), type: inner)
    let cast = try state.coerce(column, to: type, mismatch: never)
    if cast != column {
      plan.root = .project(plan.root, [cast])
      plan.columns[0].type = type
    }
    return Scalar(.inSubquery(left, subquery: add(plan), negated: negated), type: .boolean, span: span)
  }

  private func bindLike(
    _ operand: Expression, _ pattern: Expression, _ escape: Expression?, caseInsensitive: Bool,
    negated: Bool, at span: SourceSpan
  ) throws(Diagnostic) -> Scalar {
    let word = caseInsensitive ? "ILIKE" : "LIKE"
    let text = try text(operand, of: word)
    let like = try self.text(pattern, of: word)
    var end: Scalar?
    if let escape {
      let scalar = try self.text(escape, of: "ESCAPE")
      if case .text(let mark) = scalar.constantValue, mark.unicodeScalars.count > 1 {
        throw Diagnostic(
          .invalidEscapeSequence, "an escape is one character or none, not \(mark.unicodeScalars.count)",
          at: escape.span)
      }
      end = scalar
    }
    return Scalar(
      .like(text, pattern: like, escape: end, caseInsensitive: caseInsensitive, negated: negated),
      type: .boolean, span: span)
  }

  private func text(_ expression: Expression, of place: String) throws(Diagnostic) -> Scalar {
    let scalar = try bind(expression)
    return try state.coerce(
      scalar, to: .string,
      mismatch: Diagnostic(
        .undefinedFunction, "argument of \(place) must be TEXT, not \(scalar.type.plainName)",
        at: expression.span))
  }

  private func bindCase(
    _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?, at span: SourceSpan
  ) throws(Diagnostic) -> Scalar {
    var conditions: [Scalar] = []
    let value: Scalar? = if let operand { try repeatable(try bind(operand)) } else { nil }
    for branch in branches {
      let condition = try bind(branch.condition)
      conditions.append(
        value == nil
          ? try state.truth(condition, place: "CASE WHEN")
          : try compare(.equal, value ?? condition, condition, at: branch.condition.span))
    }
    var results = try branches.map { (branch) throws(Diagnostic) in try bind(branch.result) }
    if let otherwise { results.append(try bind(otherwise)) }
    let (unified, type) = try state.unified(results, what: "CASE")
    let list = zip(conditions, unified).map { Scalar.Branch(condition: $0, result: $1) }
    return Scalar(
      .case(branches: list, otherwise: otherwise == nil ? nil : unified.last), type: type, span: span)
  }
}

// MARK: - Subqueries

extension ExpressionBinder {
  private func subquery(_ query: Query) throws(Diagnostic) -> Plan {
    var outer = scope.outer
    outer.insert(scope, at: 0)
    let bound = try QueryBinder(state: state, outer: outer).bind(query)
    return Plan(root: bound.node, columns: bound.columns)
  }

  /// Its index among the subqueries of the statement: later than those that it uses itself. One that is
  /// written twice is one.
  private func add(_ plan: Plan) -> Int {
    let form = plan.root.unplaced
    if !form.isVolatile, let known = state.subqueries.firstIndex(where: { $0.root.unplaced == form }) {
      return known
    }
    state.subqueries.append(plan)
    return state.subqueries.count - 1
  }
}
