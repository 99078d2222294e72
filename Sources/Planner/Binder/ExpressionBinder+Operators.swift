import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Operators between two scalars.
extension ExpressionBinder {
  func bindBinary(_ binary: BinaryOperator, _ left: Scalar, _ right: Scalar, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    switch binary {
    case .plus, .minus, .times, .divide, .modulo: return try arithmetic(binary, left, right, at: span)
    case .concat: return try concatenation(left, right, at: span)
    case .equal: return try compare(.equal, left, right, at: span)
    case .notEqual: return try compare(.notEqual, left, right, at: span)
    case .less: return try compare(.less, left, right, at: span)
    case .lessOrEqual: return try compare(.lessOrEqual, left, right, at: span)
    case .greater: return try compare(.greater, left, right, at: span)
    case .greaterOrEqual: return try compare(.greaterOrEqual, left, right, at: span)
    case .l2Distance: return try distance(.l2Distance, binary.rawValue, left, right, at: span)
    case .cosineDistance: return try distance(.cosineDistance, binary.rawValue, left, right, at: span)
    case .negativeInnerProduct:
      return try distance(.negativeInnerProduct, binary.rawValue, left, right, at: span)
    case .l1Distance: return try distance(.l1Distance, binary.rawValue, left, right, at: span)
    case .hammingDistance: return try distance(.hammingDistance, binary.rawValue, left, right, at: span)
    case .jaccardDistance: return try distance(.jaccardDistance, binary.rawValue, left, right, at: span)
    }
  }

  static func noOperator(_ name: String, _ left: SQLType, _ right: SQLType, at span: SourceSpan?)
    -> Diagnostic
  {
    let target = left == .unknown || right.vectorShape != nil ? right : left
    return Diagnostic(
      .undefinedFunction, "operator does not exist: \(left.plainName) \(name) \(right.plainName)", at: span,
      hint: "Add an explicit cast, for example CAST(… AS \(target.plainName))."
    )
  }

  private static func notUnique(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .ambiguousFunction, "operator is not unique: unknown \(name) unknown", at: span,
      hint: "Add a cast to say which type is meant.")
  }
}

// MARK: - Comparison

extension ExpressionBinder {
  func compare(_ comparison: Comparison, _ left: Scalar, _ right: Scalar, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let (a, b) = try compared(left, right, comparison.rawValue, at: span)
    return Scalar(.compare(comparison, a, b), type: .boolean, span: span)
  }

