import VSQLSchema

/// Moves blocks of DEKs from one wrapping key to another, thousands in a row: every block passes through the same locked
/// buffer, so that a rotation costs the two calls of libcrypto and little else. One thread at a time.
@safe final class KeyTransfer {
  private let randomness: any Randomness
  private let sealer = Sealer()
  private let keys = KeyBlockBuffer()

  init(_ randomness: any Randomness) { self.randomness = randomness }

  /// Opens `wrapped` (as `KeyRing.wrap` makes it) under `old` at `oldPlace`, and appends the same keys wrapped under `new` at `newPlace`.
  ///
  /// - Returns: false, and nothing appended: the block is not authentic.
  func rewrap(
    _ wrapped: ArraySlice<UInt8>, from old: KeyBox, at oldPlace: AssociatedData,
    to new: KeyBox, at newPlace: AssociatedData, appendingTo out: inout [UInt8]
  ) throws(StorageError) -> Bool {
    if !keys.open(wrapped.span, sealer: sealer, key: old, place: oldPlace) { return false }
    let fresh = Nonce.random(randomness)
    fresh.append(to: &out)
    let (start, content) = unsafe (out.count, keys.raw)
    out.append(contentsOf: repeatElement(0, count: content.count + Sealer.tagBytes))
    let sealed = unsafe out.withUnsafeMutableBytes { out in
      unsafe newPlace.bytes.withUnsafeBytes { data in
        unsafe new.withPointer { key in
          unsafe sealer.seal(
            content, key: key, nonce: fresh, associatedData: data,
            into: UnsafeMutableRawBufferPointer(rebasing: out[start...]))
        }
      }
    }
    if !sealed { throw Sealer.failure }
    return true
  }
}
