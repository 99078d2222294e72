import VSQLDiagnostics
import VSQLSchema

/// Recursion over scalars, written once.
extension Scalar {
  package var children: [Scalar] {
    switch kind {
    case .constant, .column, .parameter, .subquery, .exists: []
    case .inSubquery(let a, _, _), .not(let a), .isNull(let a, _), .isTruth(let a, _, _), .cast(let a, _): [a]
    case .call(_, let list), .and(let list), .or(let list), .coalesce(let list): list
    case .compare(_, let a, let b), .isDistinct(let a, let b, _): [a, b]
    case .inList(let a, let list, _): [a] + list
    case .like(let a, let pattern, let escape, _, _): [a, pattern] + (escape.map { [$0] } ?? [])
    case .case(let branches, let otherwise):
      branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
    }
  }

  /// Whether the tree has at most `room` nodes, which are taken from it.
  func fits(in room: inout Int) -> Bool {
    room -= 1
    if room < 0 { return false }
    for child in children where !child.fits(in: &room) { return false }
    return true
  }

  /// The same node over other children, each made from one of the old by `change`.
  package func mapChildren<E: Error>(_ change: (Scalar) throws(E) -> Scalar) throws(E) -> Scalar {
    var copy = self
    switch kind {
    case .constant, .column, .parameter, .subquery, .exists: break
    case .inSubquery(let a, let index, let negated):
      copy.kind = .inSubquery(try change(a), subquery: index, negated: negated)
    case .not(let a): copy.kind = .not(try change(a))
    case .isNull(let a, let negated): copy.kind = .isNull(try change(a), negated: negated)
    case .isTruth(let a, let truth, let negated):
      copy.kind = .isTruth(try change(a), truth, negated: negated)
    case .cast(let a, let isAssignment): copy.kind = .cast(try change(a), isAssignment: isAssignment)
    case .call(let function, let list): copy.kind = .call(function, try list.map(change))
    case .and(let list): copy.kind = .and(try list.map(change))
    case .or(let list): copy.kind = .or(try list.map(change))
    case .coalesce(let list): copy.kind = .coalesce(try list.map(change))
    case .compare(let comparison, let a, let b):
      copy.kind = .compare(comparison, try change(a), try change(b))
    case .isDistinct(let a, let b, let negated):
      copy.kind = .isDistinct(try change(a), try change(b), negated: negated)
    case .inList(let a, let list, let negated):
      copy.kind = .inList(try change(a), try list.map(change), negated: negated)
    case .like(let a, let pattern, let escape, let caseInsensitive, let negated):
      let text = try change(a)
      let like = try change(pattern)
      var end: Scalar?
      if let escape { end = try change(escape) }
      copy.kind = .like(text, pattern: like, escape: end, caseInsensitive: caseInsensitive, negated: negated)
    case .case(let branches, let otherwise):
      var list: [Branch] = []
      for branch in branches {
        list.append(Branch(condition: try change(branch.condition), result: try change(branch.result)))
      }
      var last: Scalar?
      if let otherwise { last = try change(otherwise) }
      copy.kind = .case(branches: list, otherwise: last)
    }
    return copy
  }

  /// Rewritten from the leaves up: `change` sees a node whose children are already new.
  package func rewritten<E: Error>(_ change: (Scalar) throws(E) -> Scalar) throws(E) -> Scalar {
    try change(try mapChildren { (child) throws(E) in try child.rewritten(change) })
  }

  /// Whether `test` holds for this node or any below it.
  package func contains(_ test: (Scalar) -> Bool) -> Bool {
    test(self) || children.contains { $0.contains(test) }
  }
}

extension Scalar {
  /// The ordinals of the input that it reads.
  package var columns: Set<Int> {
    var found: Set<Int> = []
    collectColumns(into: &found)
    return found
  }

  private func collectColumns(into found: inout Set<Int>) {
    if case .column(let ordinal) = kind { found.insert(ordinal) }
    for child in children { child.collectColumns(into: &found) }
  }

  /// One value for a whole statement: no column of the input, and nothing drawn anew for each row.
  package var isRowIndependent: Bool {
    !contains {
      if case .column = $0.kind { return true }
      return $0.isVolatileCall
    }
  }

  /// Gives another value each time it is evaluated.
  package var isVolatile: Bool { contains(\.isVolatileCall) }

  private var isVolatileCall: Bool {
    if case .call(.genRandomUUID, _) = kind { return true }
    return false
  }

  /// The same scalar over other ordinals.
  package func remapped(_ ordinal: (Int) -> Int) -> Scalar {
    rewritten { (node: Scalar) throws(Never) in
      guard case .column(let old) = node.kind else { return node }
      var copy = node
      copy.kind = .column(ordinal(old))
      return copy
    }
  }

  /// Without places, so that two writings of one expression are equal.
  package var unplaced: Scalar {
    rewritten { (node: Scalar) throws(Never) in
      var copy = node
      copy.span = nil
      return copy
    }
  }

  /// The terms of an AND chain, or the scalar alone.
  package var conjuncts: [Scalar] {
    if case .and(let terms) = kind { return terms.flatMap(\.conjuncts) }
    return [self]
  }

  /// The conjunction of `terms`; nil when there is none.
  package static func conjunction(_ terms: [Scalar]) -> Scalar? {
    switch terms.count {
    case 0: nil
    case 1: terms[0]
    default: Scalar(.and(terms), type: .boolean, span: nil)
    }
  }

  package static func null(_ type: SQLType, at span: SourceSpan? = nil) -> Scalar {
    Scalar(.constant(.null), type: type, span: span)
  }

  /// The value, where it is a constant.
  package var constantValue: Value? {
    if case .constant(let value) = kind { return value }
    return nil
  }

  package var isNullConstant: Bool { constantValue == .null }
}