  /// Both sides as one type that can be compared.
  func compared(_ left: Scalar, _ right: Scalar, _ name: String, at span: SourceSpan)
    throws(Diagnostic) -> (Scalar, Scalar)
  {
    if let a = left.type.vectorShape, let b = right.type.vectorShape,
      (a.element == .bit) == (b.element == .bit), a.dimension != b.dimension
    {
      throw Diagnostic(
        .dataException, "different vector dimensions \(a.dimension) and \(b.dimension)", at: span)
    }
    guard let (a, b, _) = try state.unified(left, right) else {
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    return (a, b)
  }
}

// MARK: - Arithmetic

extension ExpressionBinder {
  private func arithmetic(_ binary: BinaryOperator, _ left: Scalar, _ right: Scalar, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let name = binary.rawValue
    if left.type == .unknown, right.type == .unknown { throw Self.notUnique(name, at: span) }
    if left.type == .date || right.type == .date {
      return try dateArithmetic(binary, left, right, at: span)
    }
    guard let function = Self.arithmeticFunction(of: binary) else {
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    if let shape = left.type.vectorShape ?? right.type.vectorShape {
      let isElementwise = binary == .plus || binary == .minus || binary == .times
      guard isElementwise, shape.element != .bit else {
        throw Self.noOperator(name, left.type, right.type, at: span)
      }
      let (a, b) = try compared(left, right, name, at: span)
      return Scalar(.call(function, [a, b]), type: a.type, span: span)
    }
    guard let (a, b, type) = try state.unified(left, right), type.isNumeric else {
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    if binary == .modulo, type == .double {
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    return Scalar(.call(function, [a, b]), type: type.unmodified, span: span)
  }

  private static func arithmeticFunction(of binary: BinaryOperator) -> ScalarFunction? {
    switch binary {
    case .plus: .add
    case .minus: .subtract
    case .times: .multiply
    case .divide: .divide
    case .modulo: .modulo
    case .concat, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .l2Distance,
      .cosineDistance, .negativeInnerProduct, .l1Distance, .hammingDistance, .jaccardDistance:
      nil
    }
  }

  /// DATE ± INTEGER is a DATE, DATE − DATE an INTEGER of days.
  private func dateArithmetic(_ binary: BinaryOperator, _ left: Scalar, _ right: Scalar, at span: SourceSpan)
    throws(Diagnostic) -> Scalar
  {
    let refusal = Self.noOperator(binary.rawValue, left.type, right.type, at: span)
    switch (binary, left.type.unmodified, right.type.unmodified) {
    case (.plus, .date, .integer), (.plus, .date, .unknown):
      let days = try state.coerce(right, to: .bigint, mismatch: refusal)
      return Scalar(.call(.dateAddDays, [left, days]), type: .date, span: span)
    case (.plus, .integer, .date), (.plus, .unknown, .date):
      let days = try state.coerce(left, to: .bigint, mismatch: refusal)
      return Scalar(.call(.dateAddDays, [right, days]), type: .date, span: span)
    case (.minus, .date, .integer):
      return Scalar(.call(.dateSubtractDays, [left, right]), type: .date, span: span)
    case (.minus, .date, .date), (.minus, .date, .unknown), (.minus, .unknown, .date):
      let a = try state.coerce(left, to: .date, mismatch: refusal)
      let b = try state.coerce(right, to: .date, mismatch: refusal)
      return Scalar(.call(.dateDifference, [a, b]), type: .bigint, span: span)
    default: throw refusal
    }
  }

  private func concatenation(_ left: Scalar, _ right: Scalar, at span: SourceSpan) throws(Diagnostic)
    -> Scalar
  {
    let refusal = Self.noOperator("||", left.type, right.type, at: span)
    if left.type == .blob || right.type == .blob {
      let a = try state.coerce(left, to: .blob, mismatch: refusal)
      let b = try state.coerce(right, to: .blob, mismatch: refusal)
      return Scalar(.call(.concatenate, [a, b]), type: .blob, span: span)
    }
    let (x, y) = (left.type.unmodified, right.type.unmodified)
    // One side is text, or a literal in quotes: the other becomes text, whatever it is.
    guard [x, y].contains(where: { $0 == .string || $0 == .unknown }), left.type.vectorShape == nil,
      right.type.vectorShape == nil
    else { throw refusal }
    let a = try state.coerce(left, to: .string, .assignment, mismatch: refusal)
    let b = try state.coerce(right, to: .string, .assignment, mismatch: refusal)
    return Scalar(.call(.concatenate, [a, b]), type: .string, span: span)
  }
}

// MARK: - Distances

extension ExpressionBinder {
  /// A distance or similarity of two vectors of one dimension. A query beside a FLOAT16 vector stays FLOAT32,
  /// as written.
  func distance(
    _ function: ScalarFunction, _ name: String, _ left: Scalar, _ right: Scalar, at span: SourceSpan
  )
    throws(Diagnostic) -> Scalar
  {
    let ofBits = DistanceFunctions.of(function)?.ofBits ?? false
    guard let shape = left.type.vectorShape ?? right.type.vectorShape else {
      if left.type == .unknown, right.type == .unknown { throw Self.notUnique(name, at: span) }
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    let a = try measured(left, beside: shape)
    let b = try measured(right, beside: shape)
    guard let x = a.type.vectorShape, let y = b.type.vectorShape else {
      throw Self.noOperator(name, left.type, right.type, at: span)
    }
    for side in [x, y] where (side.element == .bit) != ofBits {
      throw Diagnostic(
        .undefinedFunction,
        "\(name) measures vectors of \(ofBits ? "bits" : "FLOAT32 or FLOAT16"), not \(SQLType.vector(side))",
        at: span)
    }
    guard x.dimension == y.dimension else {
      // The place of the constant side, where there is one: that is the one to mend.
      let isLeftConstant = a.isRowIndependent && !b.isRowIndependent
      let (found, wanted) = isLeftConstant ? (x, y) : (y, x)
      let at = isLeftConstant ? a.span : b.isRowIndependent ? b.span : span
      throw Diagnostic(
        .dataException, "expected \(wanted.dimension) dimensions, not \(found.dimension)", at: at ?? span)
    }
    return Scalar(.call(function, [a, b]), type: .double, span: span)
  }

  /// One side of a distance: what has no type yet becomes a vector of the other side's dimension, of FLOAT32
  /// or of bits.
  private func measured(_ scalar: Scalar, beside shape: VectorShape) throws(Diagnostic) -> Scalar {
    guard scalar.type == .unknown else { return scalar }
    let element: VectorElement = shape.element == .bit ? .bit : .float32
    return try state.coerce(
      scalar, to: .vector(VectorShape(dimension: shape.dimension, element: element)),
      mismatch: Diagnostic(.datatypeMismatch, "a vector is expected", at: scalar.span))
  }
}
