internal import Kernels
import VSQLDiagnostics
import VSQLSchema

/// Elements of vectors in one width made into another, all of a piece at once.
enum VectorElements {
  /// An element that cannot be stored, by its position in the piece.
  struct Fault: Error {
    var position: Int
    var state: SQLState
    var message: String
  }

  /// Numbers of a file, little-endian, as a column's element has them.
  ///
  /// - Throws: 22000 for NaN and infinity, 22003 for a number past the narrower type's range.
  static func converted(
    _ bytes: [UInt8], from: NPYHeader.Element, to: VectorElement
  ) throws(Fault) -> [UInt8] {
    switch (from, to) {
    case (.float16, .float16):
      try checkFinite(halves: numbers(bytes, UInt16.self))
      return bytes
    case (.float32, .float32):
      try checkFinite(floats: numbers(bytes, Float.self))
      return bytes
    case (.float16, .float32):
      let halves = numbers(bytes, UInt16.self)
      try checkFinite(halves: halves)
      var wide = [Float](repeating: 0, count: halves.count)
      // Both arrays hold `halves.count` numbers.
      unsafe vsql_f32_from_f16(halves, halves.count, &wide)
      return raw(wide)
    case (.float32, .float16):
      let floats = numbers(bytes, Float.self)
      try checkFinite(floats: floats)
      return raw(try narrowed(floats))
    case (.float64, .float32):
      let doubles = numbers(bytes, Double.self)
      try checkFinite(doubles: doubles)
      var floats = [Float](repeating: 0, count: doubles.count)
      guard unsafe vsql_f32_from_f64(doubles, doubles.count, &floats) == 0 else {
        throw overflow(doubles, "FLOAT32") { Float($0).isFinite }
      }
      return raw(floats)
    case (.float64, .float16):
      let doubles = numbers(bytes, Double.self)
      try checkFinite(doubles: doubles)
      return raw(try narrowed(doubles.map(RoundedToOdd.float)))
    case (_, .bit):
      throw Fault(position: 0, state: .datatypeMismatch, message: "an npy file fills no BIT vector")
    }
  }

  private static func narrowed(_ floats: [Float]) throws(Fault) -> [UInt16] {
    var halves = [UInt16](repeating: 0, count: floats.count)
    // Both arrays hold `floats.count` numbers.
    guard unsafe vsql_f16_from_f32(floats, floats.count, &halves) == 0 else {
      throw overflow(floats, "FLOAT16") { $0.magnitude < 65_520 }
    }
    return halves
  }

  private static func overflow<Number>(
    _ numbers: [Number], _ type: String, _ fits: (Number) -> Bool
  ) -> Fault {
    Fault(
      position: numbers.firstIndex { !fits($0) } ?? 0, state: .numericValueOutOfRange,
      message: "a number is out of range for \(type)")
  }

  private static func checkFinite(halves: [UInt16]) throws(Fault) {
    if unsafe vsql_all_finite_f16(halves, halves.count) != 0 { return }
    throw notFinite(halves.firstIndex { $0 & 0x7C00 == 0x7C00 })
  }

  private static func checkFinite(floats: [Float]) throws(Fault) {
    if unsafe vsql_all_finite_f32(floats, floats.count) != 0 { return }
    throw notFinite(floats.firstIndex { !$0.isFinite })
  }

  private static func checkFinite(doubles: [Double]) throws(Fault) {
    if unsafe vsql_all_finite_f64(doubles, doubles.count) != 0 { return }
    throw notFinite(doubles.firstIndex { !$0.isFinite })
  }

  private static func notFinite(_ position: Int?) -> Fault {
    Fault(
      position: position ?? 0, state: .dataException, message: "NaN and infinity are not allowed in a vector")
  }

  private static func numbers<Number: BitwiseCopyable>(_ bytes: [UInt8], _ type: Number.Type) -> [Number] {
    let width = MemoryLayout<Number>.size
    let count = bytes.count / width
    return unsafe [Number](unsafeUninitializedCapacity: count) { target, filled in
      // `count * width` bytes are copied, no more than `bytes` holds; the type has no invalid bit pattern.
      unsafe UnsafeMutableRawBufferPointer(target).copyBytes(from: bytes.prefix(count * width))
      filled = count
    }
  }

  private static func raw<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
    unsafe numbers.withUnsafeBytes { unsafe Array($0) }
  }
}

/// A float64 narrowed so that a second rounding, to float16, gives what one rounding would have given.
enum RoundedToOdd {
  /// Toward zero, and with the lowest bit set where something was cut (Boldo and Melquiond 2005).
  static func float(_ value: Double) -> Float {
    let nearest = Float(value)
    guard nearest.isFinite, Double(nearest) != value else { return nearest }
    let isTooFar = Double(nearest).magnitude > value.magnitude
    let cut = isTooFar ? (value < 0 ? nearest.nextUp : nearest.nextDown) : nearest
    return Float(bitPattern: cut.bitPattern | 1)
  }
}
