import VSQLDiagnostics
import VSQLSchema

/// Casts that the binder puts in, and literals that take the type of their place.
extension BindingState {
  /// `scalar` as a `target`. A literal or parameter without a type takes it; a constant is cast at once where
  /// that is sure.
  ///
  /// - Throws: `mismatch` where no such cast exists in `context`; 22P02, 22003 or 22000 for a literal that is
  ///   no such value.
  func coerce(
    _ scalar: Scalar, to target: SQLType, _ context: CastContext = .implicit,
    mismatch: @autoclosure () -> Diagnostic
  ) throws(Diagnostic) -> Scalar {
    if scalar.type == target { return scalar }
    if scalar.type == .unknown {
      let typed = try typedUnknown(scalar, target, context)
      if typed.type == .unknown || typed.kind == scalar.kind && typed.type == target { return typed }
      return try coerce(typed, to: target, context, mismatch: mismatch())
    }
    let isModifierOnly = scalar.type.unmodified == target.unmodified
    if isModifierOnly, target == target.unmodified || context == .implicit { return scalar }
    guard let needed = TypeRules.context(from: scalar.type, to: target), needed <= context else {
      throw mismatch()
    }
    if let from = scalar.type.vectorShape, let to = target.vectorShape, from.dimension != to.dimension {
      throw Diagnostic(
        .dataException, "expected \(to.dimension) dimensions, not \(from.dimension)", at: scalar.span)
    }
    // A constant that cannot be cast raises when its row is reached, not here.
    if let value = scalar.constantValue,
      let cast = try? ValueCast.cast(value, to: target, isAssignment: context == .assignment)
    {
      return Scalar(.constant(cast), type: target, span: scalar.span)
    }
    return Scalar(.cast(scalar, isAssignment: context == .assignment), type: target, span: scalar.span)
  }

  /// A literal or parameter of no type yet, given one.
  private func typedUnknown(_ scalar: Scalar, _ target: SQLType, _ context: CastContext) throws(Diagnostic)
    -> Scalar
  {
    switch scalar.kind {
    case .parameter(let index):
      return Scalar(.parameter(index), type: settleParameter(index, as: target.unmodified), span: scalar.span)
    case .constant(.null): return .null(target, at: scalar.span)
    case .constant(.text(let text)):
      if target == .unknown { return scalar }
      return try LiteralValues.quoted(
        text, as: target, isAssignment: context == .assignment, at: scalar.span)
    case .constant, .column, .subquery, .exists, .inSubquery, .call, .compare, .and, .or, .not, .isNull,
      .isTruth, .isDistinct, .inList, .like, .case, .coalesce, .cast:
      return Scalar(scalar.kind, type: .string, span: scalar.span)
    }
  }

  /// `scalar` with a type: one that nothing settled is TEXT.
  func settle(_ scalar: Scalar) throws(Diagnostic) -> Scalar {
    guard scalar.type == .unknown else { return scalar }
    return try typedUnknown(scalar, .string, .implicit)
  }

  /// Both sides as the type that both turn into of themselves; nil: there is none.
  func unified(_ left: Scalar, _ right: Scalar) throws(Diagnostic) -> (Scalar, Scalar, SQLType)? {
    guard let type = TypeRules.common(left.type, right.type) else { return nil }
    let target = type == .unknown ? SQLType.string : type
    let never = Diagnostic(.datatypeMismatch, "types do not agree")
    return (
      try coerce(left, to: target, mismatch: never), try coerce(right, to: target, mismatch: never), target
    )
  }

  /// All branches of `what` (CASE, COALESCE, …) as one type.
  ///
  /// - Throws: 42804 naming the two types that do not agree.
  func unified(_ branches: [Scalar], what: String) throws(Diagnostic) -> ([Scalar], SQLType) {
    var type = SQLType.unknown
    for branch in branches {
      guard let wider = TypeRules.common(type, branch.type) else {
        throw Diagnostic(
          .datatypeMismatch,
          "\(what) types \(type.plainName) and \(branch.type.plainName) cannot be matched", at: branch.span)
      }
      type = wider
    }
    if type == .unknown { type = .string }
    let settled = type
    let list = try branches.map { (branch) throws(Diagnostic) in
      try coerce(
        branch, to: settled,
        mismatch: Diagnostic(.datatypeMismatch, "\(what) types cannot be matched", at: branch.span))
    }
    return (list, settled)
  }

  /// `scalar` as a truth value, as `place` (WHERE, AND, …) demands.
  func truth(_ scalar: Scalar, place: String) throws(Diagnostic) -> Scalar {
    try coerce(
      scalar, to: .boolean,
      mismatch: Diagnostic(
        .datatypeMismatch, "argument of \(place) must be BOOLEAN, not \(scalar.type.plainName)",
        at: scalar.span))
  }
}
