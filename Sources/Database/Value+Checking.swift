internal import VSQLDiagnostics
internal import VSQLSchema

extension Value {
  /// The value as the rooms know it.
  ///
  /// - Throws: 22003 for a decimal number that no DECIMAL can be, 22000 for a vector that no VECTOR can be.
  func checkedInner() throws(VSQLError) -> VSQLSchema.Value {
    switch self {
    case .decimal(let number):
      let limit: UInt128 = (0..<38).reduce(1) { power, _ in power * 10 }
      guard number.scale <= 38, number.unscaled.magnitude < limit else {
        throw VSQLError(
          Diagnostic(.numericValueOutOfRange, "a DECIMAL has at most 38 digits, and as many after its point"))
      }
    case .vector(let elements):
      guard !elements.isEmpty else { throw VSQLError(Diagnostic(.dataException, "a vector has no element")) }
      guard elements.allSatisfy(\.isFinite) else {
        throw VSQLError(Diagnostic(.dataException, "NaN and infinity are not allowed in a vector"))
      }
    case .null, .boolean, .integer, .double, .text, .blob, .date, .timestamp, .timestamptz, .uuid, .bits:
      break
    }
    return inner
  }
}
