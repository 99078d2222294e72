import VSQLSchema

extension Rule {
  /// Comparisons of a stored column with one value let a scan pass over whole pages.
  static let zoneConditions = eachNode("zone conditions") { node in
    guard case .scan(var scan) = node.kind, scan.origin == .stored, let predicate = scan.predicate else {
      return node
    }
    scan.zones = predicate.conjuncts.flatMap { $0.zones(columns: scan.columns) }
    return PlanNode(.scan(scan), output: node.output, estimate: node.estimate)
  }
}

extension Scalar {
  /// What this term implies for single columns. Conservative: nothing where it is not sure.
  fileprivate func zones(columns: [Int]) -> [ZoneCondition] {
    switch kind {
    case .compare(let comparison, let a, let b) where comparison != .notEqual:
      if let column = a.zoneColumn(columns), b.isZoneValue(for: a) {
        return [ZoneCondition(column: column, comparison: comparison, value: b)]
      }
      if let column = b.zoneColumn(columns), a.isZoneValue(for: b) {
        return [ZoneCondition(column: column, comparison: comparison.flipped, value: a)]
      }
      return []
    case .inList(let a, let list, negated: false):
      return a.listZones(list, columns: columns)
    case .like(let a, let pattern, nil, caseInsensitive: false, negated: false):
      guard let column = a.zoneColumn(columns), case .text(let text) = pattern.constantValue else {
        return []
      }
      return Self.prefixZones(text, column: column)
    default: return []
    }
  }

  /// `LIKE 'abc%'` is at least `abc` and less than `abd`.
  private static func prefixZones(_ pattern: String, column: Int) -> [ZoneCondition] {
    let prefix = pattern.unicodeScalars.prefix { $0 != "%" && $0 != "_" && $0 != "\\" }
    guard let last = prefix.last else { return [] }
    let zone = { (comparison: Comparison, text: String) in
      ZoneCondition(
        column: column, comparison: comparison, value: Scalar(.constant(.text(text)), type: .string))
    }
    let least = zone(.greaterOrEqual, String(String.UnicodeScalarView(prefix)))
    // The scalar after the last one; none behind the surrogates' gap or at the end.
    guard let next = Unicode.Scalar(last.value + 1) else { return [least] }
    var above = String.UnicodeScalarView(prefix.dropLast())
    above.append(next)
    return [least, zone(.less, String(above))]
  }

  private func zoneColumn(_ columns: [Int]) -> Int? {
    guard case .column(let ordinal) = kind, columns.indices.contains(ordinal), type.vectorShape == nil else {
      return nil
    }
    return columns[ordinal]
  }

  private func isZoneValue(for column: Scalar) -> Bool {
    switch kind {
    case .constant(let value): value != .null && type.unmodified == column.type.unmodified
    case .parameter: type.unmodified == column.type.unmodified
    default: false
    }
  }

  /// From the least to the greatest of a list of constants.
  private func listZones(_ list: [Scalar], columns: [Int]) -> [ZoneCondition] {
    guard let column = zoneColumn(columns), var least = list.first, var greatest = list.first else {
      return []
    }
    for item in list {
      guard item.isZoneValue(for: self), let value = item.constantValue, let low = least.constantValue,
        let high = greatest.constantValue, let below = value.order(against: low),
        let above = value.order(against: high)
      else { return [] }
      if below < 0 { least = item }
      if above > 0 { greatest = item }
    }
    return [
      ZoneCondition(column: column, comparison: .greaterOrEqual, value: least),
      ZoneCondition(column: column, comparison: .lessOrEqual, value: greatest),
    ]
  }
}
