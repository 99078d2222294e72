import VSQLDiagnostics

extension Decimal {
  /// The largest magnitude of `unscaled`: 38 nines.
  package static let maxMagnitude: UInt128 = powersOfTen[38] - 1

  /// 10⁰ … 10³⁸.
  package static let powersOfTen: [UInt128] = {
    var list: [UInt128] = [1]
    for _ in 1...38 { list.append(list[list.count - 1] * 10) }
    return list
  }()

  /// - Throws: 22003 past 38 digits.
  package init(isNegative: Bool, magnitude: UInt128, scale: Int) throws(Diagnostic) {
    guard magnitude <= Decimal.maxMagnitude, (0...38).contains(scale) else { throw Decimal.overflow }
    self.init(unscaled: isNegative ? -Int128(magnitude) : Int128(magnitude), scale: UInt8(scale))
  }

  package static var overflow: Diagnostic {
    Diagnostic(.numericValueOutOfRange, "a DECIMAL of more than \(DecimalShape.maxPrecision) digits")
  }

  package init(_ value: Int64) { self.init(unscaled: Int128(value), scale: 0) }

  /// `unscaled` at the larger scale `scale`; nil past 38 digits.
  func widened(to scale: UInt8) -> Int128? {
    if scale == self.scale { return unscaled }
    let factor = Decimal.powersOfTen[Int(scale - self.scale)]
    let (product, isOver) = unscaled.multipliedReportingOverflow(by: Int128(factor))
    return isOver || product.magnitude > Decimal.maxMagnitude ? nil : product
  }

  /// The sum, at the larger scale of both.
  ///
  /// - Throws: 22003 past 38 digits.
  package static func sum(_ a: Decimal, _ b: Decimal) throws(Diagnostic) -> Decimal {
    let scale = max(a.scale, b.scale)
    guard let x = a.widened(to: scale), let y = b.widened(to: scale) else { throw overflow }
    // Both are under 10³⁸ < 2¹²⁷ / 1.7; the sum may leave Int128.
    let (sum, isOver) = x.addingReportingOverflow(y)
    guard !isOver, sum.magnitude <= maxMagnitude else { throw overflow }
    return Decimal(unscaled: sum, scale: scale)
  }

  package static func difference(_ a: Decimal, _ b: Decimal) throws(Diagnostic) -> Decimal {
    try sum(a, b.negated)
  }

  package var negated: Decimal { Decimal(unscaled: 0 &- unscaled, scale: scale) }

  /// The product, exact, at the sum of the scales.
  ///
  /// - Throws: 22003 past 38 digits.
  package static func product(_ a: Decimal, _ b: Decimal) throws(Diagnostic) -> Decimal {
    let (high, low) = a.unscaled.magnitude.multipliedFullWidth(by: b.unscaled.magnitude)
    guard high == 0 else { throw overflow }
    return try Decimal(
      isNegative: (a.unscaled < 0) != (b.unscaled < 0), magnitude: low, scale: Int(a.scale) + Int(b.scale))
  }

  /// The quotient, rounded half away from zero at the scale that PostgreSQL gives it: at least 16 significant digits.
  ///
  /// - Throws: 22012 when `b` is zero, 22003 past 38 digits.
  package static func quotient(_ a: Decimal, _ b: Decimal) throws(Diagnostic) -> Decimal {
    let divisor = b.unscaled.magnitude
    guard divisor != 0 else { throw Diagnostic(.divisionByZero, "division by zero") }
    let scale = quotientScale(a, b)
    var (result, rest) = a.unscaled.magnitude.quotientAndRemainder(dividingBy: divisor)
    // Never below zero: `scale` is at least `a.scale`.
    var digits = scale + Int(b.scale) - Int(a.scale)
    while digits > 0 {
      let step = min(digits, 38)
      let power = powersOfTen[step]
      let (next, remainder) = divisor.dividingFullWidth(rest.multipliedFullWidth(by: power))
      let product = result.multipliedReportingOverflow(by: power)
      let sum = product.partialValue.addingReportingOverflow(next)
      guard !product.overflow, !sum.overflow else { throw overflow }
      (result, rest) = (sum.partialValue, remainder)
      digits -= step
    }
    if rest >= divisor - rest { result += 1 }
    return try Decimal(
      isNegative: (a.unscaled < 0) != (b.unscaled < 0), magnitude: result, scale: scale)
  }

  /// PostgreSQL's `select_div_scale`: it counts in digits of base 10,000.
  private static func quotientScale(_ a: Decimal, _ b: Decimal) -> Int {
    let (x, y) = (a.leadingGroup, b.leadingGroup)
    let weight = x.weight - y.weight - (x.digit <= y.digit ? 1 : 0)
    return min(max(16 - weight * 4, Int(a.scale), Int(b.scale)), 38)
  }

