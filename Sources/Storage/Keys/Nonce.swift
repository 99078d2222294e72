/// The 96-bit nonce of one seal, kept inline.
package struct Nonce: Hashable, Sendable {
  package static let byteCount = 12

  // Bytes 0 to 7 and 8 to 11, little-endian.
  let low: UInt64
  let high: UInt32

  private init(low: UInt64, high: UInt32) {
    self.low = low
    self.high = high
  }

  /// The nonce of column group `group` under a DEK.
  ///
  /// Safe only because a DEK seals one version of one record, once: each group of that record is sealed exactly one time
  /// under it, and whatever rewrites the record draws a new DEK. So no (key, nonce) pair is ever used for two plaintexts,
  /// and no space is spent on nonces.
  package static func fixed(group: UInt32) -> Nonce { Nonce(low: UInt64(group), high: 0) }

  /// For a key that seals more than once (wraps); stored before the ciphertext.
  package static func random(_ randomness: some Randomness) -> Nonce {
    var (low, high): (UInt64, UInt32) = (0, 0)
    unsafe withUnsafeMutableBytes(of: &low) { unsafe randomness.fill($0) }
    unsafe withUnsafeMutableBytes(of: &high) { unsafe randomness.fill($0) }
    return Nonce(low: low, high: high)
  }

  /// From 12 stored bytes; nil for another count.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var (low, high): (UInt64, UInt32) = (0, 0)
    for (index, byte) in bytes.enumerated() {
      if index < 8 {
        low |= UInt64(byte) << UInt64(8 * index)
      } else {
        high |= UInt32(byte) << UInt32(8 * (index - 8))
      }
    }
    self.init(low: low, high: high)
  }

  /// Appends the 12 bytes, without an array between.
  func append(to out: inout [UInt8]) {
    for byte in 0..<8 { out.append(UInt8(truncatingIfNeeded: low >> UInt64(8 * byte))) }
    for byte in 0..<4 { out.append(UInt8(truncatingIfNeeded: high >> UInt32(8 * byte))) }
  }

  package var bytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: low >> UInt64(8 * $0)) }
      + (0..<4).map { UInt8(truncatingIfNeeded: high >> UInt32(8 * $0)) }
  }
}
