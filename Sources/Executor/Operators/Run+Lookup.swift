import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

extension Run {
  /// The entries that `access` names, as key bytes. A comparison with NULL finds none.
  func lookup(_ access: IndexAccess) throws(Diagnostic) -> KeyLookup {
    var prefixes: [[UInt8]] = [[]]
    for values in access.equal {
      var keys: [[UInt8]] = []
      for value in values {
        if let key = VSQLStorage.KeyEncoder.key(of: try self.value(of: value)) { keys.append(key) }
      }
      prefixes = prefixes.flatMap { prefix in keys.map { prefix + $0 } }
    }
    if access.equal.count == access.index.columns.count { return KeyLookup(access.index, keys: prefixes) }
    let lower = try access.lower.map { bound throws(Diagnostic) in try side(bound) }
    let upper = try access.upper.map { bound throws(Diagnostic) in try side(bound) }
    // A bound that is NULL lets no row through.
    if case .some(.none) = lower { return KeyLookup(access.index, []) }
    if case .some(.none) = upper { return KeyLookup(access.index, []) }
    let ranges = prefixes.compactMap { prefix -> KeyRange? in
      var range = KeyRange(prefix: prefix)
      if let (key, isInclusive) = lower.flatMap({ $0 }) {
        guard let start = isInclusive ? prefix + key : KeyRange.after(prefix + key) else { return nil }
        range.lower = start
      }
      if let (key, isInclusive) = upper.flatMap({ $0 }) {
        range.upper = isInclusive ? KeyRange.after(prefix + key) ?? range.upper : prefix + key
      }
      return range
    }
    return KeyLookup(access.index, ranges)
  }

  private func side(_ bound: IndexAccess.Bound) throws(Diagnostic) -> (key: [UInt8], isInclusive: Bool)? {
    VSQLStorage.KeyEncoder.key(of: try value(of: bound.value)).map { ($0, bound.isInclusive) }
  }
}