  /// The first digit in base 10,000 that is not zero, and its weight.
  private var leadingGroup: (digit: Int, weight: Int) {
    var rest = unscaled.magnitude
    if rest == 0 { return (0, 0) }
    let digits = Decimal.digitCount(rest)
    // Digits before the point (below zero: zeros behind it), and the groups of four that they fill.
    let whole = digits - Int(scale)
    let groups = whole > 0 ? (whole + 3) / 4 : -(-whole / 4)
    // The leading group ends `4 · (groups − 1)` digits before the point.
    let kept = whole - 4 * (groups - 1)
    if digits > kept { rest /= Decimal.powersOfTen[digits - kept] }
    return (Int(rest) * (digits < kept ? Int(Decimal.powersOfTen[kept - digits]) : 1), groups - 1)
  }

  package static func digitCount(_ magnitude: UInt128) -> Int {
    var low = 0
    var high = 39
    while low < high {
      let middle = (low + high) / 2
      if middle < 39, magnitude >= powersOfTen[middle] { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// a − trunc(a / b) · b, with the sign of `a`, at the larger scale.
  ///
  /// - Throws: 22012 when `b` is zero, 22003 past 38 digits.
  package static func remainder(_ a: Decimal, _ b: Decimal) throws(Diagnostic) -> Decimal {
    guard b.unscaled != 0 else { throw Diagnostic(.divisionByZero, "division by zero") }
    let scale = max(a.scale, b.scale)
    guard let x = a.widened(to: scale), let y = b.widened(to: scale) else { throw overflow }
    return Decimal(unscaled: x % y, scale: scale)
  }

  package enum Rounding: Sendable { case halfAway, towardZero, up, down }

  /// The number at `scale` digits after the point; below zero, digits before it become zeros and the scale is 0.
  ///
  /// - Throws: 22003 past 38 digits.
  package func rounded(to scale: Int, _ rule: Rounding = .halfAway) throws(Diagnostic) -> Decimal {
    if scale >= Int(self.scale) {
      guard scale <= 38, let wide = widened(to: UInt8(scale)) else { throw Decimal.overflow }
      return Decimal(unscaled: wide, scale: UInt8(scale))
    }
    let cut = Int(self.scale) - scale
    guard cut <= 38 else { return Decimal(unscaled: 0, scale: UInt8(max(scale, 0))) }
    let power = Decimal.powersOfTen[cut]
    var (quotient, rest) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
    let isNegative = unscaled < 0
    switch rule {
    case .halfAway: if rest >= power - rest { quotient += 1 }
    case .towardZero: break
    case .up: if rest != 0, !isNegative { quotient += 1 }
    case .down: if rest != 0, isNegative { quotient += 1 }
    }
    if scale < 0 {
      let (product, isOver) = quotient.multipliedReportingOverflow(by: Decimal.powersOfTen[min(-scale, 38)])
      guard !isOver else { throw Decimal.overflow }
      quotient = product
    }
    return try Decimal(isNegative: isNegative, magnitude: quotient, scale: max(scale, 0))
  }

  /// The number as a column of `shape` holds it, rounded half away from zero.
  ///
  /// - Throws: 22003 when it has more than precision − scale digits before the point.
  package func fitted(to shape: DecimalShape) throws(Diagnostic) -> Decimal {
    let limit = Decimal.powersOfTen[Int(shape.precision)]
    let failure = Decimal.misfit(shape)
    let result: Decimal
    do { result = try rounded(to: Int(shape.scale)) } catch { throw failure }
    guard result.unscaled.magnitude < limit else { throw failure }
    return result
  }
}

extension Decimal {
  static func misfit(_ shape: DecimalShape) -> Diagnostic {
    Diagnostic(
      .numericValueOutOfRange, "a number does not fit DECIMAL(\(shape.precision), \(shape.scale))")
  }
}

extension Decimal: Comparable {
  package static func < (a: Decimal, b: Decimal) -> Bool {
    if a.scale == b.scale { return a.unscaled < b.unscaled }
    if (a.unscaled < 0) != (b.unscaled < 0) { return a.unscaled < 0 }
    let (wholeA, restA) = a.parts
    let (wholeB, restB) = b.parts
    return wholeA != wholeB ? wholeA < wholeB : restA < restB
  }

  /// The whole part, and the fraction at 38 digits, both with the number's sign.
  private var parts: (Int128, Int128) {
    let (whole, rest) = unscaled.quotientAndRemainder(dividingBy: Int128(Decimal.powersOfTen[Int(scale)]))
    return (whole, rest * Int128(Decimal.powersOfTen[38 - Int(scale)]))
  }
}
