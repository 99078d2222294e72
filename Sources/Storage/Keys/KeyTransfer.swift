import VSQLSchema

/// Moves blocks of DEKs from one wrapping key to another, thousands in a row: every block passes through the same locked
/// buffer, so that a rotation costs the two calls of libcrypto and little else. One thread at a time.
@safe final class KeyTransfer {
  private static let capacity = 8 + KeyBlock.capacity * KeyBox.byteCount

  private let randomness: any Randomness
  private let sealer = Sealer()
  // Locked memory that this object alone owns, `capacity` bytes.
  private let buffer: UnsafeMutableRawPointer

  init(_ randomness: any Randomness) {
    self.randomness = randomness
    unsafe buffer = LockedMemory.allocate(Self.capacity)
  }

  deinit { unsafe LockedMemory.release(buffer, Self.capacity) }

  /// Opens `wrapped` (as `KeyRing.wrap` makes it) under `old` at `oldPlace`, and appends the same keys wrapped under `new` at `newPlace`.
  ///
  /// - Returns: false, and nothing appended: the block is not authentic.
  func rewrap(
    _ wrapped: ArraySlice<UInt8>, from old: KeyBox, at oldPlace: AssociatedData,
    to new: KeyBox, at newPlace: AssociatedData, appendingTo out: inout [UInt8]
  ) throws(StorageError) -> Bool {
    let count = wrapped.count - Nonce.byteCount - Sealer.tagBytes
    guard 1...Self.capacity ~= count, let nonce = Nonce(bytes: wrapped.prefix(Nonce.byteCount)) else {
      return false
    }
    // `count` is at most the buffer's capacity, which nothing else uses during this call.
    let keys = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
    let opened = unsafe wrapped.dropFirst(Nonce.byteCount).withUnsafeBytes { sealed in
      unsafe oldPlace.bytes.withUnsafeBytes { data in
        unsafe old.withPointer { key in
          unsafe sealer.open(sealed, key: key, nonce: nonce, associatedData: data, into: keys)
        }
      }
    }
    if !opened { return false }
    let fresh = Nonce.random(randomness)
    fresh.append(to: &out)
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: count + Sealer.tagBytes))
    let sealed = unsafe out.withUnsafeMutableBytes { out in
      unsafe newPlace.bytes.withUnsafeBytes { data in
        unsafe new.withPointer { key in
          unsafe sealer.seal(
            UnsafeRawBufferPointer(keys), key: key, nonce: fresh, associatedData: data,
            into: UnsafeMutableRawBufferPointer(rebasing: out[start...]))
        }
      }
    }
    if !sealed { throw Sealer.failure }
    return true
  }
}
