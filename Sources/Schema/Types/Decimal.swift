/// An exact decimal number: `unscaled` · 10^−`scale`, at most 38 digits.
///
/// Equality and hashing are of the number: 1.0 and 1.00 are one value; the scale is how it is printed.
package struct Decimal: Sendable, BitwiseCopyable {
  package var unscaled: Int128
  /// Digits after the point, 0 to 38.
  package var scale: UInt8

  package init(unscaled: Int128, scale: UInt8) {
    self.unscaled = unscaled
    self.scale = scale
  }
}

extension Decimal: Hashable {
  /// The same number with no zero at the end of its fraction: one form for each number.
  package var canonical: Decimal {
    var copy = self
    while copy.scale > 0, copy.unscaled % 10 == 0 {
      copy.unscaled /= 10
      copy.scale -= 1
    }
    return copy
  }

  package static func == (a: Decimal, b: Decimal) -> Bool {
    if a.scale == b.scale { return a.unscaled == b.unscaled }
    let (a, b) = (a.canonical, b.canonical)
    return a.scale == b.scale && a.unscaled == b.unscaled
  }

  package func hash(into hasher: inout Hasher) {
    let form = canonical
    hasher.combine(form.unscaled)
    hasher.combine(form.scale)
  }
}
