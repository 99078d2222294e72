/// Whole numbers as codes of a fixed number of bits: value = base + step · code. The frame of reference of a column.
///
/// The base says no more of the least value than its magnitude: as many low bits of it are 0, counted in steps, as the range of
/// all values takes.
struct Packing: Hashable, Sendable {
  var base: Int64
  /// At least 1, at most 2^63 − 1: what all differences are multiples of.
  var step: UInt64
  /// 0 to 56.
  var width: Int

  init(base: Int64, step: UInt64, width: Int) {
    self.base = base
    self.step = step
    self.width = width
  }

  /// Nil: the values are spread over more than 56 bits.
  init?(of values: [Int64]) {
    guard let first = values.first else {
      self.init(base: 0, step: 1, width: 0)
      return
    }
    var (least, greatest) = (first, first)
    for value in values {
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
    var step: UInt64 = 0
    for value in values {
      let distance = UInt64(bitPattern: value &- least)
      step = Self.divisor(step, distance)
      if step == 1 { break }
    }
    if step == 0 || step > UInt64(Int64.max) { step = 1 }
    let range = UInt64(bitPattern: greatest &- least) / step
    let bits = BitField.width(of: range)
    guard bits <= BitField.maxWidth else { return nil }
    let (signed, mask) = (Int64(step), Int64(BitField.mask(bits)))
    // Rounded down; that and the base may wrap around, as `value` then does.
    let steps = least / signed &- (least % signed < 0 ? 1 : 0)
    let whole = steps & ~mask
    let width = BitField.width(of: UInt64(bitPattern: steps &- whole) + range)
    guard width <= BitField.maxWidth else { return nil }
    self.init(base: whole &* signed &+ (least &- steps &* signed), step: step, width: width)
  }

  /// Of a value that was among those it was made for.
  @inline(__always) func code(_ value: Int64) -> UInt64 {
    let distance = UInt64(bitPattern: value &- base)
    return step == 1 ? distance : distance / step
  }

  @inline(__always) func value(_ code: UInt64) -> Int64 { base &+ Int64(bitPattern: step &* code) }

  /// Says nothing of the values.
  var withoutBase: Packing { Packing(base: 0, step: 1, width: width) }

  /// The greatest common divisor of a divisor so far (0: none) and a number.
  @inline(__always) private static func divisor(_ step: UInt64, _ number: UInt64) -> UInt64 {
    if step != 0, number % step == 0 { return step }
    var (a, b) = (step, number)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

extension Packing {
  func encode(to writer: inout ByteWriter) {
    writer.signedVarint(base)
    writer.varint(step)
    writer.u8(UInt8(width))
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    base = try reader.signedVarint()
    step = try reader.varint()
    width = Int(try reader.u8())
    guard width <= BitField.maxWidth, step > 0, step <= UInt64(Int64.max) else {
      throw reader.malformed("codes of \(width) bits in steps of \(step)")
    }
  }
}
