import VSQLSchema

extension Rule {
  /// Scalars whose value is known become constants, truth values are simplified, filters that let everything
  /// through go.
  static let foldConstants = eachNode("fold constants") { node in
    let folded = node.mapScalars(ConstantFolding.folded)
    guard case .filter(let input, let predicate) = folded.kind, let value = predicate.constantValue else {
      return folded
    }
    if value == .boolean(true) { return input }
    let zero = Scalar(.constant(.integer(0)), type: .bigint)
    return .limit(input, count: zero, offset: nil)
  }
}

/// What can be said of a scalar without a row. Never raises: what could stays as it is.
enum ConstantFolding {
  static func folded(_ scalar: Scalar) -> Scalar {
    scalar.rewritten { (node: Scalar) throws(Never) in step(node) }
  }

  private static func step(_ node: Scalar) -> Scalar {
    switch node.kind {
    case .constant, .column, .parameter, .subquery, .exists, .inSubquery, .call, .cast: return node
    case .compare(let comparison, let a, let b): return compare(comparison, a, b, node)
    case .and(let terms): return chain(terms, absorbing: false, node)
    case .or(let terms): return chain(terms, absorbing: true, node)
    case .not(let operand): return negate(operand, node)
    case .isNull(let operand, let negated):
      guard let value = operand.constantValue else { return node }
      return boolean((value == .null) != negated, node)
    case .isTruth(let operand, let truth, let negated):
      guard let value = operand.constantValue else { return node }
      let found: Bool? = if case .boolean(let flag) = value { flag } else { nil }
      return boolean((found == truth) != negated, node)
    case .isDistinct(let a, let b, let negated):
      guard let x = a.constantValue, let y = b.constantValue, x == .null || y == .null else { return node }
      return boolean((x != y) != negated, node)
    case .inList(let operand, let list, let negated):
      if operand.isNullConstant { return .null(.boolean, at: node.span) }
      guard list.count == 1 else { return node }
      return compare(negated ? .notEqual : .equal, operand, list[0], node)
    case .like(let text, let pattern, _, _, _):
      return text.isNullConstant || pattern.isNullConstant ? .null(.boolean, at: node.span) : node
    case .case(let branches, let otherwise): return choose(branches, otherwise, node)
    case .coalesce(let list): return firstValue(list, node)
    }
  }

  private static func boolean(_ flag: Bool, _ node: Scalar) -> Scalar {
    Scalar(.constant(.boolean(flag)), type: .boolean, span: node.span)
  }

  /// AND (absorbing FALSE) and OR (absorbing TRUE).
  private static func chain(_ terms: [Scalar], absorbing: Bool, _ node: Scalar) -> Scalar {
    var kept: [Scalar] = []
    for term in terms {
      switch (term.kind, absorbing) {
      case (.constant(.boolean(let flag)), _):
        if flag == absorbing { return boolean(absorbing, node) }
      case (.and(let inner), false), (.or(let inner), true): kept += inner
      default: kept.append(term)
      }
    }
    if kept.isEmpty { return boolean(!absorbing, node) }
    if kept.count == 1 { return kept[0] }
    return Scalar(absorbing ? .or(kept) : .and(kept), type: .boolean, span: node.span)
  }

  private static func negate(_ operand: Scalar, _ node: Scalar) -> Scalar {
    switch operand.kind {
    case .constant(.null): return operand
    case .constant(.boolean(let flag)): return boolean(!flag, node)
    case .not(let inner): return inner
    case .compare(let comparison, let a, let b):
      return Scalar(.compare(comparison.negated, a, b), type: .boolean, span: node.span)
    case .isNull(let a, let negated):
      return Scalar(.isNull(a, negated: !negated), type: .boolean, span: node.span)
    default: return node
    }
  }

  private static func compare(_ comparison: Comparison, _ a: Scalar, _ b: Scalar, _ node: Scalar) -> Scalar {
    if a.isNullConstant || b.isNullConstant { return .null(.boolean, at: node.span) }
    if let x = a.constantValue, let y = b.constantValue, let order = x.order(against: y) {
      return boolean(comparison.holds(order), node)
    }
    if case .inList = node.kind {
      return Scalar(.compare(comparison, a, b), type: .boolean, span: node.span)
    }
    return node
  }

  private static func choose(_ branches: [Scalar.Branch], _ otherwise: Scalar?, _ node: Scalar) -> Scalar {
    var kept: [Scalar.Branch] = []
    var last = otherwise
    for branch in branches {
      guard let value = branch.condition.constantValue else {
        kept.append(branch)
        continue
      }
      if value == .boolean(true) {
        last = branch.result
        break
      }
    }
    if kept.isEmpty { return last ?? .null(node.type, at: node.span) }
    return Scalar(.case(branches: kept, otherwise: last), type: node.type, span: node.span)
  }

  private static func firstValue(_ list: [Scalar], _ node: Scalar) -> Scalar {
    var kept: [Scalar] = []
    for item in list where !item.isNullConstant {
      kept.append(item)
      if item.constantValue != nil { break }
    }
    if kept.isEmpty { return .null(node.type, at: node.span) }
    if kept.count == 1 { return kept[0] }
    return Scalar(.coalesce(kept), type: node.type, span: node.span)
  }
}

extension Comparison {
  var negated: Comparison {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }

  /// `a op b` is `b op' a`.
  var flipped: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// Whether it holds of two values, the first of which is below (−1), equal to (0) or above (1) the second.
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

extension Value {
  /// −1, 0 or 1 where both are of one simple type, as the executor orders them; nil: not known here.
  func order(against other: Value) -> Int? {
    switch (self, other) {
    case (.boolean(let a), .boolean(let b)): a == b ? 0 : a ? 1 : -1
    case (.integer(let a), .integer(let b)), (.timestamp(let a), .timestamp(let b)),
      (.timestamptz(let a), .timestamptz(let b)):
      a < b ? -1 : a == b ? 0 : 1
    case (.date(let a), .date(let b)): a < b ? -1 : a == b ? 0 : 1
    case (.double(let a), .double(let b)): a.isNaN || b.isNaN ? nil : a < b ? -1 : a == b ? 0 : 1
    case (.decimal(let a), .decimal(let b)): a == b ? 0 : a < b ? -1 : 1
    case (.uuid(let a), .uuid(let b)): a < b ? -1 : a == b ? 0 : 1
    case (.text(let a), .text(let b)):
      a.utf8.elementsEqual(b.utf8) ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    default: nil
    }
  }
}
