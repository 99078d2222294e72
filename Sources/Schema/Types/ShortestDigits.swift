/// A number's digits without zeros at either end: 0.d₁d₂d₃… · 10^(`exponent` + 1).
struct ShortestDigits {
  var digits: [UInt8] = []
  var exponent = 0

  /// Reads what the standard library prints: `12.5`, `1e-07`, `1.5e+20`.
  init(_ description: String) {
    var whole = 0
    var isFraction = false
    var power = 0
    var isDown = false
    var isPower = false
    for byte in description.utf8 {
      switch byte {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"): isPower = true
      case UInt8(ascii: "-"): isDown = true
      case UInt8(ascii: "+"): break
      default:
        if isPower {
          power = power * 10 + Int(byte - UInt8(ascii: "0"))
        } else {
          digits.append(byte)
          if !isFraction { whole += 1 }
        }
      }
    }
    let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(zeros)
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    exponent = whole - zeros - 1 + (isDown ? -power : power)
  }

  func append(plainExponents: Range<Int>, to out: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    if digits.isEmpty { return out.append(zero) }
    if plainExponents.contains(exponent) {
      if exponent < 0 {
        out.append(contentsOf: [zero, UInt8(ascii: ".")])
        out.append(contentsOf: repeatElement(zero, count: -exponent - 1))
        out.append(contentsOf: digits)
      } else {
        out.append(contentsOf: digits.prefix(exponent + 1))
        out.append(contentsOf: repeatElement(zero, count: max(0, exponent + 1 - digits.count)))
        if digits.count > exponent + 1 {
          out.append(UInt8(ascii: "."))
          out.append(contentsOf: digits[(exponent + 1)...])
        }
      }
      return
    }
    out.append(digits[0])
    if digits.count > 1 {
      out.append(UInt8(ascii: "."))
      out.append(contentsOf: digits[1...])
    }
    out.append(UInt8(ascii: "e"))
    out.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    TextScanner.append(abs(exponent), width: 2, to: &out)
  }
}

/// The points halfway between a whole number past 2^53 (2^24 as FLOAT32) and the numbers of its type beside it. Only such
/// numbers have halfway points that a few digits write.
struct HalfwayPoints {
  let value: UInt128
  let below: UInt128
  let above: UInt128

  init?(_ number: Double) {
    let magnitude = number.magnitude
    guard magnitude >= 0x1p54, magnitude < 0x1p127 else { return nil }
    self.init(UInt128(magnitude), down: UInt128(magnitude.nextDown), up: UInt128(magnitude.nextUp))
  }

  init?(_ number: Float) {
    let magnitude = number.magnitude
    guard magnitude >= 0x1p25, magnitude < 0x1p127 else { return nil }
    self.init(UInt128(magnitude), down: UInt128(magnitude.nextDown), up: UInt128(magnitude.nextUp))
  }

  private init(_ value: UInt128, down: UInt128, up: UInt128) {
    self.value = value
    below = value - (value - down) / 2
    above = value + (up - value) / 2
  }
}

extension ShortestDigits {
  /// PostgreSQL takes no digits that lie exactly halfway to another number, though rounding to even reads them back:
  /// 1e23 prints `9.999999999999999e+22`.
  mutating func leaveHalfway(_ points: HalfwayPoints) {
    let spare = exponent + 1 - digits.count
    guard (0...38).contains(spare) else { return }
    var unit = Decimal.powersOfTen[spare]
    var written: UInt128 = 0
    for digit in digits { written = written &* 10 &+ UInt128(digit &- UInt8(ascii: "0")) }
    let (whole, isOver) = written.multipliedReportingOverflow(by: unit)
    guard !isOver, whole == points.below || whole == points.above else { return }
    while unit > 0 {
      let floor = points.value / unit * unit
      let (isFloorWithin, isCeilingWithin) = (floor > points.below, floor + unit < points.above)
      if isFloorWithin || isCeilingWithin {
        let (down, up) = (points.value - floor, floor + unit - points.value)
        let takesFloor = down == up ? floor / unit % 2 == 0 : down < up
        let nearest = isFloorWithin && (takesFloor || !isCeilingWithin) ? floor : floor + unit
        var text: [UInt8] = []
        IntegerText.append(magnitude: nearest, to: &text)
        exponent = text.count - 1
        while text.last == UInt8(ascii: "0") { text.removeLast() }
        digits = text
        return
      }
      unit /= 10
    }
  }
}
