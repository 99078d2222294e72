import VSQLSchema

/// Elements of packed vectors, little-endian.
enum PackedFloats {
  /// Element `index` of the vector of floats that begins at byte `start`.
  @inline(__always)
  static func element(_ bytes: Span<UInt8>, _ start: Int, _ index: Int, _ element: VectorElement) -> Float {
    if element == .float16 {
      let at = start + index * 2
      return Float(Float16(bitPattern: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8))
    }
    let at = start + index * 4
    let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
    return Float(bitPattern: low | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
  }

  /// Appends one float32.
  @inline(__always)
  static func append(_ value: Float, to out: inout [UInt8]) {
    let bits = value.bitPattern
    out.append(UInt8(truncatingIfNeeded: bits))
    out.append(UInt8(truncatingIfNeeded: bits >> 8))
    out.append(UInt8(truncatingIfNeeded: bits >> 16))
    out.append(UInt8(truncatingIfNeeded: bits >> 24))
  }
}
